"""Columnar checks: the verdict of the pydantic model on many records at once, as arrays.

Compiled from the same field constraints. Rows that fail are rebuilt as models only to say what is wrong.
"""

from __future__ import annotations

import json
import re
from decimal import DecimalException
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from .column import NULL, Codes, Column, Ints, Moneys
from .field import Field, fields_of
from .money import MAX_DIGITS
from .record import DateRecord, InstantRecord, OpenIntervalRecord, Record, canonical_ext
from .series import Series
from .table import Table
from .text import is_clean

Mask = NDArray[np.bool_]

# datetime's own range: what a record can hold.
_FIRST_INSTANT, _LAST_INSTANT = -62135596800_000000, 253402300799_999999
_FIRST_DAY, _LAST_DAY = -719162, 2932896


def faults(table: Table) -> Mask:
    """Shape (n,): True where a record breaks the rules of its type."""
    bad = np.full(len(table), not _series_ok(table.record_type, table.series))
    for name, spec in fields_of(table.record_type).items():
        if name in table.columns:
            bad |= _column(spec, table.columns[name])
        elif not spec.nullable and _required(table, name):
            bad[:] = True
    record_type = table.record_type
    if not issubclass(record_type, InstantRecord | DateRecord):
        start, end = table.ints("start"), table.ints("end")
        open_end = (end == NULL) if issubclass(record_type, OpenIntervalRecord) else np.zeros(len(table), bool)
        bad |= (end <= start) & ~open_end
    return bad


@lru_cache(maxsize=4096)
def _series_ok(record_type: type[Record], series: Series) -> bool:
    """Whether the fields that the series holds for all its records keep their rules."""
    held: dict[str, str | None] = {"tz": series.tz, "cadence": series.cadence}
    held |= {name: getattr(series, part) or None for name, part in record_type.series_fields.items()}
    for name, value in held.items():
        try:
            series_rule(record_type, name).validate_python(value)
        except ValidationError:
            return False
    return True


@cache
def series_rule(record_type: type[Record], name: str) -> TypeAdapter[Any]:
    """What a field that the series holds may be."""
    return TypeAdapter(record_type.model_fields[name].rebuild_annotation())


def _required(table: Table, name: str) -> bool:
    return table.record_type.model_fields[name].is_required()


def _column(spec: Field, column: Column) -> Mask:
    if isinstance(column, Ints):
        return _integers(spec, column)
    if isinstance(column, Codes):
        return _words(spec, column)
    if isinstance(column, Moneys):
        return _money(spec, column)
    bad = np.zeros(len(column), bool)
    owner = np.repeat(np.arange(len(column)), np.diff(column.offsets))
    for item in spec.items:
        bad[owner[_column(item, column.items[item.name])]] = True
    return bad


def _integers(spec: Field, column: Ints) -> Mask:
    values = column.values
    lower, upper = spec.lower, spec.upper
    if spec.kind == "instant":
        lower, upper = _FIRST_INSTANT, _LAST_INSTANT
    elif spec.kind == "date":
        lower, upper = _FIRST_DAY, _LAST_DAY
    # NULL is the smallest integer, so it fails any lower bound without a test of its own.
    low = NULL + 1 if lower is None else lower
    bad = values < low
    if upper is not None:
        bad |= values > upper
    return bad & (values != NULL) if spec.nullable else bad


def _words(spec: Field, column: Codes) -> Mask:
    wrong = np.array([not word_ok(spec, w) for w in column.words] + [not spec.nullable], bool)
    if not wrong.any():
        return np.zeros(len(column), bool)
    return wrong[column.indexes]


def word_ok(spec: Field, word: str) -> bool:
    if spec.choices is not None:
        return word in spec.choices
    if spec.kind == "json":
        return _ext_ok(word)
    return (
        (spec.max_length is None or len(word) <= spec.max_length)
        and len(word) >= spec.min_length
        and (spec.pattern is None or (re.search(spec.pattern, word) is not None and not word.endswith("\n")))
        and (not spec.label or is_clean(word))
    )


def _ext_ok(word: str) -> bool:
    try:
        value = json.loads(word)
        return isinstance(value, dict) and canonical_ext(value) is not None
    except (ValueError, RecursionError):
        return False


def _money(spec: Field, column: Moneys) -> Mask:
    amount, exponent = column.unscaled.values, column.exponent.values
    missing = amount == NULL
    currency = np.array([re.fullmatch("[A-Z]{3}", w) is None for w in column.currency.words] + [True], bool)
    limit = 10**MAX_DIGITS
    # pydantic counts a positive power of ten as digits, and leading zeros after the point too.
    scale = np.clip(exponent, -MAX_DIGITS, 0)
    whole = limit // 10 ** (-scale)
    bad = (
        currency[column.currency.indexes]
        | (np.abs(amount) >= whole)
        | (exponent > MAX_DIGITS)
        | (exponent < -MAX_DIGITS)
    )
    return np.where(missing, not spec.nullable, bad)


def explain(table: Table, row: int) -> str:
    """Why the record of `row` is refused: each field and rule, never a value."""
    try:
        table.take(np.array([row])).records()
    except ValidationError as error:
        return "; ".join(_reason(e) for e in error.errors(include_input=False, include_url=False))
    except DecimalException:
        return "an amount has too many digits"
    except (RecursionError, json.JSONDecodeError):
        return "ext: is not JSON"
    except (OverflowError, ValueError):
        return "time is out of range"
    return "breaks a rule of its type"


def _reason(error: Any) -> str:
    field = ".".join(str(part) for part in error["loc"][1:])
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{field}: {message}" if field else message
