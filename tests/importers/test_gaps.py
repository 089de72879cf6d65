"""Gaps are the times of a series without a record; they are never zeros."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np

from selfdata_sdk.importers.gaps import gaps, missing
from selfdata_sdk.model import Series, Source, Table, WaterReading, WaterUse
from selfdata_sdk.model.column import NULL, Codes, Ints
from selfdata_sdk.model.time import DAY, HOUR, day_bounds

SOURCE = Source(holder="h", importer="i", version="1", retrieved_at=datetime(2026, 1, 1, tzinfo=UTC))


def use(start: np.ndarray, end: np.ndarray, cadence: str = "P1D", **columns: object) -> Table:
    litres = columns.pop("litres", Ints.constant(1, len(start)))
    series = Series(WaterUse.type, "h", cadence=cadence)
    return Table(WaterUse, series, {"start": Ints(start), "end": Ints(end), "litres": litres, **columns}, (SOURCE,))  # type: ignore[dict-item]


def reading(at: np.ndarray, cadence: str) -> Table:
    series = Series(WaterReading.type, "h", cadence=cadence)
    return Table(WaterReading, series, {"at": Ints(at), "litres": Ints.constant(1, len(at))}, (SOURCE,))


def test_consecutive_days_leave_no_gap_when_the_clock_changes() -> None:
    bounds = day_bounds("Europe/Paris", date(2024, 3, 1), date(2024, 11, 30))
    assert len(gaps(use(bounds[:-1], bounds[1:]))) == 0


def test_days_that_are_absent_are_one_gap_each_run() -> None:
    bounds = day_bounds("Europe/Paris", date(2024, 3, 25), date(2024, 4, 5))
    kept = np.array([0, 1, 4, 5, 7])
    found = gaps(use(bounds[:-1][kept], bounds[1:][kept]))
    assert found.tolist() == [[bounds[2], bounds[4]], [bounds[6], bounds[7]]]


def test_an_interval_that_spans_several_days_covers_them() -> None:
    bounds = day_bounds("Europe/Paris", date(2024, 1, 1), date(2024, 1, 6))
    start, end = bounds[[0, 1, 4]], bounds[[1, 4, 5]]
    assert len(gaps(use(start, end))) == 0


def test_daily_readings_at_any_hour_leave_no_gap_while_every_day_has_one() -> None:
    hours = np.array([20, 24, 44 + 24, 80])  # 20:00, then midnight of the next day, 20:00 of the day after, 08:00
    assert len(gaps(reading(hours * HOUR, "P1D"))) == 0
    assert gaps(reading(np.array([20, 68]) * HOUR, "P1D")).tolist() == [[20 * HOUR, 68 * HOUR]]


def test_hourly_readings_that_jitter_leave_no_gap_and_those_that_skip_do() -> None:
    at = np.array([0, 1.33, 2, 3.1, 8, 9]) * HOUR
    assert (gaps(reading(at.astype(np.int64), "PT1H")) / HOUR).round(2).tolist() == [[3.1, 8.0]]


def test_monthly_readings_leave_a_gap_where_a_month_has_none() -> None:
    at = np.array(["2024-01-31", "2024-03-01", "2024-03-31", "2024-05-31"], "datetime64[us]").astype(np.int64)
    assert gaps(reading(at, "P1M")).tolist() == [at[[0, 1]].tolist(), at[[2, 3]].tolist()]


def test_a_series_without_cadence_has_no_gaps() -> None:
    start = np.array([0, 5, 50]) * DAY
    assert len(gaps(use(start, start + HOUR, ""))) == 0


def test_rows_said_to_be_missing_are_gaps_also_at_the_ends() -> None:
    start = np.arange(5) * DAY
    table = use(
        start,
        start + DAY,
        quality=Codes.of(["missing", "measured", "missing", "measured", "missing"]),
        litres=Ints(np.array([NULL, 1, NULL, 0, NULL])),
    )
    gone = missing(table)
    assert gone.tolist() == [True, False, True, False, True]
    assert gaps(table.take(~gone), table.take(gone)).tolist() == [[0, DAY], [2 * DAY, 3 * DAY], [4 * DAY, 5 * DAY]]


def test_a_row_with_a_value_is_not_missing_whatever_its_quality_says() -> None:
    table = use(np.array([0]), np.array([DAY]), quality=Codes.of(["missing"]), litres=Ints(np.array([0])))
    assert not missing(table).any()
