"""What an importer gives, as messages of a sandboxed run to the host; and back, where nothing of them is believed.

A message is one line of JSON. That of a table has the arrays of its columns after it, in the order in which the line
names them: integers of 8 bytes, indexes of 4, words as their lengths (4 bytes each) and then their UTF-8, all
little-endian. An array that repeats one value is that value, in the line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, groupby, islice, pairwise
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from selfdata_sdk.importers.importer import Importer, Item, Note, Rejection, Remark
from selfdata_sdk.importers.texts import is_own
from selfdata_sdk.model import Record, Series, Source, Table, Text
from selfdata_sdk.model.column import Codes, Column, Ints, Lists, Moneys
from selfdata_sdk.model.field import Field as FieldSpec
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.record import Cadence, Zone
from selfdata_sdk.model.text import refuse_unclean

LARGEST = 1 << 26
"""Bytes of a message."""
_LINE = 1 << 21
"""Bytes of the line in it."""

_ROWS = 1 << 18  # more than importers of long files give at a time
_LOCATORS = 1_000
_INT64, _INT32 = np.dtype("<i8"), np.dtype("<i4")
_PER_WORD, _PER_ITEM = 64, 8_192
"""Bytes that the shortest word, and a table or remark without its values, take in memory."""

# To the host


def packed(items: Iterable[Item]) -> Iterator[bytes]:
    """The messages of an importer's items, in their order. Long tables are cut."""
    for key, group in groupby(items, lambda item: item.reason if isinstance(item, Rejection) else item):
        match key:
            case Table():
                for at in range(0, len(key), _ROWS):
                    yield _packed(key.take(slice(at, at + _ROWS)))
            case Remark():
                said = {"kind": key.kind, "text": _both(key.text), "locator": key.locator, "count": key.count}
                for _ in group:
                    yield line(remark=said)
            case Text():
                locators = (item.locator for item in group if isinstance(item, Rejection))
                while some := list(islice(locators, _LOCATORS)):
                    yield line(rejections={"reason": _both(key), "locators": some})


def line(**said: object) -> bytes:
    return json.dumps(said, separators=(",", ":")).encode()


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "fr": text.fr}


def _packed(table: Table) -> bytes:
    arrays: list[bytes] = []
    (source,) = table.sources
    series = table.series
    said = {
        "type": series.type,
        "series": {"about": series.about, "register": series.register, "cadence": series.cadence, "tz": series.tz},
        "rows": len(table),
        "locator": source.locator,
        "columns": {name: _node(column, arrays) for name, column in table.columns.items()},
    }
    return b"".join([line(table=said), b"\n", *arrays])


def _node(column: Column, arrays: list[bytes]) -> object:
    match column:
        case Ints():
            return _put(column.values, _INT64, arrays)
        case Codes():
            short = column.compact() if len(column.words) > len(column) else column
            words = [word.encode("utf-8", "surrogatepass") for word in short.words]
            arrays += [np.array([len(word) for word in words], _INT32).tobytes(), *words]
            return {"words": len(words), "indexes": _put(short.indexes, _INT32, arrays)}
        case Moneys():
            return {part: _node(getattr(column, part), arrays) for part in ("unscaled", "exponent", "currency")}
        case Lists():
            offsets = _put(column.offsets, _INT64, arrays)
            return {"offsets": offsets, "items": {name: _node(c, arrays) for name, c in column.items.items()}}


def _put(array: NDArray[Any], kind: np.dtype[Any], arrays: list[bytes]) -> int | None:
    if len(array) and array.strides == (0,):
        return int(array[0])
    arrays.append(np.ascontiguousarray(array, kind).tobytes())
    return None


# In the host


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Integer = Annotated[int, Field(ge=-(2**63), lt=2**63)] | None
"""The value of an array that repeats it; None for one that lies after the line."""
Locator = Annotated[str, Field(max_length=200), AfterValidator(refuse_unclean)]
Name = Annotated[str, Field(max_length=64)]
Count = Annotated[int, Field(ge=0, lt=2**31)]


class _Words(_Said):
    words: Count
    indexes: Integer


