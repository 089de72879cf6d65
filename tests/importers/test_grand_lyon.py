"""Eau du Grand Lyon since 2023: files made from the description, and their traps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers.grand_lyon import MONTH_FROM_1, MONTH_GUESS, SEVERAL, GrandLyon
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.importers.reasons import NO_NUMBER, NO_TIME
from selfdata_sdk.importers.water import DISAGREES, UNIT_UNSAID
from selfdata_sdk.model import WaterReading, WaterUse

Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]
PARIS = ZoneInfo("Europe/Paris")
IMPORTER = GrandLyon()
LITRES = {"consommation": "l", "index": "l", "debitMin": "L/h", "volumeEstimeFuite": "l"}


def entry(day: date, litres: object = 300, *, base: int = 0, **more: object) -> dict[str, object]:
    return {"annee": day.year, "mois": day.month - 1 + base, "jour": day.day, "consommation": litres, **more}


def export(*entries: object, units: object = LITRES, **more: object) -> str:
    root: dict[str, object] = {"postes": [{"libelle": "toutes heures", "data": list(entries)}], **more}
    return json.dumps(root if units is None else {"unites": units, **root})


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(i) for i in range(count)]


def uses(found: Found) -> list[WaterUse]:
    return [r for t in found.tables for r in t.records() if isinstance(r, WaterUse)]


def readings(found: Found) -> list[WaterReading]:
    return [r for t in found.tables for r in t.records() if isinstance(r, WaterReading)]


def local(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


def test_a_day_gives_a_use_with_leak_and_lowest_flow_and_a_reading_at_its_end(read: Read, write: Write) -> None:
    body = entry(date(2025, 7, 15), 408, index=1_091_581, debitMin=250, volumeEstimeFuite=1500)
    found = read(IMPORTER, write(export(body)))
    (use,) = uses(found)
    (reading,) = readings(found)
    assert (use.litres, use.min_flow, use.estimated_leak, use.basis) == (
        Decimal(408),
        Decimal(250),
        Decimal(1500),
        "reported",
    )
    assert (use.start, use.end) == (datetime(2025, 7, 15, tzinfo=PARIS), datetime(2025, 7, 16, tzinfo=PARIS))
    assert (reading.at, reading.litres) == (datetime(2025, 7, 16, tzinfo=PARIS), Decimal(1_091_581))
    assert use.source.locator == "entry 0"


def test_only_the_last_day_is_provisional(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(*(entry(d) for d in days(date(2025, 1, 30), 4)))))
    assert [u.status for u in uses(found)] == ["final"] * 3 + ["provisional"]


def test_months_that_count_from_0_are_seen_by_their_last_days(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(*(entry(d) for d in days(date(2025, 1, 20), 60)))))
    assert [local(u.start) for u in uses(found)] == days(date(2025, 1, 20), 60)
    assert found.remarks == []


def test_months_that_count_from_1_are_seen_and_reported(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(*(entry(d, base=1) for d in days(date(2024, 12, 20), 60)))))
    assert [local(u.start) for u in uses(found)] == days(date(2024, 12, 20), 60)
    assert [r.text for r in found.remarks] == [MONTH_FROM_1]


def test_a_month_whose_count_nothing_decides_counts_from_0_and_is_reported(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(*(entry(d) for d in days(date(2025, 3, 1), 5)))))
    assert local(uses(found)[0].start) == date(2025, 3, 1)
    assert [r.text for r in found.remarks] == [MONTH_GUESS]


def test_dates_in_the_future_decide_too(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(*(entry(d, base=1) for d in days(date(2026, 1, 3), 5)))))
    assert local(uses(found)[0].start) == date(2026, 1, 3)


@pytest.mark.parametrize(("unit", "value"), [("m3", 0.408), ("m³", 0.408), ("L", 408), ("litres", 408), ("l", "408")])
def test_the_stated_unit_is_used(unit: str, value: object, read: Read, write: Write) -> None:
    found = read(
        IMPORTER, write(export(*(entry(d, value) for d in days(date(2025, 1, 30), 4)), units={"consommation": unit}))
    )
    assert {u.litres for u in uses(found)} == {Decimal(408)}
    assert {u.quality for u in uses(found)} == {"measured"}
    assert found.remarks == []


@pytest.mark.parametrize(("value", "unit"), [(408, "L"), (0.408, "m³")])
@pytest.mark.parametrize("units", [None, {}, {"consommation": None}, {"consommation": "gallon"}])
def test_a_unit_that_is_not_said_is_guessed_by_size_marked_and_reported(
    units: object, value: object, unit: str, read: Read, write: Write
) -> None:
    found = read(IMPORTER, write(export(*(entry(d, value) for d in days(date(2025, 1, 30), 4)), units=units)))
    assert {u.litres for u in uses(found)} == {Decimal(408)}
    assert {u.quality for u in uses(found)} == {"questionable"}
    assert [r.text for r in found.remarks] == [UNIT_UNSAID.fill(unit=unit)]


def test_what_the_holder_estimates_is_estimated(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(*(entry(d, estime=True) for d in days(date(2025, 1, 30), 4)))))
    assert {u.quality for u in uses(found)} == {"estimated"}


def test_a_day_without_a_value_is_no_zero(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(entry(date(2025, 1, 31), None), entry(date(2025, 2, 1), 0))))
    assert [(local(u.start), u.litres) for u in uses(found)] == [(date(2025, 2, 1), Decimal(0))]


def test_bad_entries_are_rejected_with_their_place_and_the_rest_is_kept(read: Read, write: Write) -> None:
    bad = [
        None,
        "x",
        {"annee": "?", "mois": 1, "jour": 1},
        entry(date(2025, 1, 31), "bad"),
        {**entry(date(2025, 1, 1)), "jour": 32},
    ]
    found = read(IMPORTER, write(export(*bad, *(entry(d) for d in days(date(2025, 1, 30), 4)))))
    assert [r.locator for r in found.rejections] == ["entry 0", "entry 1", "entry 2", "entry 3", "entry 4"]
    assert [r.reason for r in found.rejections[2:]] == [NO_TIME, NO_NUMBER, NO_TIME]
    assert len(uses(found)) == 4


def test_an_index_that_moves_by_another_amount_is_reported(read: Read, write: Write) -> None:
    shown = [1000, 1300, 1650, 1950]
    entries = [entry(d, 300, index=i) for d, i in zip(days(date(2025, 1, 30), 4), shown, strict=True)]
    found = read(IMPORTER, write(export(*entries)))
    assert [(r.text, r.locator, r.count) for r in found.remarks] == [(DISAGREES, "entry 2", 1)]
    assert [u.litres for u in uses(found)] == [300] * 4


def test_several_registers_are_kept_apart(read: Read, write: Write) -> None:
    postes = [{"data": [entry(d) for d in days(date(2025, 1, 30), 4)]} for _ in range(2)]
    found = read(IMPORTER, write(json.dumps({"unites": LITRES, "postes": postes})))
    assert {t.series.register for t in found.tables} == {"poste-1", "poste-2"}
    assert SEVERAL in [r.text for r in found.remarks]


def test_a_file_cut_in_the_middle_is_refused(read: Read, write: Write) -> None:
    with pytest.raises(FileRefused, match="stops in the middle of line 1"):
        read(IMPORTER, write(export(*(entry(d) for d in days(date(2025, 1, 1), 9)))[:-30]))


def test_postes_of_another_shape_are_refused(read: Read, write: Write) -> None:
    text = export(entry(date(2025, 1, 1)))
    with pytest.raises(FileRefused, match="no list of “postes”"):
        read(IMPORTER, write(text.replace('"postes": [', '"postes": {"x": [').replace("]}]}", "]}]}}")))
