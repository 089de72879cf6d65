"""What is done to one field of a dataset to see whether anything that a service says depends on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...model.column import NULL, Codes, Column, Ints, Lists, Moneys, concat, same
from ...model.field import Field, fields_of
from ...model.record import Record
from ...service.payload import Payload
from .invented import texts

Changed = Callable[[Field, Column], Column]


def emptied(payload: Payload) -> Payload:
    return payload.take(slice(0, 0))


def changes(record_type: type[Record], name: str) -> Iterator[tuple[str, Callable[[Payload], Payload]]]:
    """Ways to change the field `name` (of a list as `list.field`), each with a name, the likeliest to matter first."""
    head, _, inner = name.partition(".")
    spec = fields_of(record_type).get(head) or Field(head, "text", nullable=True)
    item = next((i for i in spec.items if i.name == inner), spec)
    ways: list[tuple[str, Changed]] = [("permuted", _permuted), ("other", _other), ("every second", _every_second)]
    ways += [(f"all {word}", _constant(word)) for word in (item.choices or item.known)]
    ways += [("least", _least), ("gone", _gone)]
    for how, way in ways:
        yield how, _on_payload(head, inner, item, way)


def _on_payload(head: str, inner: str, spec: Field, way: Changed) -> Callable[[Payload], Payload]:
    def change(payload: Payload) -> Payload:
        if not len(payload):
            return payload
        rows = payload.rows
        if head == "quality":
            quality = way(spec, rows.quality)
            assert isinstance(quality, Codes)
            return replace(payload, rows=replace(rows, quality=quality))
        column = rows.columns[head]
        if isinstance(column, Lists):
            changed: Column = Lists(column.offsets, {**column.items, inner: way(spec, column.items[inner])})
        else:
            changed = way(spec, column)
        return replace(payload, rows=replace(rows, columns={**rows.columns, head: changed}))

    return change


def differs(before: Payload, after: Payload) -> bool:
    """True if they hold other rows, or other values."""
    if len(before) != len(after):
        return True
    was: dict[str, Column] = {**before.rows.columns, "quality": before.rows.quality}
    now: dict[str, Column] = {**after.rows.columns, "quality": after.rows.quality}
    return not all(same(was[name], now[name]).all() for name in was)


def _permuted(spec: Field, column: Column) -> Column:
    return column.take(np.random.default_rng(0).permutation(len(column)))


def _every_second(spec: Field, column: Column) -> Column:
    n = len(column)
    odd = np.arange(n) % 2 == 1
    return concat([column, _other(spec, column)]).take(np.arange(n) + np.where(odd, n, 0))


def _other(spec: Field, column: Column) -> Column:
    """Another value in each row; also where there was none."""
    match column:
        case Ints():
            return Ints(_other_numbers(spec, column.values))
        case Codes():
            return _other_words(spec, column)
        case Moneys():
            amounts = np.where(column.unscaled.values == NULL, 1000, column.unscaled.values * 2 + 100)
            exponent = np.where(column.exponent.values == NULL, 2, column.exponent.values)
            euros = Codes.constant("EUR", len(column))
            words = column.currency if column.currency.words else euros
            return Moneys(Ints(amounts), Ints(exponent), words)
        case Lists():
            return column


def _other_numbers(spec: Field, values: NDArray[np.int64]) -> NDArray[np.int64]:
    gone = values == NULL
    if spec.kind == "boolean":
        return np.where(gone, 1, 1 - values)
    if spec.kind in ("instant", "date"):
        return np.where(gone, 0, values - (1 if spec.kind == "date" else 86_400_000_000))
    lower, upper = spec.lower or 0, spec.upper if spec.upper is not None else 2**53
    step = 10**spec.places
    more = values + 1 if spec.kind == "integer" else values * 2 + step
    beyond = np.where(more > upper, lower, np.where(more < lower, upper, more))
    return np.where(gone, min(lower + 10 * step, upper), beyond)


def _other_words(spec: Field, column: Codes) -> Codes:
    known = texts(spec)
    following = {word: known[(i + 1) % len(known)] for i, word in enumerate(known)} if len(known) > 1 else {}
    words = [following.get(word, word[::-1] + "x") for word in column.words]
    absent = known[0] if known else "x"
    return Codes.of([absent if w is None else w for w in Codes(column.indexes, tuple(words)).list()])


def _constant(word: str) -> Changed:
    return lambda spec, column: Codes.constant(word, len(column))


def _least(spec: Field, column: Column) -> Column:
    return Ints.constant(spec.lower or 0, len(column)) if isinstance(column, Ints) else column


def _gone(spec: Field, column: Column) -> Column:
    if not spec.nullable:
        return column
    match column:
        case Ints():
            return Ints.constant(NULL, len(column))
        case Codes():
            return Codes.constant(None, len(column))
        case Moneys():
            none = Ints.constant(NULL, len(column))
            return Moneys(none, none, Codes.constant(None, len(column)))
        case Lists():
            return column
