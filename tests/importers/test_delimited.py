"""Delimited files are read in pieces, line by line right, and a cut or binary file is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import File, delimited
from selfdata_sdk.importers.delimited import ends_with_newline, grids, rows

Write = Callable[[str | bytes], Path]
CELL = st.text(
    st.characters(codec="utf-8", exclude_characters='\r\n;"\0\x1f\ufeff\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e')
)


def table(path: Path, width: int, *, skip: int = 1, delimiter: str = ";") -> list[tuple[int, list[str]]]:
    found = []
    for grid in grids(File(path), delimiter, width, skip=skip):
        columns = [grid.cells(c).texts() for c in range(width)]
        found += list(zip(grid.lines.tolist(), map(list, zip(*columns, strict=True)), strict=True))
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1), crlf=st.booleans(), end=st.booleans())
def test_grids_hold_the_cells_that_the_csv_module_reads(
    tmp_path: Path, lines: list[list[str]], crlf: bool, end: bool
) -> None:
    newline = "\r\n" if crlf else "\n"
    text = newline.join(["a;b;c", *(";".join(line) for line in lines)]) + (newline if end else "")
    (tmp_path / "f").write_bytes(text.encode())
    # White space at the ends of a cell is dropped: space, tab and return, as files have them.
    expected = [
        (n, [c.encode()[:256].decode(errors="replace").strip(" \t\r") for c in line])
        for n, line in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=";"), 1)
        if n > 1 and any(line)
    ]
    found = [(n, cells) for n, cells in table(tmp_path / "f", 3) if any(cells)]
    assert found == [e for e in expected if any(e[1])]


def test_a_long_file_is_read_in_pieces_with_the_right_line_numbers(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "PIECE", 64)
    path = write("\ufeffa;b\n" + "".join(f"{i};{i * i}\n" for i in range(500)))
    assert table(path, 2) == [(i + 2, [str(i), str(i * i)]) for i in range(500)]


def test_quoted_cells_lose_their_quotes_and_keep_their_delimiters(write: Write) -> None:
    assert table(write('"a b" c "d"\r\n1 "x y" 3\r\n'), 3, delimiter=" ") == [(2, ["1", "x y", "3"])]


def test_a_stray_delimiter_at_the_end_is_no_cell(write: Write) -> None:
    assert table(write("a;b\n1;2;\n3;4;;\r\n5;6; \n"), 2) == [(2, ["1", "2"]), (3, ["3", "4"]), (4, ["5", "6"])]


def test_lines_with_another_number_of_cells_are_named_and_blank_ones_are_not(write: Write) -> None:
    grid = next(iter(grids(File(write("a;b\n1;2\n\n3\n     \r\n4;5;6\n7;8\n")), ";", 2)))
    assert grid.lines.tolist() == [2, 7]
    assert grid.misfits == (4, 6)


def test_other_encodings_are_read_as_text(write: Write) -> None:
    for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
        assert table(write("h;é\nété;Mesuré\n".encode(encoding)), 2) == [(2, ["été", "Mesuré"])]


def test_a_file_cut_in_its_last_line_is_refused_and_the_line_is_named(write: Write) -> None:
    with pytest.raises(FileRefused, match=r"stops in the middle of line 3.*Download it again"):
        table(write("a;b;c\n1;2;3\n4;5"), 3)


def test_a_last_line_without_a_line_end_is_whole_if_its_cells_are(write: Write) -> None:
    path = write("a;b\n1;2\n3;4")
    assert table(path, 2)[-1] == (3, ["3", "4"])
    assert not ends_with_newline(File(path))


def test_zero_bytes_are_refused_and_the_line_is_named(write: Write) -> None:
    with pytest.raises(FileRefused, match="Line 3 holds zero bytes"):
        table(write(b"a;b\n1;2\n3;\0\n"), 2)
    with pytest.raises(FileRefused, match="Line 3 holds zero bytes"):
        list(rows(File(write(b"a;b\n1;2\n3;\0\n")), ";"))


def test_a_line_without_end_is_refused(write: Write) -> None:
    with pytest.raises(FileRefused, match="Line 2 is longer than 100000 bytes"):
        table(write("a;b\n1;" + "2" * 100_001 + "\n"), 2)
    with pytest.raises(FileRefused, match="longer than 100000 bytes"):
        table(write("a;b\n" + "2" * 9_000_000), 2)


def test_rows_gives_lines_with_numbers_and_stripped_cells(write: Write) -> None:
    assert list(rows(File(write('a; "b;c" \n\n 1;2;\n')), ";")) == [(1, ["a", "b;c"]), (3, ["1", "2", ""])]


def test_an_empty_file_gives_nothing(write: Write) -> None:
    assert table(write(""), 2) == []
    assert table(write("a;b"), 2) == []
