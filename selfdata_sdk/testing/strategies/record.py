"""Records, and what they belong to: valid ones of any record type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydantic import ValidationError

from ...model import Record, Series, Source
from ...model.check import series_rule
from ...model.field import fields_of
from ...model.record import DateRecord, InstantRecord, IntervalRecord
from ...model.time import DAY, Duration, moment, zone
from .time import CADENCES, dates, instants, zones
from .value import values

Strategy = st.SearchStrategy


def holders() -> Strategy[str]:
    return st.sampled_from(["eau-du-grand-lyon", "veolia", "enedis", "grdf"])


@st.composite
def sources(draw: st.DrawFn, holder: str | None = None, locator: str | None = None) -> Source:
    return Source(
        holder=draw(holders()) if holder is None else holder,
        importer=draw(st.sampled_from(["test-csv", "test-json"])),
        version=draw(st.sampled_from(["1", "2"])),
        method=draw(st.sampled_from(["file", "api", "manual", "derived"])),
        sha256=draw(st.none() | st.sampled_from(["0" * 64, "ab" * 32])),
        locator=locator if locator is not None else draw(st.none() | st.sampled_from(["line 27", "$.releves[3]"])),
        retrieved_at=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 1000))),
    )


_WORDS = {"about": ("00123456789012", "GI123456", "org.example.water-coach"), "register": ("F1", "HP")}


@cache
def _fits(record_type: type[Record], name: str, word: str) -> bool:
    try:
        series_rule(record_type, name).validate_python(word)
    except ValidationError:
        return False
    return True


@st.composite
def series(draw: st.DrawFn, record_type: type[Record]) -> Series:
    held = record_type.series_fields
    parts: dict[str, str] = {}
    for name, part in held.items():
        required = record_type.model_fields[name].is_required()
        words = [word for word in _WORDS[part] if _fits(record_type, name, word)]
        parts[part] = draw(st.sampled_from(words if required else ["", *words]))
    interval = issubclass(record_type, IntervalRecord)
    cadence = draw(st.sampled_from(sorted(CADENCES) if interval else ["", "P1D"]))
    return Series(type=record_type.type, holder=draw(holders()), cadence=cadence, tz=draw(zones()), **parts)


@st.composite
def records(draw: st.DrawFn, record_type: type[Record], of: Series | None = None) -> Record:
    """One valid record; with `of`, of that series."""
    held = draw(series(record_type)) if of is None else of
    found: dict[str, Any] = {"tz": held.tz, "cadence": held.cadence, "source": draw(sources(holder=held.holder))}
    parts = {"about": held.about, "register": held.register}
    found |= {name: parts[part] for name, part in record_type.series_fields.items() if parts[part]}
    found |= draw(_times(record_type, held))
    for name, spec in fields_of(record_type).items():
        if name not in record_type.time_fields and (
            draw(st.booleans()) or record_type.model_fields[name].is_required()
        ):
            found[name] = draw(values(spec))
    return record_type(**found)


@st.composite
def _times(draw: st.DrawFn, record_type: type[Record], held: Series) -> dict[str, Any]:
    if issubclass(record_type, DateRecord):
        return {"on": draw(dates())}
    start = draw(instants(held.tz))
    here = zone(draw(st.sampled_from([held.tz, "UTC"])))
    if issubclass(record_type, InstantRecord):
        return {"at": moment(start, here)}
    has_end = issubclass(record_type, IntervalRecord) or draw(st.booleans())
    return {"start": moment(start, here), "end": moment(start + step_of(held), here) if has_end else None}


def step_of(held: Series) -> int:
    """How long the steps of a series are in tables, in µs: a day if it has no cadence."""
    return CADENCES.get(held.cadence) or (Duration.parse(held.cadence).nominal if held.cadence else DAY)
