"""The columns of a file as the fields of a record type, as a mapping says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from pydantic import ValidationError

from ..model import Money, Text
from ..model.column import NULL, Codes, Column, Ints
from ..model.field import Field
from ..model.table import from_values
from ..model.time import DAY, Int64s, to_local
from .amounts import amount, money
from .bank import NO_AMOUNT, short
from .cells import Cells, Mask
from .instants import stamp
from .jsons import Json
from .mapping import FieldRule, FileMapping
from .mapping_rows import Rows, at_path, written
from .moments import day
from .numbers import decimals, scaled
from .reasons import NO_NUMBER, NO_TIME
from .stamps import Stamps, stamps, to_instants
from .units import factor

NOT_A_WORD = Text(
    en="It says neither yes nor no.",
    fr="Elle ne dit ni oui ni non.",
)
NO_LIST = Text(en="What its list holds cannot be read.", fr="Ce que contient sa liste est illisible.")

_ISO = (
    "YYYY-MM-DDThh:mm:ss±oo:oo", "YYYY-MM-DDThh:mm:ssZ", "YYYY-MM-DDThh:mm:ss.000Z", "YYYY-MM-DDThh:mm:ss",
    "YYYY-MM-DDThh:mm", "YYYY-MM-DD",
)  # fmt: skip
_YES = frozenset({"true", "1", "yes", "y", "oui", "o", "vrai", "x"})
_NO = frozenset({"false", "0", "no", "n", "non", "faux"})


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A column, True where a cell could not be read, and why those could not."""

    column: Column
    bad: Mask
    reason: Text = NO_NUMBER


def read(spec: Field, rule: FieldRule, rows: Rows, mapping: FileMapping) -> Read:
    """One field of all `rows`."""
    match spec.kind:
        case "quantity":
            return Read(*_quantity(spec, rule, rows.cells(rule.column), mapping))
        case "integer":
            values, bad = decimals(decimal_cells(rows.cells(rule.column), mapping), 0)
            return Read(Ints(values), bad)
        case "money":
            return _money(spec, rule, rows, mapping)
        case "date":
            cells = rows.cells(rule.column)
            found = clock(cells, rule.format)
            return Read(Ints(local_days(found, mapping.tz)), found.bad & ~cells.empty, NO_TIME)
        case "instant":
            cells = rows.cells(rule.column)
            found = clock(cells, rule.format)
            return Read(Ints(to_instants(found, mapping.tz)), found.bad & ~cells.empty, NO_TIME)
        case "boolean":
            return _boolean(rule, rows)
        case "list":
            return _list(spec, rule, rows.nodes(rule.column), mapping)
        case _:
            return _words(spec, rule, rows)


def decimal_cells(cells: Cells, mapping: FileMapping) -> Cells:
    """The cells without what stands between thousands, where the mapping says which sign is the decimal one."""
    if mapping.csv is None or not mapping.csv.decimal:
        return cells
    other = "." if mapping.csv.decimal == "," else ","
    if not (cells.rows == ord(other)).any():
        return cells
    return Cells.of([t.replace(other, "") for t in cells.texts()])


def clock(cells: Cells, layout: str) -> Stamps:
    """The stamps of a column, on the file's clock."""
    if layout in ("seconds", "milliseconds"):
        values, bad = decimals(cells, 6 if layout == "seconds" else 3)
        local = np.where(bad, NULL, values)
        return Stamps(local, np.where(local == NULL, NULL, 0))
    found = stamps(cells, *(_ISO if layout == "iso" else (layout,)))
    odd = np.flatnonzero(found.bad & ~cells.empty)
    if not len(odd):
        return found
    local, offset = found.local.copy(), found.offset.copy()
    texts = cells.take(odd).texts()
    if layout == "iso":
        for row, text in zip(odd.tolist(), texts, strict=True):
            if (one := stamp(text)) is not None:
                local[row], offset[row] = one.us, 0 if one.sure else NULL
    else:
        # `1/2/2025` is read by the layout of `01/02/2025`.
        again = stamps(Cells.of([re.sub(r"(?<!\d)\d(?!\d)", r"0\g<0>", t) for t in texts]), layout)
        local[odd], offset[odd] = again.local, again.offset
    return Stamps(local, offset)