class _Amounts(_Said):
    unscaled: Integer
    exponent: Integer
    currency: _Words


class _Nested(_Said):
    offsets: Integer
    items: dict[Name, _Node]


_Node = Integer | _Words | _Amounts | _Nested


class _Series(_Said):
    about: str
    register_: str = Field(alias="register")
    cadence: Cadence
    tz: Zone


class _Table(_Said):
    type: Name
    series: _Series
    rows: Annotated[int, Field(ge=1, le=_ROWS)]
    locator: Locator | None
    columns: dict[Name, _Node]


def _own(text: Text) -> Text:
    if not is_own(text):
        raise ValueError("is no text of an importer")
    return text


OwnText = Annotated[Text, AfterValidator(_own)]


class _Rejections(_Said):
    reason: OwnText
    locators: Annotated[list[Locator], Field(min_length=1, max_length=_LOCATORS)]


class _Remark(_Said):
    kind: Note
    text: OwnText
    locator: Locator
    count: Annotated[int, Field(ge=1, lt=2**31)]


class Failure(_Said):
    """Why a file was not read: a refusal, an exception's name, or what the run's process says of itself."""

    kind: Literal["FileRefused", "RequestError", "Raised", "MemoryLimit", "SandboxUnavailable"]
    what: Annotated[str, Field(max_length=400)] = ""
    place: Annotated[str, Field(pattern=r"^(, line [0-9]{1,12})?$")] = ""
    next: Annotated[str, Field(max_length=400)] = ""
    name: Name = ""
    trace: str = ""


class Message(_Said):
    """What a run that reads a file may say: one of these."""

    format: Name | None = None
    table: _Table | None = None
    rejections: _Rejections | None = None
    remark: _Remark | None = None
    error: Failure | None = None
    end: Literal[True] | None = None


def understood(message: bytes) -> tuple[Message, memoryview]:
    """A message and the arrays after it. ValueError for what is none."""
    end = message.find(b"\n")
    head, body = (message, memoryview(b"")) if end < 0 else (message[:end], memoryview(message)[end + 1 :])
    if len(head) > _LINE:
        raise ValueError("a line that is too long")
    try:
        said = Message.model_validate_json(head)
    except ValidationError:
        raise ValueError("not a message") from None
    given = [name for name in said.model_fields_set if getattr(said, name) is not None]
    if len(said.model_fields_set) != 1 or len(given) != 1 or (body and said.table is None):
        raise ValueError("not one thing")
    return said, body


class Unpacker:
    """Items from messages of one importer's run, which take `most` bytes of memory at most.

    The holder, the importer and the file are those of `source`, whatever the run says.
    """

    def __init__(self, importer: Importer, source: Source, most: int) -> None:
        self._types: Mapping[str, type[Record]] = {t.type: t for t in importer.record_types}
        self._source = source
        self._left = most

    def items(self, said: Message, body: memoryview) -> Iterator[Item]:
        """The items of a message. ValueError for what is none, OverflowError for more than may come."""
        if said.table is not None:
            yield self._table(said.table, body)
        elif said.rejections is not None:
            yield from (Rejection(locator, said.rejections.reason) for locator in said.rejections.locators)
        elif said.remark is not None:
            its = said.remark
            self._spend(_PER_ITEM)
            yield Remark(its.kind, its.text, its.locator, its.count)
        else:
            raise ValueError("not an item")

    def _table(self, said: _Table, body: memoryview) -> Table:
        record_type = self._types.get(said.type)
        if record_type is None:
            raise ValueError("a type that this importer does not give")
        series = Series(
            said.type,
            self._source.holder,
            said.series.about,
            said.series.register_,
            said.series.cadence,
            said.series.tz,
        )
        if any(getattr(series, p) for p in ("about", "register") if p not in record_type.series_fields.values()):
            raise ValueError("a part of the series that its type has not")
        self._spend(_PER_ITEM)
        arrays = _Arrays(body, self._spend)
        specs = fields_of(record_type)
        columns: dict[str, Column] = {}
        for name, node in said.columns.items():
            if name == "locator":
                columns[name] = Ints(arrays.integers(_integer(node), said.rows))
            elif name in specs and name != "revision":
                columns[name] = _column(specs[name], node, said.rows, arrays)
            else:
                raise ValueError("a column that its type has not")
        if not columns.keys() >= {name for name in record_type.time_fields if not specs[name].nullable}:
            raise ValueError("no times")
        if arrays.left_over:
            raise ValueError("something after the last array")
        return Table(record_type, series, columns, (self._source.model_copy(update={"locator": said.locator}),))

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise OverflowError


