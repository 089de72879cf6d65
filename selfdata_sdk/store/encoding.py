"""How columns are written: one description for both codecs, which differ only in how they hold arrays.

Integers become one of
    {"c": v}                    the same value in every row
    {"r": [first, step]}        an arithmetic sequence
    {"x": [column, k]}          k times the values of another column
    {"a": array, "b": base}     array + base
    {"d": array, "b": base, "f": first}   differences: first, then each plus array + base
    {"t": [text, …]}            anything wider
with "n": 1 where the array holds 0 for a missing value and every other value is one higher.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.column import NULL, Codes, Column, Ints, Lists, Moneys

Int64s = NDArray[np.int64]
Node = dict[str, Any]
Put = Callable[[Int64s, int], Any]
"""Holds an array of integers ≥ 0, of which the largest is given, and returns what stands for it in the description."""
Get = Callable[[Any, int], Int64s]
"""The array of n integers that stands for a reference given out by `Put`."""

_LIMIT = 2**53 - 1  # of a span of values: what every reader of JSON keeps exactly


def encode(columns: Mapping[str, Column], put: Put) -> dict[str, Node]:
    """The description of columns of one table. `end` is written as its distance from `start`."""
    described: dict[str, Node] = {}
    seen: list[tuple[str, Int64s]] = []
    for name, column in columns.items():
        if not isinstance(column, Ints):
            described[name] = _node(column, put)
            continue
        values = column.values
        if name == "end":
            values = _lengths(columns["start"], values)
        described[name] = _multiple(values, seen) or _ints(values, put)
        if name not in _TIMES and "a" in described[name]:
            seen.append((name, values))
    return described


_TIMES = ("start", "end", "at", "on")


def _lengths(start: Column, end: Int64s) -> Int64s:
    assert isinstance(start, Ints)
    lengths: Int64s = end - start.values
    return np.where(end == NULL, NULL, lengths) if end.min() == NULL else lengths


def decode(described: Mapping[str, Node], n: int, get: Get, wanted: frozenset[str] | None = None) -> dict[str, Column]:
    """The columns of a description of `n` rows; only those `wanted`, if given."""
    columns: dict[str, Column] = {}

    def column(name: str) -> Column:
        if name not in columns:
            node = described[name]
            if "x" in node:
                other, k = node["x"]
                columns[name] = Ints(column(other).values * k)  # type: ignore[union-attr]
            elif name == "end":
                columns[name] = _ends(node, n, get, column("start"))
            else:
                columns[name] = _decode(node, n, get)
        return columns[name]

    names = [m for m in described if wanted is None or m in wanted]
    return {m: column(m) for m in names}


def _ends(node: Node, n: int, get: Get, start: Column) -> Ints:
    assert isinstance(start, Ints)
    if node.get("c") is not None:
        return Ints(start.values + _integer(node["c"]))
    lengths = _decode_ints(node, n, get)
    return Ints(np.where(lengths == NULL, NULL, lengths + start.values))


def _node(column: Column, put: Put) -> Node:
    if isinstance(column, Ints):
        return _ints(column.values, put)
    if isinstance(column, Codes):
        compact = column if len(column.words) == 1 and len(column) and not column.indexes.any() else column.compact()
        return {"w": list(compact.words), "i": _ints(compact.indexes.astype(np.int64), put)}
    if isinstance(column, Moneys):
        return {"u": _node(column.unscaled, put), "e": _node(column.exponent, put), "y": _node(column.currency, put)}
    lengths = np.diff(column.offsets)
    return {"l": _ints(lengths, put), "m": int(lengths.sum()), "o": {k: _node(c, put) for k, c in column.items.items()}}


def _decode(node: Node, n: int, get: Get) -> Column:
    if "w" in node:
        return Codes(_decode_ints(node["i"], n, get).astype(np.int32), tuple(node["w"]))
    if "u" in node:
        parts = [_decode(node[k], n, get) for k in ("u", "e", "y")]
        return Moneys(*parts)  # type: ignore[arg-type]
    if "l" in node:
        offsets = np.concatenate([[0], np.cumsum(_decode_ints(node["l"], n, get))]).astype(np.int64)
        return Lists(offsets, {k: _decode(c, node["m"], get) for k, c in node["o"].items()})
    return Ints(_decode_ints(node, n, get))


def _multiple(values: Int64s, seen: list[tuple[str, Int64s]]) -> Node | None:
    """{"x": …} if `values` are a whole multiple, at least 2, of a column before."""
    for name, other in seen:
        first = int(np.argmax(other != 0))
        if other[first] <= 0 or values[first] == NULL or values[first] % other[first]:
            continue
        k = int(values[first] // other[first])
        if (
            2 <= k <= 1_000_000
            and int(other.max()) < _LIMIT // k
            and other.min() >= 0
            and np.array_equal(other * k, values)
        ):
            return {"x": [name, k]}
    return None


def _ints(values: Int64s, put: Put) -> Node:
    n = len(values)
    if n == 0:
        return {"c": 0}
    first = int(values[0])
    if values.strides == (0,) and n:
        return {"c": _number(first)}  # made by Ints.constant: no need to look at every row
    low, high = int(values.min()), int(values.max())
    if low == high:
        return {"c": _number(first)}
    missing = low == NULL
    if missing:
        known = values[values != NULL]
        low = int(known.min())
    if high - low >= _LIMIT:
        return {"t": [str(v) for v in values.tolist()]}
    if missing:
        shifted = np.where(values == NULL, 0, values - (low - 1))
        return {"a": put(shifted, high - low + 1), "b": _number(low), "n": 1}
    steps = values[1:] - values[:-1]
    step_low, step_high = int(steps.min()), int(steps.max())
    if step_low == step_high:
        return {"r": [_number(first), _number(step_low)]}
    if _width(step_high - step_low) < _width(high - low):
        return {"d": put(steps - step_low, step_high - step_low), "b": _number(step_low), "f": _number(first)}
    return {"a": put(values - low, high - low), "b": _number(low)}


def _decode_ints(node: Node, n: int, get: Get) -> Int64s:
    if "c" in node:
        return np.full(n, _integer(node["c"]), np.int64)
    if "r" in node:
        first, step = map(_integer, node["r"])
        return np.arange(n, dtype=np.int64) * step + first
    if "t" in node:
        return np.array([int(v) for v in node["t"]], np.int64)
    base = _integer(node["b"])
    if "d" in node:
        values = np.empty(n, np.int64)
        values[0] = _integer(node["f"])
        np.cumsum(get(node["d"], n - 1) + base, out=values[1:])
        values[1:] += values[0]
        return values
    array = get(node["a"], n)
    if "n" in node:
        return np.where(array == 0, NULL, array + (base - 1))
    return array + base


def _number(value: int) -> int | str | None:
    """An integer as I-JSON can hold it: beyond 2^53 as a string, missing as null."""
    return None if value == NULL else value if -(2**53) < value < 2**53 else str(value)


def _integer(number: int | str | None) -> int:
    return NULL if number is None else int(number)


def _width(span: int) -> int:
    """Bytes that hold the integers 0 to `span`."""
    return 1 if span < 1 << 8 else 2 if span < 1 << 16 else 4 if span < 1 << 32 else 8
