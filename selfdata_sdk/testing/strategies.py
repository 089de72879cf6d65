"""Hypothesis strategies for records, tables and times, valid and not; written by hand so that they shrink well.

@given(tables(WaterUse))
def test_what_is_written_is_read(table): ...
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..model import Money, Record, Series, Source, Table
from ..model.check import word_ok
from ..model.column import NULL, Codes, Column, Ints, Lists, Moneys, concat, same
from ..model.field import Field, body_of, fields_of
from ..model.record import DateRecord, InstantRecord, IntervalRecord
from ..model.table import from_values
from ..model.text import clean
from ..model.time import DAY, HOUR, MINUTE, SECOND, Duration, Int64s, micros, moment, offsets, zone

Strategy = st.SearchStrategy

ZONES = (
    "Europe/Paris",
    "UTC",
    "America/New_York",
    "Asia/Kathmandu",  # +05:45
    "Australia/Lord_Howe",  # changes by half an hour
    "Antarctica/Troll",  # changes by two hours
    "America/Sao_Paulo",  # changed at midnight
    "America/St_Johns",  # changed at one minute past midnight
    "Pacific/Apia",  # skipped a day
)
"""Zones with every kind of clock change."""

CADENCES = {"PT10M": 10 * MINUTE, "PT30M": 30 * MINUTE, "PT1H": HOUR, "P1D": DAY, "P1M": 30 * DAY}

_FIRST = micros(datetime(2015, 1, 1, tzinfo=UTC))
_LAST = micros(datetime(2030, 1, 1, tzinfo=UTC))
_DAY_ZERO = date(1970, 1, 1).toordinal()


# Times


def zones() -> Strategy[str]:
    return st.sampled_from(ZONES)


@st.composite
def local_times(draw: st.DrawFn, tz: str | None = None) -> datetime:
    """An aware datetime of 2015 to 2030 in `tz` (any of `ZONES` if None), often in the hours around a clock change."""
    name = draw(zones()) if tz is None else tz
    return moment(draw(instants(name)), zone(name))


@st.composite
def instants(draw: st.DrawFn, tz: str = "Europe/Paris") -> int:
    """Microseconds since the epoch, 2015 to 2030, often within hours of a clock change of `tz`."""
    if draw(st.booleans()):
        return draw(st.integers(_FIRST // SECOND, _LAST // SECOND)) * SECOND
    changes = _changes(tz)
    if not changes:
        return draw(st.integers(_FIRST // HOUR, _LAST // HOUR)) * HOUR
    return draw(st.sampled_from(changes)) + draw(st.integers(-50, 50)) * 30 * MINUTE


@cache
def _changes(tz: str) -> tuple[int, ...]:
    """The starts of the hours in which the clocks of `tz` changed."""
    hours = np.arange(_FIRST, _LAST, HOUR, dtype=np.int64)
    return tuple(hours[1:][np.diff(offsets(hours, tz)) != 0].tolist())


@st.composite
def changing_days(draw: st.DrawFn, tz: str = "Europe/Paris") -> date:
    """A local date of `tz` on which the clocks changed (`tz` must have such days)."""
    return moment(draw(st.sampled_from(_changes(tz))), zone(tz)).date()


# Texts, sources and series


def labels() -> Strategy[str]:
    """Clean texts: ASCII, accents, French spacing, other scripts."""
    letters = st.sampled_from("abzAZ09 -'éèÇœ\u00a0:;€²Ωж日😀")
    return st.text(letters, min_size=1, max_size=12).map(clean).filter(bool)


def unclean_texts() -> Strategy[str]:
    """Texts that `clean` would change: control, bidirectional, invisible, unnormalised, blanks."""
    bad = st.sampled_from(
        ["\n", "\t", "\x00", "\u200b", "\u202e", "\ufeff", "e\u0301", "  ", "\u2028", "\u3164", "\x7f"]
    )
    return st.builds("{}{}{}".format, labels(), bad, labels())


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


@st.composite
def series(draw: st.DrawFn, record_type: type[Record]) -> Series:
    held = record_type.series_fields
    parts: dict[str, str] = {}
    for name, part in held.items():
        required = record_type.model_fields[name].is_required()
        words = ["00123456789012", "GI123456"] if part == "about" else ["F1", "HP"]
        parts[part] = draw(st.sampled_from(words if required else ["", *words]))
    interval = issubclass(record_type, IntervalRecord)
    cadence = draw(st.sampled_from(sorted(CADENCES) if interval else ["", "P1D"]))
    return Series(type=record_type.type, holder=draw(holders()), cadence=cadence, tz=draw(zones()), **parts)


# Values of one field, as records hold them


def values(spec: Field) -> Strategy[Any]:
    """Valid values of a field, bounds often; None too if it may be missing."""
    found = _present(spec)
    return st.none() | found if spec.nullable and spec.kind != "json" else found


def _present(spec: Field) -> Strategy[Any]:
    match spec.kind:
        case "instant":
            return instants().map(moment)
        case "date":
            return st.dates(date(2015, 1, 1), date(2030, 1, 1))
        case "quantity" | "integer" | "boolean":
            whole = _integers(spec)
            if spec.kind == "quantity":
                return whole.map(lambda v: Decimal(v).scaleb(-spec.places))
            return whole.map(bool) if spec.kind == "boolean" else whole
        case "text":
            return _words(spec)
        case "money":
            return moneys()
        case "json":
            return exts()
        case "list":
            assert spec.element is not None
            fields = {item.name: values(item) for item in spec.items}
            return st.lists(st.builds(spec.element, **fields), max_size=3).map(tuple)


def _integers(spec: Field) -> Strategy[int]:
    lower = -(2**62) if spec.lower is None else spec.lower
    upper = 2**62 if spec.upper is None else spec.upper
    usual = st.integers(max(lower, 0), min(upper, 5_000_000)) if lower <= 5_000_000 and upper >= 0 else st.nothing()
    return usual | st.sampled_from([lower, upper])


def _words(spec: Field) -> Strategy[str]:
    if spec.choices is not None:
        return st.sampled_from(spec.choices)
    if spec.label:
        return labels()
    if spec.known:
        return st.sampled_from(spec.known) | st.just("a.word-not_known+yet")
    if spec.pattern is not None:
        return matching(spec.pattern)
    return st.text("abcz09é", min_size=max(spec.min_length, 1), max_size=min(spec.max_length or 12, 12))


def matching(pattern: str) -> Strategy[str]:
    """ASCII texts that a record type's pattern, `^…$`, accepts as a whole."""
    return st.from_regex(re.compile(pattern.removeprefix("^").removesuffix("$"), re.ASCII), fullmatch=True)


