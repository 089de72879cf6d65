"""Veolia Île-de-France: what the two real files hold, and their traps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from selfdata_sdk.importers import Options
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.importers.veolia_idf import DAILY, DAY_GUESS, LAST_MONTH, MONTHLY, UNFINISHED
from selfdata_sdk.importers.water import DISAGREES
from selfdata_sdk.model import WaterReading, WaterUse

Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]
PARIS = ZoneInfo("Europe/Paris")
DAYS = "\ufeffDate de relevé;Index relevé (litres);Consommation du jour (litres);Index Mesuré/Estimé\n"
MONTHS = "\ufeffMois;Index relevé fin de mois (litres);Consommation du mois (litres);Index Mesuré/Estimé\n"


def test_the_real_daily_file_gives_fifteen_readings_and_uses_and_three_disagreements(read: Read, water: Path) -> None:
    found = read(DAILY, water / "historique_jours_litres.csv")
    readings, uses = found.tables
    assert (readings.record_type, len(readings)) == (WaterReading, 15)
    assert (uses.record_type, len(uses)) == (WaterUse, 15)
    assert found.rejections == []
    assert [(r.kind, r.text, r.count, r.locator) for r in found.remarks] == [
        ("disagreement", DISAGREES, 3, "line 5"),
        ("guess", DAY_GUESS, 1, ""),
    ]


def test_a_reading_stands_at_its_own_hour_and_a_use_on_its_local_day(read: Read, water: Path) -> None:
    readings, uses = read(DAILY, water / "historique_jours_litres.csv").tables
    third = readings.records()[2]
    assert isinstance(third, WaterReading)
    assert (third.at, third.litres, third.source.locator) == (
        datetime(2022, 9, 27, 0, 0, tzinfo=PARIS),
        Decimal(1_199_298),
        "line 4",
    )
    day = uses.records()[2]
    assert isinstance(day, WaterUse)
    assert (day.start, day.end) == (datetime(2022, 9, 27, tzinfo=PARIS), datetime(2022, 9, 28, tzinfo=PARIS))
    assert (day.litres, day.basis, day.cadence) == (Decimal(200), "reported", "P1D")


def test_a_day_on_which_the_clock_changes_has_its_own_length(read: Read, write: Write) -> None:
    _, uses = read(DAILY, write(DAYS + "2022-10-30 20:00:00;10;5;Mesuré\n2023-03-26 20:00:00;20;5;Mesuré\n")).tables
    hours = [(r.end.astimezone(UTC) - r.start.astimezone(UTC)).total_seconds() / 3600 for r in uses.records()]  # type: ignore[attr-defined]
    assert hours == [25, 23]


def test_estimated_stays_estimated(read: Read, write: Write) -> None:
    tables = read(DAILY, write(DAYS + "2022-09-25 20:00:00;10;5;Mesuré\n2022-09-26 20:00:00;20;10;Estimé\n")).tables
    for table in tables:
        assert [r.quality for r in table.records()] == ["measured", "estimated"]


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("2022-09-31 20:00:00;10;5;Mesuré", "date"),
        ("2022-09-25 20:00:00;dix;5;Mesuré", "number"),
        ("2022-09-25 20:00:00;10;5;Mes", "measured or estimated"),
        ("2022-09-25 20:00:00;10;5", "cells"),
    ],
)
def test_a_bad_line_is_rejected_and_the_others_are_kept(line: str, part: str, read: Read, write: Write) -> None:
    found = read(DAILY, write(DAYS + f"2022-09-24 20:00:00;5;5;Mesuré\n{line}\n2022-09-26 20:00:00;20;10;Mesuré\n"))
    ((locator, reason),) = [(r.locator, r.reason.en) for r in found.rejections]
    assert locator == "line 3"
    assert part in reason
    assert [len(t) for t in found.tables] == [2, 2]


def test_an_empty_cell_is_no_zero(read: Read, write: Write) -> None:
    readings, uses = read(DAILY, write(DAYS + "2022-09-24 20:00:00;5;;Mesuré\n2022-09-25 20:00:00;;7;Mesuré\n")).tables
    assert (readings.ints("litres") // 1000).tolist() == [5]
    assert (uses.ints("litres") // 1000).tolist() == [7]


def test_cubic_metres_are_read_by_the_header(read: Read, write: Write) -> None:
    header = DAYS.replace("litres", "m3")
    readings, uses = read(DAILY, write(header + "2022-09-24 20:00:00;1198,636;0,476;Mesuré\n")).tables
    assert readings.ints("litres").tolist() == [1_198_636_000]
    assert uses.ints("litres").tolist() == [476_000]


def test_the_person_can_say_the_zone_and_the_supply_point(read: Read, water: Path) -> None:
    path = water / "historique_jours_litres.csv"
    for table in read(DAILY, path, Options(about="W 7", tz="Indian/Reunion")).tables:
        assert (table.series.about, table.series.tz) == ("W 7", "Indian/Reunion")
        assert table.records()[0].model_dump()["point"] == "W 7"


def test_the_real_monthly_file_gives_six_months_the_last_one_provisional(read: Read, water: Path) -> None:
    found = read(MONTHLY, water / "historique_mois_litres.csv")
    readings, uses = found.tables
    records = uses.records()
    assert [r.status for r in records] == ["final"] * 5 + ["provisional"]
    assert (records[0].start, records[0].end) == (  # type: ignore[attr-defined]
        datetime(2022, 4, 1, tzinfo=PARIS),
        datetime(2022, 5, 1, tzinfo=PARIS),
    )
    assert (uses.ints("litres") // 1000).tolist() == [17_361, 21_292, 18_301, 28_460, 24_575, 14_438]
    assert readings.records()[-1].at == datetime(2022, 10, 1, tzinfo=PARIS)  # type: ignore[attr-defined]
    assert not any(r.kind == "disagreement" for r in found.remarks)
    assert LAST_MONTH in [r.text for r in found.remarks]


def test_the_index_of_a_month_that_is_not_over_has_no_instant_and_is_left_out(read: Read, write: Write) -> None:
    found = read(MONTHLY, write(MONTHS + "12/2025;100;10;Mesuré\n01/2026;105;5;Mesuré"))
    readings, uses = found.tables
    assert [len(readings), len(uses)] == [1, 2]
    assert UNFINISHED in [r.text for r in found.remarks]
