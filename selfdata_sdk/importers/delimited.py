"""Delimited text (CSV): streamed as grids of cells, in bounded memory.

Two ways to read: `grids` for long files (columns of many lines at once) and `rows` for short ones with several
sections. Both refuse a file that stops in the middle of its last line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import FileRefused
from .cells import Bytes, Cells, Int64s
from .file import File

PIECE = 4_000_000
"""Bytes read at a time."""

MAX_LINE = 100_000
_NEWLINE, _RETURN, _SPACE, _UNIT = 10, 13, 32, 31


@dataclass(frozen=True, eq=False)
class Grid:
    """Consecutive lines of a file that have the wished number of cells.

    `lines` has shape (n,), the line number of each row; `starts` and `ends` shape (n, width), byte positions in
    `data`. `misfits` are the numbers of lines, blank ones aside, with another number of cells.
    """

    data: Bytes
    lines: Int64s
    starts: Int64s
    ends: Int64s
    misfits: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.lines)

    def cells(self, column: int) -> Cells:
        return Cells.cut(self.data, self.starts[:, column], self.ends[:, column])


def grids(file: File, delimiter: str, width: int, *, skip: int = 1) -> Iterator[Grid]:
    """The lines after the first `skip` ones, in pieces. Cells beyond `width` must be empty (a stray delimiter).

    FileRefused if the last line has no line end and too few cells, if there are zero bytes, or a line is longer
    than 100 000 bytes.
    """
    number = 1
    for piece, ended in _pieces(file):
        grid, count = _grid(file, piece, ended, delimiter, width, number, skip)
        number += count
        if len(grid) or grid.misfits:
            yield grid


def rows(file: File, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells without white space at their ends) of every line that is not blank."""
    for number, line in file.lines():
        if "\0" in line:
            raise binary(file, number)
        if line.strip():
            yield number, split(line, delimiter)


def split(line: str, delimiter: str) -> list[str]:
    """The cells of one line, quotes taken off, white space at their ends dropped."""
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=delimiter != " "), [])
    except csv.Error:
        cells = line.split(delimiter)
    return [c.strip() for c in cells]


def named(header: Sequence[str], *names: str) -> bool:
    """True if the first cells of a header are `names`, in any case, white space aside."""
    found = [" ".join(c.casefold().split()) for c in header[: len(names)]]
    return found == [n.casefold() for n in names]


def ends_with_newline(file: File) -> bool:
    """True if the file's last byte ends a line."""
    if not file.size:
        return False
    with file.open() as stream:
        stream.seek(max(0, file.size - 2))
        return b"\n" in stream.read()[-2:]


def cut(file: File, number: int) -> FileRefused:
    """The refusal of a file that stops in the middle of line `number`."""
    return FileRefused(f"The file stops in the middle of line {number}.", where=file.name, next="Download it again.")


def binary(file: File, number: int) -> FileRefused:
    """The refusal of a file with zero bytes."""
    return FileRefused(
        f"Line {number} holds zero bytes, which text does not.", where=file.name, next="Download it again."
    )


def _pieces(file: File) -> Iterator[tuple[bytes, bool]]:
    """(whole lines as UTF-8, whether they end with a line end), about `PIECE` bytes at a time."""
    rest = b""
    for block in _blocks(file):
        cut_at = block.rfind(b"\n") + 1
        if not cut_at:
            rest += block
            if len(rest) > 2 * PIECE:
                raise FileRefused(
                    f"A line is longer than {MAX_LINE} bytes.", where=file.name, next="Choose another file."
                )
            continue
        yield rest + block[:cut_at], True
        rest = block[cut_at:]
    if rest:
        yield rest, False


def _blocks(file: File) -> Iterator[bytes]:
    if file.encoding == "utf-8-sig":
        with file.open() as stream:
            yield stream.read(PIECE).removeprefix(b"\xef\xbb\xbf")
            while block := stream.read(PIECE):
                yield block
        return
    with file.text() as text:
        while part := text.read(PIECE):
            yield part.removeprefix("\ufeff").encode()