@st.composite
def moneys(draw: st.DrawFn) -> Money:
    """Amounts of up to 18 digits and 0 to 18 decimals, of both signs, with their trailing zeros."""
    exponent = draw(st.sampled_from([2, 2, 2, 0, 1, 4, 18]))
    unscaled = draw(st.integers(-100_000, 100_000) | st.sampled_from([10**18 - 1, 1 - 10**18]))
    return Money(amount=Decimal(unscaled).scaleb(-exponent), currency=draw(st.sampled_from(["EUR", "USD", "JPY"])))


def exts() -> Strategy[dict[str, Any]]:
    """Other fields of a holder: mostly none; nested JSON within what RFC 8785 keeps exactly."""
    leaf = (
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text('aé\n"\\/😀', max_size=4) | _floats()
    )
    nested = st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab.", max_size=3), inner, max_size=2),
        max_leaves=4,
    )
    return st.just({}) | st.dictionaries(st.sampled_from(["x.note", "x.code"]), nested, max_size=2)


def _floats() -> Strategy[float]:
    return st.floats(-1e12, 1e12)


# Records and tables


@st.composite
def records(draw: st.DrawFn, record_type: type[Record], of: Series | None = None) -> Record:
    """One valid record; with `of`, of that series."""
    held = draw(series(record_type)) if of is None else of
    found: dict[str, Any] = {"tz": held.tz, "cadence": held.cadence, "source": draw(sources(holder=held.holder))}
    parts = {"about": held.about, "register": held.register}
    found |= {name: parts[part] or None for name, part in record_type.series_fields.items()}
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
        return {"on": draw(st.dates(date(2015, 1, 1), date(2030, 1, 1)))}
    start = draw(instants(held.tz))
    here = zone(draw(st.sampled_from([held.tz, "UTC"])))
    if issubclass(record_type, InstantRecord):
        return {"at": moment(start, here)}
    open_end = not issubclass(record_type, IntervalRecord) and draw(st.booleans())
    return {"start": moment(start, here), "end": None if open_end else moment(start + _step(held), here)}


