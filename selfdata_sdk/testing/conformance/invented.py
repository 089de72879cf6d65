"""Records of a type that no persona has, made from what the type says of its fields."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from ...model import Answer, Series, Source, Table
from ...model.check import faults, series_rule, word_ok
from ...model.column import NULL, Codes, Column, Ints, Lists, Moneys
from ...model.field import ENVELOPE, Field, fields_of
from ...model.record import IntervalRecord, Record
from ...model.time import DAY, HOUR, bucket_bounds, micros

ASKS = "org.example.asks"
DAYS = 400
FEW = 3  # rows of what holds until further notice, items of a list, and different texts

WORDS = (
    "sample", "other", "more", "12345678901234", "22345678901234", "75056", "69123", "1", "2", "3", "10", "20", "A1",
    "B2", "EUR", "PT30M", "2025-09-27", "12:30", "0612345678", "+33612345678", "FR7630006000011234567890189",
    "a@example.org", "https://example.org", "3017620422003", "36252187900034",
    "application/pdf", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
)  # fmt: skip
"""Texts of many shapes; those that a field allows are used."""


def invented(record_type: type[Record], now: datetime, tz: str, service: str = ASKS) -> Table | None:
    """Records up to `now`: one a day, or a few where the type holds until further notice. None if none can be made.

    service  the one that asked what is answered
    """
    upper = micros(now)
    days = bucket_bounds("day", tz, upper - DAYS * DAY, upper)[:-1]
    if record_type.facts.span == "whole":
        days = days[:: len(days) // FEW][:FEW]
    columns: dict[str, Column] = {}
    for name, spec in fields_of(record_type).items():
        if name in record_type.time_fields:
            columns[name] = _time(record_type, name, days)
        elif name not in ENVELOPE:
            columns[name] = _column(spec, np.arange(len(days)), upper)
    source = Source(holder="persona", importer="invented", version="1", retrieved_at=now.astimezone(UTC))
    held = {part: name for name, part in record_type.series_fields.items()}
    about = service if record_type is Answer else _about(record_type, held["about"]) if "about" in held else ""
    cadence = "P1D" if issubclass(record_type, IntervalRecord) else ""
    series = Series(record_type.type, source.holder, about=about, cadence=cadence, tz=tz)
    table = Table(record_type, series, columns, (source,))
    return None if faults(table).any() else table


def _about(record_type: type[Record], name: str) -> str:
    """The first word that may be what records of the type are about."""
    rule = series_rule(record_type, name)
    for word in (WORDS[3], *WORDS):
        with suppress(ValidationError):
            return str(rule.validate_python(word))
    return ""


def _time(record_type: type[Record], name: str, days: NDArray[np.int64]) -> Ints:
    if name == "on":
        return Ints((days + 12 * HOUR) // DAY)
    if name == "at":
        return Ints(days + 9 * HOUR)
    # What holds until further notice ends when the next begins; the last one does not end.
    last = days[-1] + 23 * HOUR if issubclass(record_type, IntervalRecord) else NULL
    return Ints(days if name == "start" else np.append(days[1:], last))


def _column(spec: Field, rows: NDArray[np.int64], upper: int) -> Column:
    match spec.kind:
        case "quantity" | "integer" | "boolean":
            lower = spec.lower or 0
            most = (spec.upper if spec.upper is not None else 2**40) - lower
            return Ints(lower + np.minimum((rows * 7 % 23) * 10**spec.places, most))
        case "instant":
            return Ints(upper - rows * DAY)
        case "date":
            return Ints(upper // DAY - rows)
        case "money":
            return Moneys(
                Ints(199 + rows * 7 % 23 * 100), Ints.constant(2, len(rows)), Codes.constant("EUR", len(rows))
            )
        case "text":
            words = texts(spec)
            return Codes((rows % len(words)).astype(np.int32), words) if words else Codes.constant(None, len(rows))
        case "json":
            return Codes.constant(None, len(rows))
        case "list":
            items = np.arange(len(rows) * FEW)
            offsets = np.arange(len(rows) + 1) * FEW
            return Lists(offsets, {item.name: _column(item, items, upper) for item in spec.items})


def texts(spec: Field) -> tuple[str, ...]:
    """Texts that the field allows: all of an enumeration, else a few."""
    return spec.choices or spec.known or tuple(w for w in WORDS if word_ok(spec, w))[:FEW]