def _grid(file: File, piece: bytes, ended: bool, delimiter: str, width: int, first: int, skip: int) -> tuple[Grid, int]:
    """(the grid of a piece whose first line has the number `first`, how many lines it has)."""
    if b"\0" in piece:
        raise binary(file, first + piece[: piece.index(b"\0")].count(b"\n"))
    if b'"' in piece:
        piece, delimiter = _unquoted(piece, delimiter), chr(_UNIT)
    data = np.frombuffer(piece, np.uint8)
    lines = _lines(file, data, ended, first)
    marks = np.flatnonzero(data == ord(delimiter))
    before = np.searchsorted(marks, lines.starts)
    cells = np.searchsorted(marks, lines.ends) - before + 1
    keep = (lines.numbers > skip) & ~_blank(data, lines, cells)
    if len(cells) and not ended and keep[-1] and cells[-1] < width:
        raise cut(file, int(lines.numbers[-1]))
    fits = keep & (cells >= width)
    longer = np.flatnonzero(fits & (cells > width))
    fits[longer] = _only_marks(data, marks[before[longer] + width - 1], lines.ends[longer], delimiter)
    chosen = np.flatnonzero(fits)
    starts = np.empty((len(chosen), width), np.int64)
    ends = np.empty((len(chosen), width), np.int64)
    starts[:, 0] = lines.starts[chosen]
    ends[:, -1] = lines.ends[chosen]
    if width > 1 and len(chosen):
        between = marks[before[chosen][:, None] + np.arange(width - 1)]
        starts[:, 1:], ends[:, :-1] = between + 1, between
    longer = np.flatnonzero(cells[chosen] > width)
    ends[longer, -1] = marks[before[chosen[longer]] + width - 1]
    misfits = tuple(lines.numbers[keep & ~fits].tolist())
    return Grid(data, lines.numbers[chosen], starts, ends, misfits), len(cells)


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """The lines of a piece: their numbers, and where each starts and ends (n,)."""

    numbers: Int64s
    starts: Int64s
    ends: Int64s


def _lines(file: File, data: Bytes, ended: bool, first: int) -> _Lines:
    ends = np.flatnonzero(data == _NEWLINE)
    if not ended:
        ends = np.append(ends, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    lengths = ends - starts
    if int(lengths.max(initial=0)) > MAX_LINE:
        line = first + int(np.argmax(lengths))
        raise FileRefused(f"Line {line} is longer than {MAX_LINE} bytes.", where=file.name, next="Choose another file.")
    return _Lines(first + np.arange(len(ends)), starts, ends)


def _only_marks(data: Bytes, at: Int64s, ends: Int64s, delimiter: str) -> NDArray[np.bool_]:
    """True where nothing but delimiters and blanks stands from `at` to the end of the line."""
    only = data[np.maximum(ends - 1, 0)] == _RETURN
    # Nearly always it is one delimiter, perhaps with a carriage return: the others are looked at one by one.
    only = at + 1 == ends - only
    for row in np.flatnonzero(~only).tolist():
        only[row] = not bytes(data[at[row] : ends[row]]).strip(delimiter.encode() + b" \t\r")
    return np.asarray(only)


def _blank(data: Bytes, lines: _Lines, cells: Int64s) -> NDArray[np.bool_]:
    blank = lines.ends == lines.starts
    for row in np.flatnonzero((cells == 1) & (data[lines.starts % max(len(data), 1)] <= _SPACE) & ~blank).tolist():
        blank[row] = not bytes(data[lines.starts[row] : lines.ends[row]]).strip()
    return np.asarray(blank)


def _unquoted(piece: bytes, delimiter: str) -> bytes:
    """The same lines with quotes taken off and the cells set apart by the unit separator (U+001F)."""
    lines = piece.decode("utf-8", "replace").split("\n")
    mark = chr(_UNIT)
    return "\n".join(mark.join(split(line.replace(mark, " "), delimiter)) for line in lines).encode()
