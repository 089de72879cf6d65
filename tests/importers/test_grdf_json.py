"""GRDF JSON: gas days that say +00:00, nulls, irregular periods, statements that do not fit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.grdf_json import GrdfJson
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import GasReading, GasUse
from selfdata_sdk.testing.imported import imported

SAMPLE = Path(__file__).parents[1] / "files" / "gas" / "donnees_publiees.json"
PCE = "12345678901234"


def row(start: str | None = "2023-01-01", end: str | None = "2023-01-02", **other: object) -> dict[str, object]:
    stamps = {"dateDebutReleve": start and f"{start}T06:00:00+00:00", "dateFinReleve": end and f"{end}T06:00:00+00:00"}
    numbers = {
        "indexDebut": 100,
        "indexFin": 107,
        "volumeBrutConsomme": 7,
        "energieConsomme": 75,
        "coeffConversion": 11.12,
        "qualificationReleve": "Mesuré",
        "natureReleve": "Informative Journalier",
        "journeeGaziere": start,
    }
    return {**stamps, **numbers, **other}


def document(*rows: dict[str, object], pce: str = PCE) -> dict[str, object]:
    return {pce: {"frequence": None, "idPce": pce, "releves": list(rows)}}


def read(tmp_path: Path, content: object) -> Found:
    path = tmp_path / "releves.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return imported(GrdfJson(), path)


def uses(found: Found) -> list[GasUse]:
    return [r for t in found.tables for r in t.records() if isinstance(r, GasUse)]


def readings(found: Found) -> list[GasReading]:
    return [r for t in found.tables for r in t.records() if isinstance(r, GasReading)]


def test_the_real_file_gives_its_87_periods_and_the_readings_between_them() -> None:
    found = imported(GrdfJson(), SAMPLE)
    rows = json.loads(SAMPLE.read_text(encoding="utf-8"))["00000000000003"]["releves"]
    assert len(uses(found)) == len(rows) == 87
    assert sum(u.energy or 0 for u in uses(found)) == sum(r["energieConsomme"] for r in rows)
    assert len(readings(found)) == 89
    assert {t.series.about for t in found.tables} == {"00000000000003"}
    assert {t.series.cadence for t in found.tables} == {""}
    assert not found.rejections


def test_the_real_file_lacks_a_month_and_says_so() -> None:
    (gap,) = (r for r in imported(GrdfJson(), SAMPLE).remarks if r.kind == "gap")
    assert (gap.locator, gap.count) == ("$.*.releves[15]", 1)


def test_the_statements_of_the_real_file_fit_together() -> None:
    assert not [r for r in imported(GrdfJson(), SAMPLE).remarks if r.kind == "disagreement"]


def test_a_stamp_that_says_greenwich_is_six_o_clock_in_paris_winter_and_summer(tmp_path: Path) -> None:
    winter, summer = uses(read(tmp_path, document(row(), row("2023-07-01", "2023-07-02"))))
    assert winter.start == datetime(2023, 1, 1, 5, tzinfo=UTC)
    assert summer.start == datetime(2023, 7, 1, 4, tzinfo=UTC)
    assert (winter.volume, winter.energy, winter.coefficient) == (Decimal(7), Decimal(75), Decimal("11.12"))
    assert (winter.cadence, winter.quality, winter.point) == ("P1D", "measured", PCE)
    assert winter.source.locator == "$.*.releves[0]"


def test_a_stamp_with_an_offset_of_its_own_is_taken_at_its_word(tmp_path: Path) -> None:
    one = row(dateDebutReleve="2023-07-01T06:00:00+02:00", dateFinReleve="2023-07-02T06:00:00+02:00")
    (use,) = uses(read(tmp_path, document(one)))
    assert use.start == datetime(2023, 7, 1, 4, tzinfo=UTC)


def test_the_gas_day_of_the_change_of_the_clock_has_23_hours(tmp_path: Path) -> None:
    (use,) = uses(read(tmp_path, document(row("2023-03-25", "2023-03-26"))))
    assert (use.end - use.start).total_seconds() == 23 * 3600


def test_absent_data_are_missing_be_they_null_or_zero(tmp_path: Path) -> None:
    nulls: dict[str, Any] = dict.fromkeys(
        ("volumeBrutConsomme", "energieConsomme", "indexDebut", "indexFin", "coeffConversion")
    )
    zeros: dict[str, Any] = dict.fromkeys(nulls, 0)
    rows = [
        row("2023-01-01", "2023-01-02"),
        row("2023-01-02", "2023-01-03", qualificationReleve="Absence de Données", **nulls),
        row("2023-01-03", "2023-01-04", qualificationReleve="Absence de Données", **zeros),
    ]
    found = read(tmp_path, document(*rows))
    assert len(uses(found)) == 1
    assert len(readings(found)) == 2
    assert not found.rejections


def test_a_row_without_stamps_is_placed_by_its_gas_day(tmp_path: Path) -> None:
    one = row(None, None, journeeGaziere="2023-01-05")
    (use,) = uses(read(tmp_path, document(one)))
    assert (use.start, use.end) == (datetime(2023, 1, 5, 5, tzinfo=UTC), datetime(2023, 1, 6, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("word", "quality"),
    [("Mesuré", "measured"), ("Estimé", "estimated"), ("Corrigé", "edited"), ("Autre", "questionable")],
)
def test_each_qualification_has_its_quality(tmp_path: Path, word: str, quality: str) -> None:
    found = read(tmp_path, document(row(qualificationReleve=word)))
    assert uses(found)[0].quality == quality
    assert {r.quality for r in readings(found)} == {quality}


@pytest.mark.parametrize(
    ("other", "reported"),
    [
        ({"energieConsomme": 78}, ""),
        ({"energieConsomme": 90}, "coefficient"),
        ({"energieConsomme": 60}, "coefficient"),
        ({"volumeBrutConsomme": 8, "energieConsomme": 89}, ""),
        ({"volumeBrutConsomme": 9, "energieConsomme": 100}, "difference"),
    ],
)
def test_statements_that_do_not_fit_are_kept_and_reported_beyond_rounding(
    tmp_path: Path, other: dict[str, Any], reported: str
) -> None:
    found = read(tmp_path, document(row(**other)))
    assert len(uses(found)) == 1
    assert [r.kind for r in found.remarks] == (["disagreement"] if reported else [])
    assert all(reported in r.text.en for r in found.remarks)


def test_a_period_that_starts_at_another_reading_is_a_disagreement(tmp_path: Path) -> None:
    found = read(tmp_path, document(row(), row("2023-01-02", "2023-01-03", indexDebut=200, indexFin=207)))
    assert [r.volume for r in readings(found)] == [100, 107, 207]
    assert any("another reading" in r.text.en for r in found.remarks)


def test_daily_and_published_periods_are_different_series(tmp_path: Path) -> None:
    published = row("2023-01-01", "2023-03-01", natureReleve="Publiée", journeeGaziere=None)
    found = read(tmp_path, document(row(), published))
    assert sorted(t.series.cadence for t in found.tables if t.record_type is GasUse) == ["", "P1D"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(None, None), "dates"),
        (row("2023-13-01", "2023-01-02"), "dates"),
        (row("2023-01-05", "2023-01-06", volumeBrutConsomme="beaucoup"), "not a number"),
        (row("2023-01-05", "2023-01-06", energieConsomme=-1), "negative"),
        (row("2023-01-06", "2023-01-05", indexFin=None, indexDebut=None), "end must be after start"),
    ],
)
def test_a_bad_row_is_rejected_by_its_place_and_no_other_is_lost(
    tmp_path: Path, bad: dict[str, object], reason: str
) -> None:
    found = read(tmp_path, document(row(), bad))
    assert "$.*.releves[1]" in {r.locator for r in found.rejections}
    assert any(reason in r.reason.en for r in found.rejections)
    assert len(uses(found)) == 1


def test_several_supply_points_are_kept_apart_and_their_numbers_stay_out_of_places(tmp_path: Path) -> None:
    found = read(tmp_path, {**document(row()), **document(row(), pce="GI123456")})
    assert {t.series.about for t in found.tables} == {PCE, "GI123456"}
    assert {u.source.locator for u in uses(found)} == {"$.*[0].releves[0]", "$.*[1].releves[0]"}


def test_a_cut_document_is_refused_with_its_line(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    with pytest.raises(FileRefused, match=r"line \d+"):
        read(tmp_path, text[: len(text) // 2])


@pytest.mark.parametrize("text", ["", "{}", '{"releves": []}', '"releves" "dateDebutReleve"'])
def test_other_files_are_not_recognised(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    assert not GrdfJson().recognises(File(path).sample)
