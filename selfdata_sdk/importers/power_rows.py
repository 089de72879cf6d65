"""Lines `2024-01-01T00:30:00+01:00;412` as arrays, many at once.

Three ways that give the same: pyarrow, where it is installed and worth its loading; eight bytes at a time in numpy;
and line by line for the lines that are not regular. The first gives up on any block that it would not read exactly
as the others do.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import Text
from ..model.column import NULL
from ..model.time import HOUR, MINUTE, SECOND
from .delimited import MAX_LINE, binary, cut
from .file import File
from .moments import instant
from .numbers import scaled
from .stamps import days_from_civil
from .stepped import Int64s, Mask

Words = NDArray[np.uint64]

ARROW_FROM = 60_000_000
"""Bytes of a file from which on loading pyarrow, if it is not loaded yet, costs less than it saves."""

_MILLI = 1000
_LIMIT = 10**12
_STAMP = 25
_YEAR_ONE = -62_135_510_400
"""Arrow knows a year 0, Python does not: seconds since 1970 from which on a stamp cannot be in it."""
_DIGITS = 8

BAD_STAMP = Text(en="The date and time cannot be read.", fr="La date et l'heure ne peuvent pas être lues.")
NO_VALUE = Text(en="The line has no column for the value.", fr="La ligne n'a pas de colonne pour la valeur.")
BAD_VALUE = Text(en="The value is not a number.", fr="La valeur n'est pas un nombre.")
NEGATIVE = Text(en="The power is negative.", fr="La puissance est négative.")
TOO_LARGE = Text(en="The power is too large to be true.", fr="La puissance est trop grande pour être vraie.")
TOO_MANY = Text(en="The line has more columns than the file.", fr="La ligne a plus de colonnes que le fichier.")


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """`at`: stamps in µs UTC; `power`: mW, `NULL` where empty; `lines`: line numbers. Each of shape (n,).

    `count` lines were read; `rejected` are those that could not be, with the reason.
    """

    at: Int64s
    power: Int64s
    lines: Int64s
    count: int
    rejected: list[tuple[int, Text]]


def readings(block: bytes, first: int, *, ended: bool, thousand: bool, file: File) -> Readings:
    """The lines of `block`, whose first has the number `first`; values in W, or in kW if `thousand`.

    FileRefused if the last line is cut (no line end, and not readable), if a line is longer than 100 000 bytes or
    holds zero bytes.
    """
    found = None
    if _use_arrow(file.size):
        found = by_arrow(block, first, thousand=thousand)
    if found is None:
        if b"\0" in block:
            raise binary(file, first + block[: block.index(b"\0")].count(b"\n"))
        found = by_words(block, first, thousand=thousand)
    last = first + found.count - 1
    if not ended and found.rejected and found.rejected[-1][0] == last:
        raise cut(file, last)
    return found


@cache
def _has_arrow() -> bool:
    return find_spec("pyarrow") is not None


def _use_arrow(size: int) -> bool:
    return sys.modules.get("pyarrow") is not None or (size >= ARROW_FROM and _has_arrow())


def by_arrow(block: bytes, first: int, *, thousand: bool = False) -> Readings | None:
    """With `pyarrow.csv`; None if the block is not perfectly regular."""
    data = np.frombuffer(block, np.uint8)
    # Arrow trims blanks, knows hexadecimal numbers and other writings of a time: letters after T, blanks and lone
    # carriage returns are left to the exact reader.
    if not len(data) or int(data.max()) > 0x54 or b" " in block or b"\t" in block or b"\0" in block:
        return None
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return None
    import pyarrow as pa
    from pyarrow import csv

    try:
        table = csv.read_csv(
            pa.BufferReader(block),
            read_options=csv.ReadOptions(column_names=["at", "value"], block_size=1 << 20),
            parse_options=csv.ParseOptions(delimiter=";", quote_char=False, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types={"at": pa.timestamp("s", "UTC"), "value": pa.int64()}, null_values=[""]
            ),
        )
    except pa.ArrowInvalid:
        return None
    at, watts = table.column("at"), table.column("value")
    if at.null_count:
        return None
    values, missing = _integers(watts)
    if len(values) and (int(values.min()) < 0 or int(values.max()) >= _LIMIT // _MILLI // _MILLI):
        return None
    seconds = _integers(at)[0]
    if len(seconds) and int(seconds.min()) < _YEAR_ONE:
        return None
    power = values * (_MILLI * _MILLI if thousand else _MILLI)
    if missing is not None:
        power[missing] = NULL
    n = len(power)
    return Readings(seconds * SECOND, power, np.arange(first, first + n, dtype=np.int64), n, [])


def _integers(column: Any) -> tuple[Int64s, Mask | None]:
    """The 64-bit values of an Arrow column (0 where null) and where they are null.

    From its buffers: `to_numpy` would load pandas.
    """
    parts: list[Int64s] = []
    nulls: list[Mask] = []
    for chunk in column.chunks:
        span = slice(chunk.offset, chunk.offset + len(chunk))
        validity, buffer = chunk.buffers()
        values = np.frombuffer(buffer, np.int64)[span] if len(chunk) else np.zeros(0, np.int64)
        if chunk.null_count:
            null = np.unpackbits(np.frombuffer(validity, np.uint8), bitorder="little")[span] == 0
            values = np.where(null, 0, values)
        else:
            null = np.zeros(len(chunk), bool)
        parts.append(values)
        nulls.append(null)
    if not parts:
        return np.zeros(0, np.int64), None
    return np.concatenate(parts), np.concatenate(nulls) if column.null_count else None


def by_words(block: bytes, first: int, *, thousand: bool = False) -> Readings:
    """Regular lines in numpy, eight bytes at a time; the others one by one."""
    data = np.frombuffer(block + b"\0" * _DIGITS, np.uint8)
    ends = np.flatnonzero(data == 10)
    if not block.endswith(b"\n") and block:
        ends = np.append(ends, len(block))
    n = len(ends)
    starts = np.empty(n, np.int64)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    full = ends
    if b"\r" in block:
        ends = ends - ((ends > starts) & (data[ends - 1] == 13))
    # A stray delimiter after the value; the one before an empty value stays.
    ends = ends - ((ends - starts > _STAMP + 1) & (data[ends - 1] == 59))
    digits = ends - starts - (_STAMP + 1)
    lines = np.arange(first, first + n, dtype=np.int64)
    at, power = np.full(n, NULL, np.int64), np.full(n, NULL, np.int64)
    regular = (digits >= 0) & (digits <= _DIGITS)
    rows: NDArray[np.int64] | slice = slice(None) if regular.all() else np.flatnonzero(regular)
    good = np.zeros(n, bool)
    if regular.any():
        at[rows], power[rows], good[rows] = _regular(data, starts[rows], ends[rows], digits[rows])
        power[rows] = np.where(power[rows] == NULL, NULL, power[rows] * (_MILLI if thousand else 1))
    if good.all():
        return Readings(at, power, lines, n, [])
    rejected: list[tuple[int, Text]] = []
    for row in np.flatnonzero(~good).tolist():
        line = block[starts[row] : full[row]]
        if not line.strip():
            continue
        stamp, value, reason = _line(line, thousand)
        if reason is not None:
            rejected.append((first + row, reason))
            continue
        at[row], power[row], good[row] = stamp, value, True
    return Readings(at[good], power[good], lines[good], n, rejected)


def _regular(data: NDArray[np.uint8], starts: Int64s, ends: Int64s, digits: Int64s) -> tuple[Int64s, Int64s, Mask]:
    """(stamps, mW, whether a line is what its length promises)."""
    words = np.ndarray((len(data) - 7,), "<u8", data, 0, (1,))
    months, year_good = _each(words[starts], _month)
    shifts, shift_good = _each(words[starts + 16], _seconds_and_hours)
    within, time_good = _day_and_time(words[starts + 8])
    good = year_good & shift_good & time_good
    good &= (data[starts + 25] == 59) & (data[starts + 24] - np.uint8(48) <= 9)
    # The last digit of the offset's minutes stands alone in the fourth word.
    last_minute = (data[starts + 24] - np.uint8(48)).astype(np.int64) * MINUTE
    first_day, days = months >> 5, months & 31
    day = within // (24 * HOUR)
    good &= day < days
    sign = np.where(data[starts + 19] == 45, -1, 1)
    at = np.asarray(first_day * (24 * HOUR) + within + shifts - sign * last_minute, np.int64)
    watts, number_good = _number(words[ends - _DIGITS], digits)
    power = np.where(digits == 0, NULL, watts * _MILLI)
    return at, power, good & number_good


def _each(words: Words, meaning: Any) -> tuple[Int64s, Mask]:
    """`meaning` of each word, worked out once for each run of equal words (NULL: no meaning)."""
    edges = np.flatnonzero(words[1:] != words[:-1]) + 1
    edges = np.concatenate([[0], edges])
    known: dict[int, int] = {}
    values = np.empty(len(edges), np.int64)
    for i, word in enumerate(words[edges].tolist()):
        if word not in known:
            known[word] = meaning(word.to_bytes(8, "little"))
        values[i] = known[word]
    if len(edges) == 1:
        return np.full(len(words), values[0], np.int64), np.full(len(words), values[0] != NULL)
    spread = np.repeat(values, np.diff(edges, append=len(words)))
    return spread, spread != NULL


def _month(text: bytes) -> int:
    """`YYYY-MM-`: 32 × the first day's number + the number of days."""
    match = re.fullmatch(rb"(\d{4})-(\d\d)-", text)
    if match is None:
        return NULL
    year, month = int(match[1]), int(match[2])
    if not year or not 1 <= month <= 12:
        return NULL
    bounds = days_from_civil(
        np.array([year, year + month // 12]), np.array([month, month % 12 + 1]), np.array([1, 1])
    ).tolist()
    return int(bounds[0] * 32 + bounds[1] - bounds[0])


def _seconds_and_hours(text: bytes) -> int:
    """`:SS+HH:M`: the seconds less the offset's hours and tens of minutes, in µs."""
    match = re.fullmatch(rb":([0-5]\d)([+-])([01]\d|2[0-3]):([0-5])", text)
    if match is None:
        return NULL
    offset = int(match[3]) * HOUR + int(match[4]) * 10 * MINUTE
    return int(match[1]) * SECOND - (offset if match[2] == b"+" else -offset)


def _packed(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


_FORM = _packed(b"00T00:00")
_IS_DIGIT = _packed(b"\x06\x06\0\x06\x06\0\x06\x06")
_HIGH = _packed(b"\xf0\xf0\xff\xf0\xf0\xff\xf0\xf0")
_BYTE = np.uint64(0xFF)


def _day_and_time(words: Words) -> tuple[Int64s, Mask]:
    """`DDTHH:MM`: µs since the month began."""
    x = words ^ _FORM
    # A digit xor "0" is 0 to 9: adding 6 leaves the high half of its byte empty. Other bytes must be equal.
    good = ((x | (x + _IS_DIGIT)) & _HIGH) == 0
    number = (x & _BYTE) * np.uint64(10) + (x >> np.uint64(8) & _BYTE)
    hour = (x >> np.uint64(24) & _BYTE) * np.uint64(10) + (x >> np.uint64(32) & _BYTE)
    minute = (x >> np.uint64(48) & _BYTE) * np.uint64(10) + (x >> np.uint64(56))
    good &= (number > 0) & (number < 32) & (hour < 24) & (minute < 60)
    day = number.astype(np.int64) - 1
    return (day * 24 + hour.astype(np.int64)) * HOUR + minute.astype(np.int64) * MINUTE, good


_ZEROS = np.uint64(0x3030303030303030)
_SIXES = np.uint64(0x0606060606060606)
_HALVES = np.uint64(0xF0F0F0F0F0F0F0F0)


def _number(words: Words, digits: Int64s) -> tuple[Int64s, Mask]:
    """The integer in the last `digits` bytes of each word (0 to 8; none is 0)."""
    unused = (np.uint64(64) - digits.astype(np.uint64) * np.uint64(8)) & np.uint64(63)
    x = (words ^ _ZEROS) >> unused << unused
    x[digits == 0] = 0
    good = ((x | (x + _SIXES)) & _HALVES) == 0
    # Neighbouring digits, pairs and fours are joined: the first one stands in the lowest byte.
    x = (x * np.uint64(10) + (x >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    x = (x * np.uint64(100) + (x >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    x = (x * np.uint64(10_000) + (x >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
    return x.astype(np.int64), good


def _line(raw: bytes, thousand: bool) -> tuple[int, int, Text | None]:
    """(stamp, mW or NULL, reason for refusing the line)."""
    if len(raw) > MAX_LINE:
        return NULL, NULL, TOO_MANY
    cells = [c.strip().strip('"') for c in raw.decode("utf-8", "replace").split(";")]
    if len(cells) < 2:
        return NULL, NULL, NO_VALUE
    if any(cells[2:]):
        return NULL, NULL, TOO_MANY
    stamp = instant(cells[0])
    if stamp is None:
        return NULL, NULL, BAD_STAMP
    try:
        value = scaled(cells[1], 6 if thousand else 3)
    except ValueError:
        return NULL, NULL, BAD_VALUE
    if value is None:
        return stamp, NULL, None
    if value < 0:
        return NULL, NULL, NEGATIVE
    if value >= _LIMIT:
        return NULL, NULL, TOO_LARGE
    return stamp, value, None
