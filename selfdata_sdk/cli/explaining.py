"""How a file is understood, as a terminal shows it."""

from __future__ import annotations

from ..importers.explanation import ColumnShown, Explanation, FieldShown, SeriesShown
from ..importers.report import placed
from ..importers.tracing import Trace
from ..model.text import clean
from .language import number, say, spoken
from .terminal import tell

SHOWN = 5
"""Rejections that are listed; the rest is counted."""


def tell_explanation(found: Explanation) -> None:
    """Which format, which columns, which records, what is not kept, and what was assumed. Nothing was written."""
    from .program import tell_error

    if found.refused is not None:
        tell_error(found.refused)
        if found.suggestion:
            tell(
                say(
                    "A mapping to begin with. Save it as map.toml, correct it, then: "
                    f"selfdata import {found.name} --mapping map.toml --explain",
                    "Une correspondance pour commencer. Enregistrez-la dans map.toml, corrigez-la, puis : "
                    f"selfdata import {found.name} --mapping map.toml --explain",
                )
            )
            tell("")
            tell(found.suggestion)
        return
    title = found.title.say(spoken()) if found.title else found.format
    tell(f"{found.name}{say(':', ' :')} {title} ({found.format}), {found.holder}")
    several = len({s.series.type for s in found.series}) > 1
    for column in found.columns:
        tell(f"  {_column(column, several)}")
    if not found.traced:
        tell(
            say(
                "  The columns of this format cannot be followed: see the fields below.",
                "  Les colonnes de ce format ne peuvent pas être suivies : voyez les champs ci-dessous.",
            )
        )
    for series in found.series:
        _tell_series(series)
    tell(
        say(
            f"  Good: {number(found.good)}. Not kept: {number(found.rejected)}.",
            f"  Bons : {number(found.good)}. Non retenus : {number(found.rejected)}.",
        )
    )
    for rejection in found.rejections[:SHOWN]:
        tell(f"    {placed(rejection.locator).say(spoken())}{say(':', ' :')} {rejection.reason.say(spoken())}")
    for remark in found.remarks:
        tell(f"  {remark.text.say(spoken())}")
    tell(say("  Nothing was written.", "  Rien n'a été écrit."))


def _column(column: ColumnShown, several: bool) -> str:
    """`several`: the file holds several types of records, so that a field is named with its type."""
    example = f" [{column.example}]" if column.example else ""
    name = clean(column.name)
    if column.kept:
        return f"{name}{example} → {say('kept beside, in ext', 'gardée à côté, dans ext')}"
    if not column.fields:
        return f"{name}{example} → {say('not seen to be used', 'non utilisée, semble-t-il')}"
    return f"{name}{example} → {', '.join(_trace(t, several) for t in column.fields)}"


def _trace(trace: Trace, several: bool) -> str:
    name = f"{trace.type.partition('/')[0]} {trace.field}" if several else trace.field
    return f"{name} ({trace.how.say(spoken())})" if trace.how is not None else name


def _tell_series(shown: SeriesShown) -> None:
    series = shown.series
    parts = [series.type, series.about, series.register, series.cadence, series.tz]
    tell(f"  {shown.title.say(spoken())} ({', '.join(p for p in parts if p)}){say(':', ' :')} {number(shown.count)}")
    for field in shown.fields:
        tell(f"    {_field(field)}")
    if shown.kept:
        tell(f"    ext{say(':', ' :')} {', '.join(shown.kept)}")


def _field(field: FieldShown) -> str:
    title = f" ({field.title.say(spoken())})" if field.title else ""
    unit = f" {field.unit}" if field.unit and field.unit != "1" else ""
    return f"{field.name}{title}{say(':', ' :')} {field.example}{unit}"
