"""What breaks the rules of a record type: one rule at a time with its reason, or anything at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from ...model import Record, Series, Table
from ...model.check import word_ok
from ...model.column import NULL, Codes, Column, Ints, Lists, Moneys, concat
from ...model.field import Field, fields_of
from ...model.time import Int64s
from .record import records
from .table import tables
from .text import labels, unclean_texts

Strategy = st.SearchStrategy


@dataclass(frozen=True, slots=True)
class Flaw:
    """One rule of a record type that is broken: what its `field` holds, and why that is wrong.

    value  `MISSING` if the field is left out
    """

    field: str
    reason: str
    value: object


MISSING: Final = "<missing>"


@dataclass(frozen=True, slots=True)
class InvalidRecord:
    """What is no record, because of one flaw: `record_type(**values)` is refused for that field alone."""

    record_type: type[Record]
    flaw: Flaw
    values: Mapping[str, object]


@st.composite
def invalid_records(draw: st.DrawFn, record_type: type[Record]) -> InvalidRecord:
    """A valid record in which one rule is broken, any of `flaws`."""
    record = draw(records(record_type))
    flaw = draw(st.sampled_from(flaws(record_type)))
    values = {name: getattr(record, name) for name in record_type.model_fields if name in record.model_fields_set}
    if flaw.value is MISSING:
        del values[flaw.field]
    elif flaw.field == "end" and flaw.reason == _EMPTY:
        values["end"] = values["start"]
    else:
        values[flaw.field] = flaw.value
    return InvalidRecord(record_type, flaw, values)


_EMPTY = "ends when it starts"


@cache
def flaws(record_type: type[Record]) -> tuple[Flaw, ...]:
    """Each way in which a record of the type can be wrong in one field."""
    specs = fields_of(record_type)
    found = [Flaw(name, reason, value) for name, spec in specs.items() for reason, value in _wrong(spec)]
    found += [
        Flaw(name, "is missing", MISSING) for name, info in record_type.model_fields.items() if info.is_required()
    ]
    found += [Flaw(name, "is no name of one", "two\nlines") for name in record_type.series_fields]
    found += [Flaw("tz", "is no time zone", "Nowhere/Else"), Flaw("cadence", "is no duration", "often")]
    if "end" in specs:
        found.append(Flaw("end", _EMPTY, None))
    return (*found, Flaw("no_such_field", "is no field of the type", 1))


def _wrong(spec: Field) -> Iterator[tuple[str, object]]:
    """(why, a value that is wrong for a field)."""
    match spec.kind:
        case "instant":
            yield "has no time zone", datetime(2015, 1, 1)  # noqa: DTZ001
        case "date":
            yield "is no date", "2015-02-30"
        case "quantity" | "integer":
            yield from _out_of_bounds(spec)
            yield "is no number", "many"
        case "boolean":
            yield "is neither true nor false", "perhaps"
        case "money":
            yield "has no currency that is known", {"amount": "1", "currency": "eur"}
        case "json":
            yield "is no object", []
            yield "holds a number that JSON does not keep exactly", {"x": 2**60}
        case "list":
            yield "is no list", 1
        case "text":
            yield from ((why, word) for why, word in _words(spec) if not word_ok(spec, word))
            yield "is no text", 5


def _out_of_bounds(spec: Field) -> Iterator[tuple[str, object]]:
    assert spec.lower is not None
    assert spec.upper is not None
    for why, value in (("is less than the least", spec.lower - 1), ("is more than the greatest", spec.upper + 1)):
        yield why, Decimal(value).scaleb(-spec.places) if spec.kind == "quantity" else value
    if spec.kind == "quantity":
        yield "has a decimal too many", Decimal(1).scaleb(-spec.places - 1)


def _words(spec: Field) -> Iterator[tuple[str, str]]:
    yield "is empty", ""
    yield "is longer than it may be", "x" * ((spec.max_length or 500) + 1)
    yield "is not one line", "two\nlines"
    yield "is none of the words", "unheard-of"


@st.composite
def doubtful_tables(draw: st.DrawFn, record_type: type[Record], *, max_size: int = 5) -> Table:
    """A table of which any value, its series' too, may be good or bad: for comparing two verdicts on it."""
    table = draw(tables(record_type, max_size=max_size))
    columns = dict(table.columns)
    specs = fields_of(record_type)
    for name in draw(st.lists(st.sampled_from(sorted(specs)), min_size=1, max_size=3, unique=True)):
        rows = draw(st.sets(st.sampled_from(range(len(table))), min_size=1))
        columns[name] = _spoiled(draw, specs[name], table.column(name), rows)
    if draw(st.integers(0, 9)) == 9:
        columns.pop(draw(st.sampled_from(sorted(specs))), None)
    held = table.series
    if draw(st.integers(0, 9)) == 9:
        part = draw(st.sampled_from(["tz", "cadence", "about", "register"]))
        word = draw(st.sampled_from(["", "Nowhere/Else", "P", "PT1H", "a b", "é", "F1\n", "x" * 65]))
        held = Series(**{**_parts(held), part: word})
    return Table(record_type, held, columns, table.sources) if columns else table


