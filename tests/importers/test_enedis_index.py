"""Enedis index files: a series per register, daily highest powers, and the traps of both."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.enedis_index import EnedisIndex
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import ElectricityPeak, ElectricityReading, ElectricityUse
from selfdata_sdk.testing.imported import imported

NAMES = (
    "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite\n"
)
REGISTERS = [f"F{i}" for i in range(1, 11)] + [f"D{i}" for i in range(1, 5)] + ["T"]
COLUMNS = "Horodate;Type de releve;" + ";".join(f"EAS {r}" for r in REGISTERS) + "\n"
TAIL = (
    "\nPeriode;Identifiant calendrier fournisseur;Libelle calendrier fournisseur;Identifiant classe temporelle 1\n"
    "Du 2024-01-01T00:00:00+01:00 au;FC000165;Base;BASE\n"
)


def index_header(direction: str = "Consommation", unit: str = "Wh", stage: str = "Comptage Brut") -> str:
    values = f"09876543210987;Index;01/01/2024;01/02/2024;Energie active;{direction};{stage};{unit}\n"
    return "\ufeff" + NAMES + values + "\n" + COLUMNS


def peak_part(unit: str, *rows: str) -> str:
    values = f"09876543210987;Puissance maximale quotidienne;01/01/2024;01/02/2024;Puissance;Consommation;Brut;{unit}\n"
    return NAMES + values + "Horodate;Valeur\n" + "".join(f"{r}\n" for r in rows)


def row(stamp: str, **shown: int) -> str:
    return f"{stamp};Arrêté quotidien;" + ";".join(str(shown.get(r, "")) for r in REGISTERS) + "\n"


def read(tmp_path: Path, text: str) -> Found:
    path = tmp_path / "index.csv"
    path.write_text(text, encoding="utf-8")
    return imported(EnedisIndex(), path)


def of(found: Found, kind: type[ElectricityReading | ElectricityUse | ElectricityPeak]) -> list[object]:
    return [r for t in found.tables for r in t.records() if isinstance(r, kind)]


DAYS = (
    row("2024-01-01T00:00:00+01:00", F1=100, F2=50, F3=0, D1=150, T=150)
    + row("2024-01-02T00:00:00+01:00", F1=1100, F2=60, F3=0, D1=1160, T=1160)
    + row("2024-01-03T00:00:00+01:00", F1=1200, F2=70, F3=0, D1=1270, T=1270)
)


def test_each_register_in_use_is_a_series_and_the_total_has_no_register(tmp_path: Path) -> None:
    found = read(tmp_path, index_header() + DAYS + TAIL)
    readings = [t for t in found.tables if t.record_type is ElectricityReading]
    assert sorted(t.series.register for t in readings) == ["", "D1", "F1", "F2"]
    assert {len(t) for t in readings} == {3}
    assert not found.rejections
    assert {t.series.about for t in found.tables} == {"09876543210987"}


def test_a_register_that_only_shows_zero_or_nothing_is_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, index_header() + DAYS + TAIL)
    assert "F3" not in {t.series.register for t in found.tables}
    assert "F10" not in {t.series.register for t in found.tables}


def test_a_reading_stands_at_the_moment_that_its_offset_says_winter_and_summer_alike(tmp_path: Path) -> None:
    text = index_header() + row("2024-03-31T00:00:00+01:00", T=5) + row("2024-04-01T01:00:00+02:00", T=6)
    first, second = of(read(tmp_path, text), ElectricityReading)
    assert isinstance(first, ElectricityReading)
    assert isinstance(second, ElectricityReading)
    assert first.at == datetime(2024, 3, 30, 23, tzinfo=UTC)
    assert (second.at - first.at).total_seconds() == 86_400
    assert (first.energy, first.quality, first.register_id) == (Decimal(5), "measured", None)


def test_the_part_about_calendars_is_not_read_as_readings(tmp_path: Path) -> None:
    with_tail = read(tmp_path, index_header() + DAYS + TAIL)
    assert not with_tail.rejections
    assert of(with_tail, ElectricityReading) == of(read(tmp_path, index_header() + DAYS), ElectricityReading)


def test_use_between_total_readings_is_derived_and_only_of_the_total(tmp_path: Path) -> None:
    found = read(tmp_path, index_header() + DAYS + TAIL)
    uses = of(found, ElectricityUse)
    assert [u.energy for u in uses if isinstance(u, ElectricityUse)] == [1010, 110]
    assert {u.quality for u in uses if isinstance(u, ElectricityUse)} == {"derived"}
    assert [t.series.register for t in found.tables if t.record_type is ElectricityUse] == [""]


def test_a_total_that_falls_gives_no_use_and_is_reported_but_kept(tmp_path: Path) -> None:
    rows = [row(f"2024-01-{d:02}T00:00:00+01:00", T=t) for d, t in ((1, 9000), (2, 9500), (3, 100), (4, 300), (5, 500))]
    found = read(tmp_path, index_header() + "".join(rows))
    assert len(of(found, ElectricityReading)) == 5
    assert all(u.energy >= 0 for u in of(found, ElectricityUse) if isinstance(u, ElectricityUse))
    assert [r.kind for r in found.remarks] == ["disagreement"]


def test_an_empty_reading_is_no_reading_of_zero(tmp_path: Path) -> None:
    found = read(tmp_path, index_header() + row("2023-12-31T00:00:00+01:00") + DAYS)
    assert {len(t) for t in found.tables if t.record_type is ElectricityReading} == {3}


def test_a_missing_unit_is_watt_hours_and_kilowatt_hours_are_read_as_such(tmp_path: Path) -> None:
    line = row("2024-01-01T00:00:00+01:00", T=5)
    for unit, energy in (("", 5), ("kWh", 5000)):
        (reading,) = of(read(tmp_path, index_header(unit=unit) + line), ElectricityReading)
        assert isinstance(reading, ElectricityReading)
        assert reading.energy == energy


def test_a_corrected_reading_is_edited(tmp_path: Path) -> None:
    (reading,) = of(
        read(tmp_path, index_header(stage="Corrigé") + row("2024-01-01T00:00:00+01:00", T=5)), ElectricityReading
    )
    assert isinstance(reading, ElectricityReading)
    assert reading.quality == "edited"


@pytest.mark.parametrize(("bad", "reason"), [("2024-01-32T00:00:00+01:00;x" + ";" * 15, "date and time"),
                                             ("2024-01-04T00:00:00+01:00;x;1;2", "number of columns"),
                                             ("2024-01-04T00:00:00+01:00;x;a" + ";" * 14, "not a number")])  # fmt: skip
def test_a_bad_line_is_rejected_by_its_number_and_no_other_is_lost(tmp_path: Path, bad: str, reason: str) -> None:
    found = read(tmp_path, index_header() + DAYS + bad + "\n" + TAIL)
    assert [r.locator for r in found.rejections] == ["line 8"]
    assert reason in found.rejections[0].reason.en
    assert {len(t) for t in found.tables if t.record_type is ElectricityReading} == {3}


def test_production_is_left_out_with_the_reason(tmp_path: Path) -> None:
    found = read(tmp_path, index_header(direction="Production") + DAYS)
    assert not found.tables
    assert [r.locator for r in found.rejections] == ["line 2"]


def test_the_highest_power_of_each_day_is_a_peak_at_its_moment(tmp_path: Path) -> None:
    text = index_header() + DAYS + TAIL + peak_part("W", "2024-01-01T15:17:24+01:00;3695", "2024-01-02T00:00:00+01:00;")
    (peak,) = of(read(tmp_path, text), ElectricityPeak)
    assert isinstance(peak, ElectricityPeak)
    assert (peak.at, peak.power, peak.unit) == (datetime(2024, 1, 1, 14, 17, 24, tzinfo=UTC), Decimal(3695), "W")


@pytest.mark.parametrize(("unit", "power", "code"), [("VA", 3695, "V.A"), ("kVA", 3_695_000, "V.A"), ("W", 3695, "W")])
def test_a_file_of_peaks_alone_is_read_in_its_unit(tmp_path: Path, unit: str, power: int, code: str) -> None:
    (peak,) = of(read(tmp_path, peak_part(unit, "2024-01-01T15:17:24+01:00;3695")), ElectricityPeak)
    assert isinstance(peak, ElectricityPeak)
    assert (peak.power, peak.unit, peak.quality) == (Decimal(power), code, "measured")


def test_a_peak_without_a_unit_is_a_questionable_guess(tmp_path: Path) -> None:
    found = read(tmp_path, peak_part("", "2024-01-01T15:17:24+01:00;3695"))
    (peak,) = of(found, ElectricityPeak)
    assert isinstance(peak, ElectricityPeak)
    assert (peak.unit, peak.quality) == ("V.A", "questionable")
    assert [r.kind for r in found.remarks] == ["guess"]


def test_a_peak_of_65535_is_the_meter_s_largest_number_and_questionable(tmp_path: Path) -> None:
    found = read(tmp_path, peak_part("VA", "2024-01-01T15:17:24+01:00;65535", "2024-01-02T15:17:24+01:00;65534"))
    assert [p.quality for p in of(found, ElectricityPeak) if isinstance(p, ElectricityPeak)] == [
        "questionable",
        "measured",
    ]
    assert len(found.remarks) == 1


def test_a_part_of_another_kind_is_rejected_and_the_rest_kept(tmp_path: Path) -> None:
    text = index_header() + DAYS + peak_part("VA").replace("Puissance maximale quotidienne", "Tension")
    found = read(tmp_path, text)
    assert [r.locator for r in found.rejections] == ["line 9"]
    assert found.tables


def test_a_file_that_stops_in_the_middle_of_a_line_is_refused_with_the_line(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="line 8"):
        read(tmp_path, index_header() + DAYS + "2024-01-04T00:00:00+01:00;Arr")


def test_a_file_that_stops_before_its_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="before its values"):
        read(tmp_path, index_header() + DAYS + NAMES)


@pytest.mark.parametrize("text", ["", "a;b\n1;2\n", NAMES, NAMES + "1;Courbe de charge;\n"])
def test_other_files_are_not_recognised(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")
    assert not EnedisIndex().recognises(File(path).sample)
