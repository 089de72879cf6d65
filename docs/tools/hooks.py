"""The page of hooks."""

from __future__ import annotations

from dataclasses import fields

from selfdata_sdk.host.hookspecs import ENTRY_POINTS, HOOKS, Hooks
from selfdata_sdk.host.plugins import Plugins
from selfdata_sdk.host.report import OUTCOMES, RunReport

from .markdown import bare, block, code, page, prose, signature, table


def hooks_page() -> str:
    return page(
        "Hooks",
        f"Plugins extend the host. They are trusted: they run in its own process, as services never do. A plugin is "
        f"a module that an entry point of the group {code(ENTRY_POINTS)} names "
        "([write a plugin](../how-to/write-a-plugin.md)).",
        prose(Hooks.__doc__),
        *(_hook(name) for name in HOOKS),
        f"## {code('RunReport')}",
        prose(RunReport.__doc__),
        table(("Field", "Type"), [(code(f.name), code(bare(str(f.type)))) for f in fields(RunReport)]),
        f"Outcomes: {', '.join(map(code, OUTCOMES))}.",
        f"## {code('Plugins')}",
        "What a host has of its plugins: `from selfdata_sdk.host.plugins import Plugins`.",
        prose(Plugins.__doc__),
        *(_method(name) for name in ("load", "of", "observe", "open_cloud")),
    )


def _hook(name: str) -> str:
    hook = getattr(Hooks, name)
    return f"## {code(name)}\n\n{block(signature(name, hook))}\n\n{prose(hook.__doc__)}"


def _method(name: str) -> str:
    method = getattr(Plugins, name)
    return f"### {code(name)}\n\n{block(signature(name, method))}\n\n{prose(method.__doc__)}"