def _parts(held: Series) -> dict[str, str]:
    return dict(zip(("type", "holder", "about", "register", "cadence", "tz"), held.key, strict=True))


def _spoiled(draw: st.DrawFn, spec: Field, column: Column, rows: set[int]) -> Column:
    """`column` with values of `doubtful` in some rows."""
    n = len(column)
    index = np.array([n + i if i in rows else i for i in range(n)], np.int64)
    return concat([column, doubtful_column(draw, spec, n)]).take(index)


def doubtful_column(draw: st.DrawFn, spec: Field, n: int) -> Column:
    """`n` stored values at and beyond the edges of a field's rules."""
    match spec.kind:
        case "text":
            return Codes.of(draw(_listed(_doubtful_words(spec), n)))
        case "json":
            return Codes.of(draw(_listed(st.sampled_from([None, *_JSON]), n)))
        case "money":
            return Moneys(
                Ints(_array(draw(_listed(st.sampled_from(_UNSCALED), n)))),
                Ints(_array(draw(_listed(st.sampled_from(_EXPONENTS), n)))),
                Codes.of(draw(_listed(st.sampled_from(["EUR", "USD", None, "eur", "EURO", "EU", "EUR\n", "É€R"]), n))),
            )
        case "list":
            lengths = draw(_listed(st.integers(0, 2), n))
            total = sum(lengths)
            children = {item.name: doubtful_column(draw, item, total) for item in spec.items}
            return Lists(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), children)
        case _:
            return Ints(_array(draw(_listed(_doubtful_integers(spec), n))))


def bad_values(spec: Field) -> Strategy[Any]:
    """Values that a record refuses for this field, as a caller might give them."""
    match spec.kind:
        case "instant":
            return st.sampled_from([datetime(2024, 1, 1), 1704067200, "1704067200", "2024-01-01", "soon", True])  # noqa: DTZ001
        case "date":
            return st.sampled_from([datetime(2024, 1, 1, tzinfo=UTC), 19_723, "19723", "2024-02-30", "01/02/2024"])
        case "quantity":
            assert spec.lower is not None
            assert spec.upper is not None
            beyond = [Decimal(v).scaleb(-spec.places) for v in (spec.lower - 1, spec.upper + 1)]
            finer = Decimal(1).scaleb(-spec.places - 1)
            return st.sampled_from(
                [*beyond, finer, "1_000", "nan", "inf", float("nan"), True, " 1", "1 000", "1,5", ""]
            )
        case "integer":
            assert spec.lower is not None
            assert spec.upper is not None
            return st.sampled_from([spec.lower - 1, spec.upper + 1, "many", 1.5])
        case "boolean":
            return st.sampled_from(["perhaps", 2])
        case "money":
            wrong: list[Any] = [1.5, "12.50", {"amount": 1.5, "currency": "EUR"}, {"amount": "1", "currency": "eur"}]
            return st.sampled_from([*wrong, {"amount": "1e3", "currency": "EUR"}, {"amount": "1"}])
        case "list":
            return st.sampled_from([1, "text", [1], [{"no_such_field": 1}]])
        case "json":
            return st.sampled_from([[], "text", {"x": 2**60}, {"x": float("nan")}])
        case "text":
            return _doubtful_words(spec).filter(lambda w: w is not None and not word_ok(spec, w)) | st.just(5)


def _listed(one: Strategy[Any], n: int) -> Strategy[list[Any]]:
    return st.lists(one, min_size=n, max_size=n)


def _array(found: Sequence[int]) -> Int64s:
    return np.array(found, np.int64)


_JSON = (
    '{"a":1}',
    "{}",
    "[]",
    "null",
    "{",
    '{"a":9007199254740992}',
    '{"a":NaN}',
    '"text"',
    '{"a":{"b":[1,null]}}',
    "",
)
_UNSCALED = (0, 1, -1, 1050, 10**17, 10**18 - 1, 10**18, -(10**18), 1 - 10**18, NULL, NULL + 1, 2**63 - 1)
_EXPONENTS = (2, 0, 1, 17, 18, 19, -1, -17, -18, -19, NULL, 40)


def _doubtful_integers(spec: Field) -> Strategy[int]:
    if spec.kind == "instant":
        edges = [-62135596800_000000, 253402300799_999999]
    elif spec.kind == "date":
        edges = [-719162, 2932896]
    else:
        edges = [b for b in (spec.lower, spec.upper) if b is not None]
    near = sorted({e + d for e in (*edges, 0) for d in (-1, 0, 1)})
    return st.sampled_from([*near, NULL, NULL + 1, 2**63 - 1])


def _doubtful_words(spec: Field) -> Strategy[str | None]:
    edge = [] if spec.max_length is None else ["x" * spec.max_length, "x" * (spec.max_length + 1)]
    plain = [
        "",
        "a",
        "A1",
        "a b",
        "é",
        "F1\n",
        "\n",
        "x" * 32,
        "x" * 33,
        "x" * 64,
        "x" * 65,
        "١٢",
        "01234",
        "2A004",
        "2C004",
    ]
    known = [*(spec.choices or ()), *spec.known, "Measured", "measured "]
    return st.sampled_from([None, *plain, *edge, *known]) | unclean_texts() | labels()