class _Arrays:
    """The arrays after a line, cut off one by one. `spend` is told what each takes in memory, before it does."""

    def __init__(self, body: memoryview, spend: Callable[[int], None]) -> None:
        self._body = body
        self._spend = spend

    @property
    def left_over(self) -> bool:
        return len(self._body) > 0

    def integers(self, constant: int | None, n: int) -> NDArray[np.int64]:
        return self._array(constant, n, _INT64)

    def indexes(self, constant: int | None, n: int) -> NDArray[np.int32]:
        return self._array(constant, n, _INT32)

    def words(self, count: int) -> tuple[str, ...]:
        self._spend(_PER_WORD * count)
        lengths = self._array(None, count, _INT32)
        if count and lengths.min() < 0:
            raise ValueError("a negative length")
        ends = [0, *accumulate(lengths.tolist())]
        text = self._cut(ends[-1])
        words = tuple(str(text[a:b], "utf-8", "surrogatepass") for a, b in pairwise(ends))
        if len(set(words)) < count:
            raise ValueError("a word twice")
        return words

    def _array(self, constant: int | None, n: int, kind: np.dtype[Any]) -> NDArray[Any]:
        size = n * kind.itemsize
        self._spend(size)
        if constant is None:
            return np.frombuffer(self._cut(size), kind).copy()
        if not np.iinfo(kind).min <= constant <= np.iinfo(kind).max:
            raise ValueError("a number that does not fit")
        return np.broadcast_to(kind.type(constant), n)

    def _cut(self, size: int) -> memoryview:
        if size > len(self._body):
            raise ValueError("an array that is not there")
        found, self._body = self._body[:size], self._body[size:]
        return found


def _column(spec: FieldSpec, node: _Node, n: int, arrays: _Arrays) -> Column:
    """The column of `n` values of a field, if `node` describes one. Whether the values keep its rules is seen later."""
    match spec.kind:
        case "text" | "json":
            return _codes(node, n, arrays)
        case "money":
            if not isinstance(node, _Amounts):
                raise ValueError("no amounts")
            unscaled, exponent = (Ints(arrays.integers(part, n)) for part in (node.unscaled, node.exponent))
            return Moneys(unscaled, exponent, _codes(node.currency, n, arrays))
        case "list":
            return _lists(spec, node, n, arrays)
        case _:
            return Ints(arrays.integers(_integer(node), n))


def _integer(node: _Node) -> int | None:
    if node is None or isinstance(node, int):
        return node
    raise ValueError("no integers")


def _codes(node: _Node, n: int, arrays: _Arrays) -> Codes:
    if not isinstance(node, _Words):
        raise ValueError("no words")
    words, indexes = arrays.words(node.words), arrays.indexes(node.indexes, n)
    if n and not (indexes.min() >= -1 and indexes.max() < len(words)):
        raise ValueError("a word that is not there")
    return Codes(indexes, words)


def _lists(spec: FieldSpec, node: _Node, n: int, arrays: _Arrays) -> Lists:
    names = {item.name: item for item in spec.items}
    if not isinstance(node, _Nested) or node.items.keys() != names.keys():
        raise ValueError("no lists of such elements")
    offsets = arrays.integers(node.offsets, n + 1)
    if offsets[0] != 0 or offsets.min() < 0 or (offsets[1:] < offsets[:-1]).any():
        raise ValueError("lists that run backwards")
    elements = int(offsets[-1])
    return Lists(offsets, {name: _column(names[name], part, elements, arrays) for name, part in node.items.items()})
