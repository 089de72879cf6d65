"""The page of the manifest."""

from __future__ import annotations

import inspect
import json
from typing import Any, get_args

import annotated_types
from pydantic import BaseModel

from selfdata_sdk.model import own_type
from selfdata_sdk.model.own_type import PROPERTIES, OwnFacts, OwnType
from selfdata_sdk.service import ijson, manifest, project
from selfdata_sdk.service.manifest import Manifest

from .blocks import longest
from .markdown import bare, block, code, page, prose, summary, table

INTRODUCTION = """
The manifest is what a person is asked to agree to, as data: what a service asks for, what it may give back, who answers
for it. It is derived from the service's signature and the project's `pyproject.toml`, and written into the package:

```sh
selfdata manifest ./my-service          # print it
selfdata manifest ./my-service --write  # write manifest.json into the package
selfdata manifest ./my-service --check  # fail if the file is not what the code says now
```

A host reads the file and never loads the code to know what it asks for; the code that then runs may not ask for
anything else.
"""


OWN = """
Each `DeclaredType` in `record_types` is a schema that the author wrote ([tutorial](../tutorial/own-records.md)), with every
default written out. A word that is not listed here is refused, and so are more than 8 types, and names outside of the
service's own namespace: its id, a name, and a version.
"""

OWN_PROPERTIES = """
What `properties` holds, by name. Each property has a `title` in English and an `x-title-fr` of at most 80 characters, and is
one of these kinds. A name is of lower-case letters, digits and `_`, and none that every record has already.
"""


def manifest_page() -> str:
    parts = [_part(kind) for kind in _kinds()]
    pyproject = inspect.cleandoc(project.__doc__ or "").partition("\n\n")[2]
    return page(
        "Manifest",
        INTRODUCTION,
        "## What is refused",
        prose(ijson.__doc__),
        "## Types of values",
        table(("Name", "What it is"), _aliases()),
        "## The manifest",
        _part(Manifest, ""),
        *parts,
        "## Record types of a service's own",
        prose(own_type.__doc__),
        OWN,
        f"{prose(OwnType.__doc__)}\n\n{_words(OwnType)}",
        f"### {code('x-facts')}\n\n{prose(OwnFacts.__doc__)}\n\n{_words(OwnFacts)}",
        f"### Properties\n\n{OWN_PROPERTIES.strip()}",
        *(f"#### {kind.capitalize()}\n\n{summary(node)}\n\n{_words(node)}" for kind, node in PROPERTIES.items()),
        "## What the project adds",
        "`name`, `version`, `authors`, `license`, `urls` and the SDK's versions come from `[project]`. The rest is in "
        "`[tool.selfdata]`, and each key has a default:",
        block(pyproject, "toml"),
    )


def _aliases() -> list[tuple[str, str]]:
    """The named types of texts, with their rules; `Headline` and `Sentence` are those of blocks."""
    texts = ("Line", "Url", "ServiceId", "RecordName", "FieldName", "Slug", "Label", "Number", "IsoDuration")
    words = ("BlockKind", "Granularity", "Precision", "Purpose")
    rules = {n: f"text in English and French of at most {longest(n)} characters each" for n in ("Headline", "Sentence")}
    rules |= {n: _rules(getattr(manifest, n)) for n in texts}
    rules |= {n: "one of " + ", ".join(map(code, get_args(getattr(manifest, n)))) for n in words}
    return [(code(name), rule) for name, rule in rules.items()]


def _rules(alias: object) -> str:
    found = [f for m in get_args(alias)[1:] for f in getattr(m, "metadata", [])]
    pattern = next((p for m in found if (p := getattr(m, "pattern", None))), None)
    longest = next((m.max_length for m in found if isinstance(m, annotated_types.MaxLen)), None)
    said = [
        "an ISO 8601 duration"
        if alias is manifest.IsoDuration
        else f"matches {code(pattern)}"
        if pattern
        else "one clean line"
    ]
    return "; ".join(said + ([f"at most {longest} characters"] if longest else []))


def _words(kind: type[BaseModel]) -> str:
    """The words of a schema as they are written in it; titles are the same everywhere."""
    schema = kind.model_json_schema()
    rows = []
    for name, node in schema["properties"].items():
        if kind in PROPERTIES.values() and name in ("title", "x-title-fr"):
            continue
        default = json.dumps(node["default"]) if "default" in node and "const" not in node else ""
        required = "required" if name in schema.get("required", ()) else ""
        rows.append((code(name), _allowed(node), required, code(default)))
    return table(("Word", "Value", "", "Default"), rows)


def _allowed(node: dict[str, Any]) -> str:
    match node:
        case {"const": value}:
            return code(json.dumps(value))
        case {"enum": values}:
            return "one of " + ", ".join(code(json.dumps(value)) for value in values)
        case {"type": "integer", "minimum": low, "maximum": high}:
            return f"a whole number from {low} to {high}"
        case {"type": "string", "maxLength": longest, "pattern": pattern}:
            return f"matches {code(pattern)}; at most {longest} characters"
        case {"type": "string", "pattern": pattern}:
            return f"matches {code(pattern)}"
        case {"type": "string", "maxLength": longest}:
            return f"one clean line; at most {longest} characters"
        case {"type": "array", "maxItems": most}:
            return f"at most {most} names or words"
        case _:
            return "see below"


def _kinds() -> list[type[BaseModel]]:
    found = [k for k in vars(manifest).values() if inspect.isclass(k) and issubclass(k, BaseModel)]
    return [
        k for k in found if k.__module__ == manifest.__name__ and k is not Manifest and not k.__name__.startswith("_")
    ]


def _part(kind: type[BaseModel], heading: str | None = None) -> str:
    title = f"### {code(kind.__name__)}" if heading is None else heading
    rows = []
    for name, info in kind.model_fields.items():
        default = "" if info.is_required() else code(repr(info.default))
        rows.append(
            (code(name), code(bare(kind.__annotations__[name])), "required" if info.is_required() else "", default)
        )
    return "\n\n".join(p for p in (title, summary(kind), table(("Key", "Type", "", "Default"), rows)) if p)
