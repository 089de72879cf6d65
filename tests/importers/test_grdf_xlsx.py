"""GRDF XLSX: banner, days, weeks that overlap, French months, partial ends, absent data."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from openpyxl import Workbook

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.grdf_xlsx import GrdfXlsx
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import GasReading, GasUse
from selfdata_sdk.testing.imported import imported

FILES = Path(__file__).parents[1] / "files" / "gas"

DAILY = ("Date de relevé", "Index de début de période (m3)", "Index de fin de période (m3)", "Volume consommé (m3)",
         "Energie consommée (kWh)", "Coefficient de conversion", "Température locale (°C)",
         "Qualification du relevé")  # fmt: skip
SHORT = ("Date de relevé", "Volume consommé (m3)", "Energie consommée (kWh)")


def workbook(names: tuple[str, ...], *rows: tuple[object, ...], exported: str = "24/11/2021") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["B1"] = "Données informatives et détaillées"
    if exported:
        sheet["E1"] = f"Export du {exported}"
    sheet["C4"], sheet["E4"] = "N° PCE :", "12345678901234"
    sheet["B7"] = "Les consommations dans ce tableau sont fournies à titre indicatif."
    for r, cells in enumerate((names, *rows), 9):
        for c, cell in enumerate(cells, 2):
            sheet.cell(r, c, cell)  # type: ignore[call-overload]
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(tmp_path: Path, data: bytes) -> Found:
    path = tmp_path / "gas.xlsx"
    path.write_bytes(data)
    return imported(GrdfXlsx(), path)


def uses(found: Found) -> list[GasUse]:
    return [r for t in found.tables for r in t.records() if isinstance(r, GasUse)]


def readings(found: Found) -> list[GasReading]:
    return [r for t in found.tables for r in t.records() if isinstance(r, GasReading)]


def test_the_real_daily_file_gives_its_360_measured_days_and_their_readings() -> None:
    found = imported(GrdfXlsx(), FILES / "Donnees_informatives_PCE_DAILY.xlsx")
    assert (len(uses(found)), len(readings(found))) == (360, 361)
    assert not found.rejections
    first = uses(found)[0]
    assert (first.start, first.end) == (datetime(2020, 11, 24, 5, tzinfo=UTC), datetime(2020, 11, 25, 5, tzinfo=UTC))
    assert (first.volume, first.energy, first.coefficient, first.quality) == (
        Decimal(12),
        Decimal(133),
        None,
        "measured",
    )
    assert first.source.locator == "row 10"


def test_absent_days_of_the_real_file_are_missing_and_not_the_zeros_that_it_shows() -> None:
    days = {u.start.date() for u in uses(imported(GrdfXlsx(), FILES / "Donnees_informatives_PCE_DAILY.xlsx"))}
    assert not days & {date(2021, 8, 10), date(2021, 11, 11), date(2021, 11, 16)}


def test_the_real_monthly_file_gives_13_months_with_a_questionable_start_and_a_provisional_end() -> None:
    found = imported(GrdfXlsx(), FILES / "Donnees_informatives_PCE_MONTHLY.xlsx")
    months = uses(found)
    assert len(months) == 13
    assert (months[0].start, months[0].end) == (
        datetime(2020, 11, 1, 5, tzinfo=UTC),
        datetime(2020, 12, 1, 5, tzinfo=UTC),
    )
    assert [m.quality for m in months] == ["questionable"] + ["measured"] * 12
    assert [m.status for m in months] == ["final"] * 12 + ["provisional"]
    assert sum(m.energy or 0 for m in months) == 23_181
    assert [r.kind for r in found.remarks] == ["guess", "guess"]


def test_the_months_of_the_real_files_agree_with_their_days() -> None:
    """A whole month's volume is that of its gas days: the two files are of one home."""
    days = uses(imported(GrdfXlsx(), FILES / "Donnees_informatives_PCE_DAILY.xlsx"))
    months = uses(imported(GrdfXlsx(), FILES / "Donnees_informatives_PCE_MONTHLY.xlsx"))
    january = months[2]
    inside = [d for d in days if january.start <= d.start < january.end]
    assert len(inside) == 31
    assert abs(sum((d.energy or Decimal(0) for d in inside), Decimal(0)) - (january.energy or Decimal(0))) <= 31


def test_the_supply_point_of_the_banner_is_what_the_records_are_about(tmp_path: Path) -> None:
    found = read(tmp_path, workbook(DAILY, ("24/11/2020", 1, 13, 12, 133, 11.12, None, "Mesuré")))
    assert {t.series.about for t in found.tables} == {"12345678901234"}
    assert uses(found)[0].coefficient == Decimal("11.12")
    assert [r.volume for r in readings(found)] == [1, 13]


def test_a_day_is_a_gas_day_also_when_the_clock_changes_and_when_the_cell_is_a_date(tmp_path: Path) -> None:
    rows = [(datetime(2021, 3, 27), None, None, 1, 11), ("28/03/2021", None, None, 1, 11)]  # noqa: DTZ001
    saturday, sunday = uses(read(tmp_path, workbook(DAILY, *rows)))
    assert (saturday.end - saturday.start).total_seconds() == 23 * 3600
    assert sunday.start == datetime(2021, 3, 28, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "quality"), [("Mesuré", "measured"), ("Estimé", "estimated"), ("Corrigé", "edited"), ("?", "questionable")]
)
def test_each_qualification_has_its_quality(tmp_path: Path, word: str, quality: str) -> None:
    found = read(tmp_path, workbook(DAILY, ("24/11/2020", 1, 13, 12, 133, 11.12, None, word)))
    assert uses(found)[0].quality == quality


