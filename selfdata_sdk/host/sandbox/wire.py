"""What the host and a sandboxed run say to each other over one stream socket.

Host to run, once: the length of a JSON header (4 bytes) and of a body (8 bytes), both little-endian, the header, and
the body, which holds the columns as they lie in memory. Run to host: messages, each a length (4 bytes, little-endian)
and a JSON object with one key: `block`, `error` or `end`. Nothing else is ever understood.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfdata_sdk.model.column import Codes, Column, Ints, Lists, Moneys
from selfdata_sdk.model.reduction import Part
from selfdata_sdk.model.time import micros, moment, zone
from selfdata_sdk.service.calling import Given
from selfdata_sdk.service.payload import Payload

LENGTHS = struct.Struct("<IQ")
LENGTH = struct.Struct("<I")

RAISED = b'{"walls":true}'
"""The first message of a run: its walls stand. Whoever says later that they could not be raised lies."""

_ALIGNED = 8


@dataclass(frozen=True, slots=True)
class Task:
    """What a run is told: of which service it is, and what it is given.

    asked  what the manifest asks for, by label: record type and fields, which the code must ask for, too
    own    the digests of the service's own record types, likewise
    """

    service: str
    asked: Mapping[str, tuple[str, tuple[str, ...]]]
    given: Given
    own: tuple[str, ...] = ()


def packed(task: Task) -> list[bytes | memoryview]:
    """The bytes of a task, in pieces."""
    body = _Body()
    given = task.given
    header = {
        "service": task.service,
        "asked": dict(task.asked),
        "own": task.own,
        "now": micros(given.now),
        "tz": given.tz,
        "language": given.language,
        "settings": dict(given.settings),
        "payloads": {label: _payload(p, body) for label, p in given.payloads.items()},
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    return [LENGTHS.pack(len(text), body.size), text, *body.pieces]


def unpacked(header: bytes, body: bytearray) -> Task:
    """The task of a header and a body that `packed` made."""
    said = json.loads(header)
    given = Given(
        {label: _read_payload(p, body) for label, p in said["payloads"].items()},
        moment(said["now"], zone(said["tz"])),
        said["tz"],
        said["language"],
        said["settings"],
    )
    asked = {label: (record_type, tuple(fields)) for label, (record_type, fields) in said["asked"].items()}
    return Task(said["service"], asked, given, tuple(said["own"]))


class _Body:
    """The arrays of a task, one after the other."""

    def __init__(self) -> None:
        self.pieces: list[bytes | memoryview] = []
        self.size = 0

    def add(self, array: NDArray[Any]) -> list[Any]:
        """Where the array lies: its type, length and offset. One that repeats a value lies there with that one."""
        constant = len(array) > 1 and (array.strides == (0,) or bool((array == array[0]).all()))
        data = np.ascontiguousarray(array[:1] if constant else array)
        if data.dtype == np.bool_:
            data = data.view(np.uint8)
        where = [array.dtype.str, len(array), self.size, constant]
        self.pieces.append(data.data.cast("B") if len(data) else b"")
        self.size += data.nbytes
        if gap := -self.size % _ALIGNED:
            self.pieces.append(bytes(gap))
            self.size += gap
        return where


def _array(where: Sequence[Any], body: bytearray) -> NDArray[Any]:
    kind, length, offset, constant = where
    if constant:
        return np.broadcast_to(np.frombuffer(body, kind, 1, offset)[0], length)
    return np.frombuffer(body, kind, length, offset)


def _payload(payload: Payload, body: _Body) -> dict[str, Any]:
    rows = payload.rows
    return {
        "columns": {name: _column(c, body) for name, c in rows.columns.items()},
        "quality": _column(rows.quality, body),
        "provisional": body.add(rows.provisional),
        "covered": body.add(rows.covered),
        "series": body.add(payload.series),
        "zones": payload.zones,
        "granularity": payload.granularity,
        "span": [payload.start, payload.end, payload.since],
    }


def _read_payload(said: Mapping[str, Any], body: bytearray) -> Payload:
    quality = _read_column(said["quality"], body)
    assert isinstance(quality, Codes)
    rows = Part(
        {name: _read_column(c, body) for name, c in said["columns"].items()},
        quality,
        _array(said["provisional"], body),
        _array(said["covered"], body),
    )
    start, end, since = said["span"]
    return Payload(rows, _array(said["series"], body), tuple(said["zones"]), said["granularity"], start, end, since)


def _column(column: Column, body: _Body) -> list[Any]:
    match column:
        case Ints():
            return ["ints", body.add(column.values)]
        case Codes():
            return ["codes", body.add(column.indexes), column.words]
        case Moneys():
            parts = (column.unscaled, column.exponent, column.currency)
            return ["moneys", *(_column(part, body) for part in parts)]
        case Lists():
            items = {name: _column(c, body) for name, c in column.items.items()}
            return ["lists", body.add(column.offsets), items]


def _read_column(said: Sequence[Any], body: bytearray) -> Column:
    kind, *rest = said
    if kind == "ints":
        return Ints(_array(rest[0], body))
    if kind == "codes":
        return Codes(_array(rest[0], body), tuple(rest[1]))
    if kind == "moneys":
        return Moneys(*(_read_column(part, body) for part in rest))  # type: ignore[arg-type]
    return Lists(_array(rest[0], body), {name: _read_column(c, body) for name, c in rest[1].items()})


class Messages:
    """Messages of a run, cut from what arrives. It says how many bytes may still come; ValueError for what is none."""

    def __init__(self, most: int, largest: int = 1 << 20) -> None:
        self._left = most
        self._largest = largest
        self._buffer = bytearray()
        self.raised = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Each message that is complete now. OverflowError if it is more than may come."""
        self._left -= len(data)
        if self._left < 0:
            raise OverflowError
        self._buffer += data
        while len(self._buffer) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._buffer)
            if not 2 <= length <= self._largest:
                raise ValueError("a length that no message has")
            if len(self._buffer) < LENGTH.size + length:
                return
            message = bytes(self._buffer[LENGTH.size : LENGTH.size + length])
            del self._buffer[: LENGTH.size + length]
            if message == RAISED and not self.raised:
                self.raised = True
            else:
                yield message

    @property
    def whole(self) -> bool:
        """True if nothing of a message is left over."""
        return not self._buffer
