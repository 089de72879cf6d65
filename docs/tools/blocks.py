"""The page of blocks."""

from __future__ import annotations

from typing import get_args

from pydantic import BaseModel

from selfdata_sdk.service import blocks
from selfdata_sdk.service.blocks import (
    BLOCKS,
    MAX_BLOCKS,
    MAX_POINTS,
    REASONS,
    Comparison,
    Length,
    Metric,
    Point,
    Points,
    Reference,
)

from .markdown import bare, block, code, page, prose, signature, table

PARTS = (Metric, Comparison, Point, Points, Reference)
COMMON = ("id", "needs", "coverage", "kind", "fallback")

INTRODUCTION = f"""
A service returns a list of blocks, or yields them: at most {MAX_BLOCKS}, with at most {MAX_POINTS} points in a chart.
Blocks are data: never HTML, scripts, pictures or a chart specification. The host draws them, in the terminal, as one
page (`selfdata run SERVICE --html FILE`), or as JSON (`--json`).

When the service is a generator, early cards are previews. Alerts and saves take effect only when it ends well.
"""

COMMON_TEXT = """
Every block has

- `id`: stays the same from run to run; lower-case letters, digits, `-`, `_` and `.`.
- `needs`: the labels of the needs (the parameters' names) that it is based on; all of them if none is named.
- `coverage`: the share of the expected data behind it, 0 to 1. The host fills it in.
- `fallback`: the block as plain text in both languages, made from its other fields.
- `kind`: which block it is; set by the class.
"""


def blocks_page() -> str:
    return page(
        "Blocks",
        INTRODUCTION,
        COMMON_TEXT,
        "## Types of fields",
        table(("Name", "What it is"), _aliases()),
        *(f"## {code(kind.__name__)}\n\n{prose(kind.__doc__)}\n\n{_fields(kind)}{_more(kind)}" for kind in BLOCKS),
        "## Parts",
        *(f"### {code(part.__name__)}\n\n{prose(part.__doc__)}\n\n{_fields(part)}" for part in PARTS),
    )


def _aliases() -> list[tuple[str, str]]:
    found = [
        (code(n), f"`Text` of at most {longest(n)} characters in each language")
        for n in ("Headline", "Sentence", "Paragraph")
    ]
    return [
        *found,
        (code("Slug"), "an id: lower-case letters, digits, `-`, `_`, `.`"),
        (code("Label"), "the name of a parameter or a field"),
        (
            code("Unit"),
            f"a [UCUM](https://ucum.org) code like {code('L')}, {code('kW.h')} or {code('1')} for a plain number",
        ),
        (code("Places"), "decimal places shown, 0 to 6"),
        (code("FiniteFloat"), "a number, not NaN or infinite"),
        (code("AwareDatetime"), "a datetime with a zone"),
    ]


def longest(alias: str) -> int:
    """The characters that a text may have in each language."""
    return next(m.longest for m in get_args(getattr(blocks, alias)) if isinstance(m, Length))


def _fields(kind: type[BaseModel]) -> str:
    written = {n: a for base in reversed(kind.__mro__) for n, a in getattr(base, "__annotations__", {}).items()}
    rows = []
    for name, info in kind.model_fields.items():
        if name in COMMON and kind in BLOCKS:
            continue
        default = "" if info.is_required() or info.default_factory else code(repr(info.default))
        if name == "key":
            default = code("id")
        rows.append((code(name), code(bare(written[name])), "required" if info.is_required() else "", default))
    return table(("Field", "Type", "", "Default"), rows)


def _more(kind: type[BaseModel]) -> str:
    if kind is blocks.Save:
        return f"\n\n{block(signature('Save.of', blocks.Save.of))}\n\n{prose(blocks.Save.of.__doc__)}"
    if kind is blocks.NoInsight:
        return "\n\n" + table(("Reason", "Said as", ""), [(code(r), t.en, t.fr) for r, t in REASONS.items()])
    return ""
