"""Numbers in files as integers: value × 10^places, exact."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

import numpy as np

from ..model.column import NULL
from .cells import Cells, Int64s, Mask

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_SPACES = str.maketrans("", "", "\u00a0\u202f\u2009 ")
_WORDS = frozenset({"", "null", "none", "nan", "n/a", "-"})
_EXACT = Context(prec=60)
_LIMIT = 10**18


def scaled(value: object, places: int) -> int | None:
    """`value` (text, int, float or Decimal) × 10^places as an integer; None if it is empty.

    Decimal comma or point, spaces between thousands and `4e+05` are read. Digits beyond `places` are rounded
    half to even: they are below what any meter counts. ValueError if it is no number or too large.
    """
    if value is None or isinstance(value, bool):
        if value is None:
            return None
        raise ValueError("is not a number")
    text = (repr(value) if isinstance(value, float) else str(value)).strip()
    if text.casefold() in _WORDS:
        return None
    plain = text.translate(_SPACES)
    if not _NUMBER.fullmatch(plain):
        raise ValueError("is not a number")
    number = Decimal(plain.replace(",", "."))
    if number and number.adjusted() + places >= 18:
        raise ValueError("is too large")
    return int(number.scaleb(places, _EXACT).to_integral_value(ROUND_HALF_EVEN))


def decimals(cells: Cells, places: int) -> tuple[Int64s, Mask]:
    """(value × 10^places of each cell with `NULL` where it is empty, True where it is not a number).

    Reads what `scaled` reads. Cubic metres become litres with 3 places by asking for 6.
    """
    values, strange = _plain(cells, places)
    bad = np.zeros(len(cells), bool)
    for row in np.flatnonzero(strange).tolist():
        try:
            found = scaled(cells.take(np.array([row])).texts()[0], places)
        except ValueError:
            found, bad[row] = None, True
        values[row] = NULL if found is None else found
    return values, bad


def _plain(cells: Cells, places: int) -> tuple[Int64s, Mask]:
    """Cells like `-12.50` or `12,5`, and the mask of those that need a closer look."""
    n = len(cells)
    values, seen, after = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    point = np.zeros(n, bool)
    negative = np.zeros(n, bool)
    strange = cells.lengths > 17
    for index, column in enumerate(cells.columns[:17]):
        digit = column - np.uint8(48)
        is_digit = digit <= 9
        if is_digit.all() and not point.any():
            values = values * 10 + digit
            seen += 1
            continue
        is_point = ((column == 46) | (column == 44)) & ~point
        if index == 0:
            negative = column == 45
        strange |= ~(is_digit | is_point | (column == 0) | (negative if index == 0 else False))
        values = np.where(is_digit, values * 10 + digit, values)
        seen += is_digit
        after += is_digit & point
        point |= is_point
    strange |= (after > places) | (seen - after + places > 18) | ((seen == 0) & ~cells.empty)
    if places:
        values = values * 10 ** np.clip(places - after, 0, 18)
    values = np.where(negative, -values, values)
    values[cells.empty] = NULL
    return values, strange
