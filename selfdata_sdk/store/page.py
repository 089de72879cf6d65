"""Pages: one document of records of one series and one span of time, and its two codecs.

The packed codec (for clouds that hold bytes) is a JSON header followed by arrays: each is cut to the bytes it
needs, its bytes are grouped by place (shuffled) and deflated where that makes them smaller. The plain codec
(for clouds that hold JSON) is the same header with the arrays as lists, in canonical key order.
Both carry a format version: a newer one is refused (NewerFormat), never rewritten.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from ..errors import DamagedPage, NewerFormat
from ..model.column import Codes, Column, Lists, Moneys
from ..model.field import fields_of
from ..model.record import Record
from ..model.registry import Registry
from ..model.series import Series
from ..model.source import Source
from ..model.table import Table, default
from .encoding import Get, Int64s, Node, Put, decode, encode

FORMAT = 1
_MAGIC = b"SDPG"
_PREFIX = struct.Struct("<4sBxxxI")  # magic, format, length of the header
_CRC = struct.Struct("<I")  # CRC-32 of all else: the prefix before it, and the header and arrays after it
_START = _PREFIX.size + _CRC.size
_MOST_ROWS = 2**25
_UNREADABLE = (
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    MemoryError,
    zlib.error,
)
_LEVEL = 1
_TIMES_AND_ORIGIN = frozenset({"start", "end", "at", "on"})


def dump(table: Table, *, binary: bool) -> bytes:
    """The page of a table that holds at least one row."""
    return draft(table).finish() if binary else _plain(table)


def load(data: bytes, registry: Registry, wanted: frozenset[str] | None = None) -> Table:
    """The table of a page. With `wanted`, only those columns and the times, and no sources.

    DamagedPage if it is not what was written, NewerFormat if this version cannot read it.
    """
    packed = data[:4] == _MAGIC
    if wanted is not None:
        wanted |= _TIMES_AND_ORIGIN
    try:
        header, get = _open_packed(data) if packed else _open_plain(data)
        record_type = _known(header, registry)
        series = Series(header["type"], *header["series"])
        n = header["n"]
        if not 0 < n <= _MOST_ROWS:
            raise _damaged()
        columns = decode(header["columns"], n, get, wanted)
        sources = () if wanted is not None else tuple(_source(json.dumps(s)) for s in header["sources"])
        table = Table(record_type, series, columns, sources)
        if not columns.keys() >= set(record_type.time_fields):
            raise _damaged()
        if not packed:
            _check(table, n, len(header["sources"]))
    except _UNREADABLE as error:
        raise _damaged() from error
    return table


def _header(table: Table, put: Put) -> dict[str, Any]:
    series = table.series
    usual = _usual(table.record_type)
    present = {n: c for n in (*usual, "source", "locator") if (c := table.columns.get(n)) is not None}
    return {
        "v": FORMAT,
        "type": series.type,
        "minor": table.record_type.minor,
        "series": list(series.key[1:]),
        "n": len(table),
        "sources": [_described(s) for s in table.sources],
        "columns": {n: node for n, node in encode(present, put).items() if node != usual.get(n)},
    }


@cache
def _usual(record_type: type[Record]) -> dict[str, Node]:
    """The descriptions of columns that hold only defaults, which are left out of pages; in the order of fields."""
    empty = {n: default(spec, 2) for n, spec in fields_of(record_type).items()}
    return {
        n: encode({n: column}, lambda array, largest: array)[n] if n != "end" else {} for n, column in empty.items()
    }


@lru_cache(maxsize=256)
def _described(source: Source) -> dict[str, Any]:
    return source.model_dump(mode="json", exclude_defaults=True)


@lru_cache(maxsize=256)
def _source(text: str) -> Source:
    return Source.model_validate_json(text)


def _known(header: dict[str, Any], registry: Registry) -> type[Record]:
    name = header.get("type", "")
    if name not in registry:
        raise NewerFormat(
            f"A page holds records of the type {name!r}, which this version does not know.",
            next="Update selfdata-sdk, or install the plugin that brings this type.",
        )
    record_type = registry.get(name)
    unknown = header["columns"].keys() - fields_of(record_type).keys() - {"source", "locator"}
    if unknown:
        raise NewerFormat(
            f"A page holds fields of {name} that this version does not know: {', '.join(sorted(unknown))}.",
            next="Update selfdata-sdk.",
        )
    return record_type


def _damaged() -> DamagedPage:
    return DamagedPage("A page is not what was written.", next="Restore a backup, or import the file again.")


def _check_format(version: int) -> None:
    if version > FORMAT:
        raise NewerFormat(
            f"A page has format {version}; this version reads up to {FORMAT}.", next="Update selfdata-sdk."
        )


# Packed


@dataclass(frozen=True, slots=True)
class Draft:
    """A packed page before its arrays are deflated. Their references in the header are filled in by `finish`."""

    header: dict[str, Any]
    arrays: list[tuple[list[int], bytes]]

    def finish(self) -> bytes:
        blobs = []
        offset = 0
        for reference, raw in self.arrays:
            deflated = zlib.compress(raw, _LEVEL)
            blobs.append(deflated if len(deflated) < len(raw) else raw)
            reference[:2] = offset, len(blobs[-1])
            offset += len(blobs[-1])
        text = json.dumps(self.header, separators=(",", ":"), ensure_ascii=False).encode()
        body = b"".join([text, *blobs])
        prefix = _PREFIX.pack(_MAGIC, FORMAT, len(text))
        return prefix + _CRC.pack(zlib.crc32(body, zlib.crc32(prefix))) + body


def draft(table: Table) -> Draft:
    """The packed page of a table, up to deflating (which may then run in a thread of its own)."""
    arrays: list[tuple[list[int], bytes]] = []

    def put(array: Int64s, largest: int) -> list[int]:
        width = next(w for w in (1, 2, 4, 8) if largest < 1 << 8 * w)
        small = array.astype(f"<u{width}")
        raw = small.tobytes() if width == 1 else small.view(np.uint8).reshape(-1, width).T.tobytes()
        reference = [0, 0, width]
        arrays.append((reference, raw))
        return reference

    return Draft(_header(table, put), arrays)


def _open_packed(data: bytes) -> tuple[dict[str, Any], Get]:
    if len(data) < _START:
        raise _damaged()
    _, version, length = _PREFIX.unpack_from(data)
    _check_format(version)
    (crc,) = _CRC.unpack_from(data, _PREFIX.size)
    body = memoryview(data)[_START:]
    if zlib.crc32(body, zlib.crc32(data[: _PREFIX.size])) != crc:
        raise _damaged()

    def get(reference: list[int], n: int) -> Int64s:
        start, size, width = reference
        raw: bytes | memoryview = body[length + start : length + start + size]
        if size != n * width:
            raw = zlib.decompressobj().decompress(raw, n * width)
        if len(raw) != n * width:
            raise _damaged()
        if width == 1:
            return np.frombuffer(raw, np.uint8).astype(np.int64)
        shuffled = np.frombuffer(raw, np.uint8).reshape(width, n)
        return np.ascontiguousarray(shuffled.T).view(f"<u{width}").reshape(-1).astype(np.int64)

    return json.loads(bytes(body[:length])), get


# Plain


def _plain(table: Table) -> bytes:
    def put(array: Int64s, largest: int) -> list[int]:
        numbers: list[int] = array.tolist()
        return numbers

    header = {"format": "selfdata page", **_header(table, put)}
    return json.dumps(header, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def _open_plain(data: bytes) -> tuple[dict[str, Any], Get]:
    header = json.loads(data)
    _check_format(header["v"])

    def get(reference: list[int], n: int) -> Int64s:
        if len(reference) != n:
            raise _damaged()
        return np.array(reference, np.int64)

    return header, get


def _check(table: Table, n: int, sources: int) -> None:
    """A plain page may come from another writer and has no checksum: refuse what does not fit together."""
    rows = table.ints("source")
    texts = (*table.series.key, *(w for c in table.columns.values() if isinstance(c, Codes) for w in c.words))
    if not (
        all(isinstance(t, str) for t in texts)
        and all(_fits(c, n) for c in table.columns.values())
        and rows.min() >= 0
        and rows.max() < sources
        and (np.diff(table.placed()) >= 0).all()
    ):
        raise _damaged()


def _fits(column: Column, n: int) -> bool:
    if len(column) != n:
        return False
    if isinstance(column, Codes):
        return not n or (column.indexes.min() >= -1 and column.indexes.max() < len(column.words))
    if isinstance(column, Moneys):
        return all(_fits(part, n) for part in (column.unscaled, column.exponent, column.currency))
    if isinstance(column, Lists):
        ascending = column.offsets[0] == 0 and (np.diff(column.offsets) >= 0).all()
        return bool(ascending) and all(_fits(c, int(column.offsets[-1])) for c in column.items.values())
    return True
