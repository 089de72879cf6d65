"""The page of importers."""

from __future__ import annotations

import inspect
from dataclasses import fields

from selfdata_sdk.importers import Importer, Importers, Options, Rejection, Remark

from .markdown import block, code, page, prose, signature, table
from .model import anchor

INTRODUCTION = """
One importer reads one format. It is recognised by its content, never by the name of the file. `selfdata import FILE`
chooses it; `--format NAME` names it. How to get each file and what to expect of it: [water](../how-to/import-water.md),
[electricity](../how-to/import-electricity.md), [gas](../how-to/import-gas.md),
[bills, receipts and insurance](../how-to/import-bills-and-receipts.md), [anything else](../how-to/import-anything.md). Who holds what, and which services use it: [domains](domains.md).
"""


def importers_page() -> str:
    known = sorted(Importers(), key=lambda i: i.name)
    return page(
        "Importers",
        INTRODUCTION,
        table(("Format", "English", "French", "Holder, if not said", "Record types"), map(_row, known)),
        "## What an importer is",
        prose(Importer.__doc__),
        *(_method(name) for name in ("recognises", "read")),
        "## What it gives",
        *(_class(kind) for kind in (Options, Rejection, Remark)),
        "A plugin adds one through the hook [`selfdata_importers`](hooks.md#selfdata_importers): "
        "[write an importer](../how-to/write-an-importer.md).",
    )


def _row(importer: Importer) -> tuple[str, ...]:
    types = ", ".join(f"[{code(t.type)}](model.md#{anchor(t)})" for t in importer.record_types)
    return (code(importer.name), importer.title.en, importer.title.fr, importer.holder, types)


def _method(name: str) -> str:
    method = getattr(Importer, name)
    return f"### {code(name)}\n\n{block(signature(name, method))}\n\n{prose(method.__doc__)}"


def _class(kind: type) -> str:
    rows = [(code(f.name), code(str(f.type)), "" if _required(kind, f.name) else "has a default") for f in fields(kind)]
    return f"### {code(kind.__name__)}\n\n{prose(kind.__doc__)}\n\n{table(('Field', 'Type', ''), rows)}"


def _required(kind: type, name: str) -> bool:
    return inspect.signature(kind).parameters[name].default is inspect.Parameter.empty
