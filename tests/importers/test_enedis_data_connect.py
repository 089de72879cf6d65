"""Enedis Data Connect: values as texts, naive stamps at the end of the step, days, peaks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.enedis_data_connect import EnedisDataConnect
from selfdata_sdk.importers.file import File
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.model import ElectricityPeak, ElectricityUse
from selfdata_sdk.testing.imported import imported

Row = dict[str, object]


def answer(unit: str, *rows: Row, point: str = "09876543210987") -> dict[str, object]:
    return {
        "meter_reading": {
            "usage_point_id": point,
            "start": "2024-01-01",
            "end": "2024-01-02",
            "quality": "BRUT",
            "reading_type": {"unit": unit, "measurement_kind": "power", "aggregate": "average"},
            "interval_reading": list(rows),
        }
    }


def half(date: str, value: object, length: str = "PT30M", kind: str = "B") -> Row:
    return {"value": value, "date": date, "interval_length": length, "measure_type": kind}


def read(tmp_path: Path, document: object) -> Found:
    path = tmp_path / "answer.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return imported(EnedisDataConnect(), path)


def uses(found: Found) -> list[ElectricityUse]:
    return [r for t in found.tables for r in t.records() if isinstance(r, ElectricityUse)]


def test_a_value_is_a_text_and_its_naive_stamp_the_end_of_the_step_in_paris(tmp_path: Path) -> None:
    found = read(tmp_path, answer("W", half("2024-07-01 00:30:00", "540")))
    (use,) = uses(found)
    assert (use.start, use.end) == (
        datetime(2024, 6, 30, 22, tzinfo=UTC),
        datetime(2024, 6, 30, 22, 30, tzinfo=UTC),
    )
    assert (use.power, use.energy, use.point, use.quality) == (Decimal(540), Decimal(270), "09876543210987", "measured")
    assert use.source.locator == "$.meter_reading.interval_reading[0]"
    assert not found.remarks


def test_the_hour_that_occurs_twice_is_told_apart_by_the_order(tmp_path: Path) -> None:
    stamps = ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")
    found = uses(read(tmp_path, answer("W", *(half(f"2024-10-27 {s}:00", "1") for s in stamps))))
    assert [(b.end - a.end).total_seconds() for a, b in pairwise(found)] == [1800] * 5


def test_a_missing_interval_length_is_inferred_and_said(tmp_path: Path) -> None:
    rows: list[Row] = [{"value": "60", "date": f"2024-01-01 0{h}:00:00"} for h in range(1, 5)]
    found = read(tmp_path, answer("W", *rows))
    assert [u.energy for u in uses(found)] == [60] * 4
    assert [r.kind for r in found.remarks] == ["guess"]


def test_each_stated_length_is_a_series(tmp_path: Path) -> None:
    rows = half("2024-01-01 01:00:00", "60", "PT1H"), half("2024-01-01 01:10:00", "60", "PT10M")
    found = read(tmp_path, answer("W", *rows))
    assert {t.series.cadence: t.records()[0].energy for t in found.tables} == {  # type: ignore[attr-defined]
        "PT1H": Decimal(60),
        "PT10M": Decimal(10),
    }


@pytest.mark.parametrize(("kind", "quality"), [("B", "measured"), ("C", "edited"), ("Z", "questionable")])
def test_the_measure_type_is_the_quality(tmp_path: Path, kind: str, quality: str) -> None:
    assert uses(read(tmp_path, answer("W", half("2024-01-01 01:00:00", "1", kind=kind))))[0].quality == quality


def test_daily_energy_is_the_use_of_that_local_day_be_it_of_23_hours(tmp_path: Path) -> None:
    found = read(tmp_path, answer("Wh", {"value": "9000", "date": "2024-03-31"}, {"value": None, "date": "2024-04-01"}))
    (use,) = uses(found)
    assert (use.end - use.start).total_seconds() == 23 * 3600
    assert (use.energy, use.power, use.cadence) == (Decimal(9000), None, "P1D")


def test_the_highest_power_of_a_day_is_a_peak_in_volt_amperes_at_its_moment(tmp_path: Path) -> None:
    found = read(tmp_path, answer("VA", {"value": "6120", "date": "2024-05-01 08:14:21"}))
    (peak,) = found.tables[0].records()
    assert isinstance(peak, ElectricityPeak)
    assert (peak.at, peak.power, peak.unit) == (datetime(2024, 5, 1, 6, 14, 21, tzinfo=UTC), Decimal(6120), "V.A")


def test_a_peak_with_a_day_but_no_hour_is_a_questionable_guess(tmp_path: Path) -> None:
    found = read(tmp_path, answer("VA", {"value": "6120", "date": "2024-05-01"}))
    assert found.tables[0].records()[0].quality == "questionable"
    assert [r.kind for r in found.remarks] == ["guess"]


def test_a_list_of_answers_and_an_answer_without_its_envelope_are_read(tmp_path: Path) -> None:
    bare = answer("W", half("2024-01-01 01:00:00", "1"))["meter_reading"]
    found = read(tmp_path, [answer("W", half("2024-01-01 00:30:00", "1")), bare])
    assert [u.source.locator for u in uses(found)] == [
        "$[0].meter_reading.interval_reading[0]",
        "$[1].interval_reading[0]",
    ]
    assert len(uses(read(tmp_path, bare))) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (half("2024-01-01T25:00:00", "1"), "date or time"),
        (half("", "1"), "date or time"),
        (half("2024-01-01 02:00:00", "many"), "not a number"),
        (half("2024-01-01 02:00:00", True), "not a number"),
        (half("2024-01-01 02:00:00", "-1"), "negative"),
        ({}, "date or time"),
    ],
)
def test_a_bad_row_is_rejected_by_its_place_and_no_other_is_lost(tmp_path: Path, row: Row, reason: str) -> None:
    found = read(tmp_path, answer("W", half("2024-01-01 01:00:00", "1"), row))
    assert [r.locator for r in found.rejections] == ["$.meter_reading.interval_reading[1]"]
    assert reason in found.rejections[0].reason.en
    assert len(uses(found)) == 1


def test_another_unit_is_left_out_with_the_reason(tmp_path: Path) -> None:
    found = read(tmp_path, answer("VAr", half("2024-01-01 01:00:00", "1")))
    assert not found.tables
    assert "unit" in found.rejections[0].reason.en


def test_a_cut_document_is_refused_with_its_line(tmp_path: Path) -> None:
    text = json.dumps(answer("W", half("2024-01-01 01:00:00", "1")), indent=1)
    with pytest.raises(FileRefused, match=r"line \d+"):
        read(tmp_path, text[:-20])


def test_a_document_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    text = '{"interval_reading": "", "usage_point_id": ' + "[" * 200_000 + "]" * 200_000 + "}"
    with pytest.raises(FileRefused, match="nested too deeply"):
        read(tmp_path, text)


@pytest.mark.parametrize("text", ["", "[]", '{"usage_point_id": 1}', '"interval_reading" "usage_point_id"'])
def test_other_files_are_not_recognised(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    assert not EnedisDataConnect().recognises(File(path).sample)
