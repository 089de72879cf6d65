"""Conso Downloader: decimal commas, nulls, stamps at the start of the step."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.conso import ConsoDownloader
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import ElectricityUse
from selfdata_sdk.testing.imported import imported

TWO = "debut;kW\n"
THREE = "debut;fin;kW\n"


def read(tmp_path: Path, text: str, **options: str) -> Found:
    path = tmp_path / "conso.csv"
    path.write_text(text, encoding="utf-8")
    return imported(ConsoDownloader(), path, **options)


def uses(found: Found) -> list[ElectricityUse]:
    return [r for t in found.tables for r in t.records() if isinstance(r, ElectricityUse)]


def test_a_decimal_comma_in_quotes_is_kilowatts_over_the_stated_interval(tmp_path: Path) -> None:
    (use,) = uses(read(tmp_path, THREE + '2024-01-01T00:00:00+01:00;2024-01-01T00:30:00+01:00;"0,412"\n', about="home"))
    assert (use.start, use.end) == (
        datetime(2023, 12, 31, 23, tzinfo=UTC),
        datetime(2023, 12, 31, 23, 30, tzinfo=UTC),
    )
    assert (use.power, use.energy, use.point, use.source.locator) == (Decimal(412), Decimal(206), "home", "line 2")


def test_without_an_end_the_step_is_the_time_to_the_next_line(tmp_path: Path) -> None:
    rows = "".join(f"2024-01-01T{h:02}:00:00+01:00;0,1\n" for h in range(3))
    halves = "".join(f"2024-01-01T03:{m}:00+01:00;0,1\n" for m in ("00", "30"))
    found = uses(read(tmp_path, TWO + rows + halves))
    ordered = sorted(found, key=lambda u: u.start)
    assert [u.energy for u in ordered] == [100, 100, 100, 50, 50]
    assert all(a.end == b.start for a, b in pairwise(ordered))


@pytest.mark.parametrize("empty", ["null", '"null"', ""])
def test_null_is_missing_and_never_zero(tmp_path: Path, empty: str) -> None:
    text = TWO + f"2024-01-01T00:00:00+01:00;0,1\n2024-01-01T00:30:00+01:00;{empty}\n2024-01-01T01:00:00+01:00;0\n"
    found = read(tmp_path, text)
    assert [u.power for u in uses(found)] == [100, 0]
    assert not found.rejections


def test_stamps_without_an_offset_are_on_the_clock_of_paris_and_their_order_decides_in_autumn(tmp_path: Path) -> None:
    stamps = ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")
    found = uses(read(tmp_path, TWO + "".join(f"2024-10-27T{s}:00;0,1\n" for s in stamps)))
    assert [u.start.hour * 60 + u.start.minute for u in found] == [-30 % 1440, 0, 30, 60, 90, 120]
    assert {u.energy for u in found} == {Decimal(50)}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2024-01-01;2024-01-01T02:00:00+01:00;0,1", "date and time"),
        ("2024-01-01T01:00:00+01:00;soon;0,1", "date and time"),
        ("2024-01-01T01:00:00+01:00;2024-01-01T01:30:00+01:00;beaucoup", "not a number"),
        ("2024-01-01T01:00:00+01:00;0,1", "too few"),
        ("2024-01-01T01:00:00+01:00;2024-01-01T00:30:00+01:00;0,1", "before it starts"),
        ("2024-01-01T01:00:00+01:00;2024-01-01T01:00:00+01:00;0,1", "before it starts"),
        ("2024-01-01T01:00:00+01:00;2024-01-01T01:30:00+01:00;-0,1", "negative"),
    ],
)
def test_a_bad_line_is_rejected_by_its_number_and_no_other_is_lost(tmp_path: Path, line: str, reason: str) -> None:
    good = "2024-01-01T00:00:00+01:00;2024-01-01T00:30:00+01:00;0,1\n"
    found = read(tmp_path, THREE + good + line + "\n")
    assert [r.locator for r in found.rejections] == ["line 3"]
    assert reason in found.rejections[0].reason.en
    assert len(uses(found)) == 1


def test_a_file_that_stops_in_the_middle_of_a_line_is_refused_with_the_line(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="line 3"):
        read(tmp_path, TWO + "2024-01-01T00:00:00+01:00;0,1\n2024-01-01T00:3")


@pytest.mark.parametrize("text", ["", "debut;kVA\n", "date;kW\n", "<html>debut;kW"])
def test_other_files_are_not_recognised(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")
    assert not ConsoDownloader().recognises(File(path).sample)