def _step(held: Series) -> int:
    return CADENCES.get(held.cadence) or (Duration.parse(held.cadence).nominal if held.cadence else DAY)


@st.composite
def tables(
    draw: st.DrawFn,
    record_type: type[Record],
    *,
    min_size: int = 1,
    max_size: int = 12,
    of: Series | None = None,
    gaps: bool = True,
) -> Table:
    """A valid table of one series: times ascending, distinct and never overlapping; with `gaps`, some left out.

    Optional columns are present or left out; sources are one with a locator template, or several.
    """
    held = draw(series(record_type)) if of is None else of
    n = draw(st.integers(min_size, max_size))
    columns: dict[str, Column] = dict(draw(_time_columns(record_type, held, n, gaps)))
    for name, spec in fields_of(record_type).items():
        if name in columns:
            continue
        if record_type.model_fields[name].is_required() or draw(st.booleans()):
            columns[name] = from_values(spec, draw(st.lists(values(spec), min_size=n, max_size=n)))
    if draw(st.booleans()):
        columns["locator"] = Ints(np.arange(2, n + 2, dtype=np.int64))
        return Table(record_type, held, columns, (draw(sources(holder=held.holder, locator="line {}")),))
    several = draw(st.lists(sources(holder=held.holder), min_size=1, max_size=3, unique=True))
    which = draw(st.lists(st.integers(0, len(several) - 1), min_size=n, max_size=n))
    columns["source"] = Ints(np.array(which, np.int64))
    return Table(record_type, held, columns, tuple(several))


@st.composite
def _time_columns(draw: st.DrawFn, record_type: type[Record], held: Series, n: int, gaps: bool) -> Mapping[str, Column]:
    missing = draw(st.lists(st.integers(0, 3 if gaps else 0), min_size=n, max_size=n))
    places = np.arange(n, dtype=np.int64) + np.cumsum(np.array(missing, np.int64))
    if issubclass(record_type, DateRecord):
        first = draw(st.dates(date(2015, 1, 1), date(2029, 1, 1))).toordinal() - _DAY_ZERO
        return {"on": Ints(first + places)}
    step = _step(held)
    starts = draw(instants(held.tz)) + places * step
    if issubclass(record_type, InstantRecord):
        return {"at": Ints(starts)}
    ends = starts + step
    if n and not issubclass(record_type, IntervalRecord) and draw(st.booleans()):
        ends[-1] = NULL
    return {"start": Ints(starts), "end": Ints(ends)}


@st.composite
def duplicates(draw: st.DrawFn, table: Table) -> Table:
    """`table` with some rows a second time, in another order: the same facts."""
    rows = list(range(len(table)))
    more = draw(st.lists(st.sampled_from(rows), min_size=1, max_size=3))
    return table.take(np.array(draw(st.permutations(rows + more)), np.int64))


@st.composite
def revisions(draw: st.DrawFn, table: Table) -> tuple[Table, frozenset[int]]:
    """`table` with the content of some rows changed and their natural keys kept; and which rows changed."""
    spec = _changeable(table.record_type)
    n = len(table)
    rows = draw(st.sets(st.sampled_from(range(n)), min_size=1, max_size=n))
    column = table.column(spec.name)
    fresh = from_values(spec, [draw(values(spec)) for _ in range(n)])
    mixed = concat([column, fresh]).take(np.array([n + i if i in rows else i for i in range(n)], np.int64))
    changed = np.flatnonzero(~same(column, mixed)).tolist()
    return table.replace(**{spec.name: mixed}), frozenset(changed)


def _changeable(record_type: type[Record]) -> Field:
    """A field of the body that is no part of the natural key: a quantity if there is one."""
    free = [f for f in body_of(record_type).values() if f.name not in record_type.natural_key]
    return next((f for f in free if f.kind == "quantity"), free[0])


# What breaks the rules


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