def local_days(found: Stamps, tz: str) -> Int64s:
    """The local date of each stamp, in days since 1970."""
    local = found.local.copy()
    if len(sure := np.flatnonzero(found.offset != NULL)):
        local[sure] = to_local(found.local[sure] - found.offset[sure], tz)
    return np.where(found.bad, NULL, local // DAY)


def quantities(cells: Cells, times: Fraction) -> tuple[Int64s, Mask]:
    """(each number × `times`, rounded half to even; True where a cell is no number)."""
    for power in range(-3, 19):
        if times == Fraction(10) ** power:
            return decimals(cells, power)
    values, bad = decimals(cells, 6)
    rows = np.flatnonzero(values != NULL)
    values[rows] = [round(v * times / 10**6) for v in map(Fraction, values[rows].tolist())]
    return values, bad


def _quantity(spec: Field, rule: FieldRule, cells: Cells, mapping: FileMapping) -> tuple[Column, Mask]:
    one = factor(rule.unit, spec.unit)
    assert one is not None, "the mapping was checked"
    values, bad = quantities(decimal_cells(cells, mapping), one * 10**spec.places)
    return Ints(values), bad


def _money(spec: Field, rule: FieldRule, rows: Rows, mapping: FileMapping) -> Read:
    plus = decimal_cells(rows.cells(rule.column), mapping).texts()
    minus = decimal_cells(rows.cells(rule.minus), mapping).texts() if rule.minus else [""] * len(plus)
    values: list[Money | None] = []
    bad = np.zeros(len(plus), bool)
    for row, pair in enumerate(zip(plus, minus, strict=True)):
        try:
            values.append(_sum(*pair, rule.currency or mapping.currency))
        except ValueError:
            values.append(None)
            bad[row] = True
    return Read(from_values(spec, values), bad, NO_AMOUNT)


def _sum(plus: str, minus: str, currency: str) -> Money | None:
    found, taken = amount(plus), amount(minus)
    if found is None and taken is None:
        return None
    return money((found or Decimal(0)) - abs(taken or Decimal(0)), currency)


def _boolean(rule: FieldRule, rows: Rows) -> Read:
    codes = _translated(rows.words(rule.column), rule)
    values = [1 if w.casefold() in _YES else 0 if w.casefold() in _NO else -1 for w in codes.words]
    found = np.array([*values, NULL], np.int64)[codes.indexes]
    return Read(Ints(found), np.asarray(found == -1), NOT_A_WORD)


def _words(spec: Field, rule: FieldRule, rows: Rows) -> Read:
    codes = _translated(rows.words(rule.column), rule)
    if spec.label:
        codes = _each(codes, short)
    return Read(codes, np.zeros(len(codes), bool))


def _translated(codes: Codes, rule: FieldRule) -> Codes:
    if not rule.words:
        return codes
    folded = {word.casefold(): meaning for word, meaning in rule.words.items()}
    return _each(codes, lambda w: folded.get(w.casefold(), w))


def _each(codes: Codes, change: Callable[[str], str]) -> Codes:
    """The words changed; those that become equal are one, those that become empty are missing."""
    changed = [change(word) or None for word in codes.words]
    distinct = tuple(dict.fromkeys(w for w in changed if w is not None))
    index = {word: i for i, word in enumerate(distinct)}
    table = np.array([*(-1 if w is None else index[w] for w in changed), -1], np.int32)
    return Codes(table[codes.indexes], distinct)


def _list(spec: Field, rule: FieldRule, nodes: Sequence[Json], mapping: FileMapping) -> Read:
    values: list[tuple[Any, ...]] = []
    bad = np.zeros(len(nodes), bool)
    for row, node in enumerate(nodes):
        try:
            values.append(tuple(_item(spec, rule, one, mapping) for one in (node if isinstance(node, list) else [])))
        except (ValidationError, ValueError):
            values.append(())
            bad[row] = True
    return Read(from_values(spec, values), bad, NO_LIST)


def _item(spec: Field, rule: FieldRule, node: Json, mapping: FileMapping) -> Any:
    assert spec.element is not None
    specs = {s.name: s for s in spec.items}
    said = {name: value(specs[name], r, written(at_path(node, r.column)), mapping) for name, r in rule.fields.items()}
    return spec.element.model_validate({name: v for name, v in said.items() if v is not None})


def value(spec: Field, rule: FieldRule, text: str, mapping: FileMapping) -> Any:
    """One text as records hold it; None if it is empty. ValueError if it cannot be read."""
    text = text.strip()
    if not text:
        return None
    word = {w.casefold(): m for w, m in rule.words.items()}.get(text.casefold(), text)
    match spec.kind:
        case "quantity":
            one = factor(rule.unit or spec.unit, spec.unit) or Fraction(1)
            found = scaled(text, 9)
            return None if found is None else Decimal(round(found * one * 10**spec.places / 10**9)).scaleb(-spec.places)
        case "integer":
            return scaled(text, 0)
        case "money":
            return _sum(text, "", rule.currency or mapping.currency)
        case "date":
            if (on := day(text[:10])) is None:
                raise ValueError("is no date")
            return on
        case "boolean":
            if word.casefold() not in _YES | _NO:
                raise ValueError("is neither yes nor no")
            return word.casefold() in _YES
        case "text":
            return short(word) if spec.label else word
        case _:
            raise ValueError("cannot be read from a text")


def constant(spec: Field, said: str | int | bool, mapping: FileMapping) -> Any:
    """A mapping's constant as records hold it. ValueError if the field cannot hold it."""
    text = str(said).lower() if isinstance(said, bool) else str(said)
    return value(spec, FieldRule(column="-"), text, mapping)