def test_a_week_runs_over_both_its_days(tmp_path: Path) -> None:
    (week,) = uses(read(tmp_path, workbook(SHORT, ("Du 15/11/2021 au 21/11/2021 ", 7, 78))))
    assert (week.start, week.end) == (datetime(2021, 11, 15, 5, tzinfo=UTC), datetime(2021, 11, 22, 5, tzinfo=UTC))
    assert (week.cadence, week.status) == ("P7D", "final")


def test_weeks_that_overlap_at_new_year_never_count_a_day_twice(tmp_path: Path) -> None:
    rows = [
        ("Du 21/12/2020 au 27/12/2020", 7, 78),
        ("Du 28/12/2020 au 31/12/2020", 4, 44),
        ("Du 28/12/2020 au 03/01/2021", 7, 78),
        ("Du 01/01/2021 au 03/01/2021", 3, 33),
        ("Du 04/01/2021 au 10/01/2021", 7, 78),
    ]
    found = read(tmp_path, workbook(SHORT, *rows))
    weeks = uses(found)
    assert all(a.end <= b.start for a, b in pairwise(weeks))
    assert [r.locator for r in found.rejections] == ["row 11", "row 13"]
    assert len(weeks) == 3


def test_a_week_that_was_not_over_at_the_export_is_provisional(tmp_path: Path) -> None:
    found = read(tmp_path, workbook(SHORT, ("Du 22/11/2021 au 28/11/2021", 7, 78)))
    assert uses(found)[0].status == "provisional"


def test_a_month_is_read_whatever_its_case_and_blanks(tmp_path: Path) -> None:
    rows = [("Janvier 2021 ", 1, 11), ("FÉVRIER  2021", 2, 22), (" août 2021", 3, 33)]
    assert [u.start.month for u in uses(read(tmp_path, workbook(SHORT, *rows)))] == [1, 2, 8]


def test_without_a_date_of_export_the_last_month_is_provisional(tmp_path: Path) -> None:
    found = read(tmp_path, workbook(SHORT, ("Janvier 2021 ", 1, 11), ("Février 2021 ", 2, 22), exported=""))
    assert [u.status for u in uses(found)] == ["final", "provisional"]


def test_an_export_that_ends_before_its_last_month_leaves_it_final(tmp_path: Path) -> None:
    found = read(tmp_path, workbook(SHORT, ("Janvier 2021 ", 1, 11), ("Octobre 2021 ", 2, 22)))
    assert [u.status for u in uses(found)] == ["final", "final"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("32/01/2021", 1, 11), "period"),
        (("Brumaire 2021", 1, 11), "period"),
        (("Du 10/01/2021 au 04/01/2021", 1, 11), "period"),
        (("Total", 1, 11), "period"),
        (("Mars 2021", "beaucoup", 11), "not a number"),
        (("Mars 2021", -1, 11), "negative"),
    ],
)
def test_a_bad_row_is_rejected_by_its_number_and_no_other_is_lost(
    tmp_path: Path, row: tuple[object, ...], reason: str
) -> None:
    found = read(tmp_path, workbook(SHORT, ("Février 2021 ", 2, 22), row))
    assert [r.locator for r in found.rejections] == ["row 11"]
    assert reason in found.rejections[0].reason.en
    assert len(uses(found)) == 1


def test_energy_that_is_not_volume_times_coefficient_is_kept_and_reported(tmp_path: Path) -> None:
    found = read(tmp_path, workbook(DAILY, ("24/11/2020", 1, 13, 12, 200, 11.12, None, "Mesuré")))
    assert [r.kind for r in found.remarks] == ["disagreement"]
    assert uses(found)[0].energy == 200


def test_another_spreadsheet_is_not_recognised_and_one_without_the_column_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    book = Workbook()
    stream = BytesIO()
    book.save(stream)
    path.write_bytes(stream.getvalue())
    assert not GrdfXlsx().recognises(File(path).sample)
    with pytest.raises(FileRefused, match="Date de relevé"):
        read(tmp_path, workbook(("Jour", "m3"), ("24/11/2020", 1)))


@pytest.mark.parametrize("keep", [0.5, 0.9, 0.99])
def test_a_cut_spreadsheet_is_refused(tmp_path: Path, keep: float) -> None:
    data = (FILES / "Donnees_informatives_PCE_DAILY.xlsx").read_bytes()
    with pytest.raises(FileRefused, match="damaged"):
        read(tmp_path, data[: int(len(data) * keep)])


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_a_spreadsheet_whose_inside_is_broken_is_refused(tmp_path: Path, member: str) -> None:
    out = BytesIO()
    with (
        zipfile.ZipFile(FILES / "Donnees_informatives_PCE_DAILY.xlsx") as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: len(data) // 2] if name == member else data)
    with pytest.raises(FileRefused, match="damaged"):
        read(tmp_path, out.getvalue())


def test_a_zip_bomb_named_like_a_spreadsheet_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/sharedStrings.xml", "Données informatives")
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000_000)
    with pytest.raises(FileRefused, match="zip bomb"):
        read(tmp_path, out.getvalue())


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"\x08" * 60, "Données informatives".encode()])
def test_what_is_no_spreadsheet_is_not_recognised(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(data)
    assert not GrdfXlsx().recognises(File(path).sample)


def test_more_rows_than_a_meter_gives_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("selfdata_sdk.importers.grdf_xlsx.MAX_ROWS", 12)
    rows = [(f"Du 0{d}/11/2021 au 0{d}/11/2021", 1, 11) for d in range(1, 5)]
    assert len(uses(read(tmp_path, workbook(SHORT, *rows[:3])))) == 3
    with pytest.raises(FileRefused, match="more than 12 rows"):
        read(tmp_path, workbook(SHORT, *rows))
