"""Hourly readings: the two real homes, and every trap of the format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from selfdata_sdk.errors import FileRefused
from selfdata_sdk.importers import Options
from selfdata_sdk.importers.hourly_index import (
    REPEATED,
    REPLACED,
    ROLLED,
    SKIPPED,
    STEP_BACK,
    ZONE,
    HourlyIndex,
)
from selfdata_sdk.importers.importer import Found
from selfdata_sdk.importers.reasons import CLASHES, OTHER_METER
from selfdata_sdk.importers.water import DISAGREES
from selfdata_sdk.model import WaterReading, WaterUse
from selfdata_sdk.model.time import HOUR, micros

Read = Callable[..., Found]
Write = Callable[[str | bytes], Path]
MADRID = ZoneInfo("Europe/Madrid")
IMPORTER = HourlyIndex()
HEADER = "user key;datetime;meter reading;diff\n"
NAMED = Options(tz="Europe/Madrid")


def export(*lines: tuple[str, object], key: str = "k1") -> str:
    """`02/01/2017 03` and a reading each; `diff` as the holder writes it."""
    before = None
    text = HEADER
    for when, shown in lines:
        diff = "" if before is None or not isinstance(shown, int) else shown - before
        before = shown if isinstance(shown, int) else before
        text += f"{key};{when}{':00:00' if len(when) == 13 else ''};{shown};{diff}\n"
    return text


def hours(*shown: object, day: str = "02/01/2017") -> str:
    return export(*((f"{day} {h:02}", s) for h, s in enumerate(shown)))


def litres(found: Found) -> list[int]:
    return [int(v) for v in found.tables[1].ints("litres") // 1000]


def texts(found: Found) -> list[object]:
    return [r.text for r in found.remarks]


@pytest.mark.parametrize(
    ("name", "readings", "used", "key"),
    [
        ("daiad_alicante_clean.csv", 8_658, 375_764 - 280_689, "1f7b2064-2d1a-423b-8023-4db985701ff5"),
        ("daiad_alicante_leak_12d.csv", 8_651, 452_362 - 349_111, "0da96e4d-fd26-4a7b-8c2c-9b2781706952"),
    ],
)
def test_a_real_year_gives_a_reading_per_line_and_uses_that_add_up(
    name: str, readings: int, used: int, key: str, read: Read, water: Path
) -> None:
    found = read(IMPORTER, water.parent / "daiad" / name)
    assert [(t.record_type, len(t)) for t in found.tables] == [(WaterReading, readings), (WaterUse, readings - 1)]
    assert sum(litres(found)) == used
    assert found.rejections == []
    assert texts(found) == [ZONE.fill(tz="Europe/Paris")]
    assert {t.series.about for t in found.tables} == {key}
    start, end = found.tables[1].ints("start"), found.tables[1].ints("end")
    assert (start[1:] == end[:-1]).all()


def test_the_autumn_hour_occurs_twice_and_the_spring_hour_not(read: Read, water: Path) -> None:
    at = read(IMPORTER, water.parent / "daiad" / "daiad_alicante_clean.csv").tables[0].ints("at")

    def count(day: datetime) -> int:
        after = (day + timedelta(days=1)).replace(tzinfo=MADRID)
        return int(np.count_nonzero((at >= micros(day)) & (at < micros(after))))

    assert (np.diff(at) > 0).all()
    assert count(datetime(2016, 3, 27, tzinfo=MADRID)) == 23
    assert count(datetime(2016, 10, 30, tzinfo=MADRID)) == 25


def test_each_use_lies_between_two_readings_and_says_so(read: Read, write: Write) -> None:
    record = read(IMPORTER, write(hours(100, 105)), NAMED).tables[1].records()[0]
    assert isinstance(record, WaterUse)
    assert (record.start, record.end) == (
        datetime(2017, 1, 2, 0, tzinfo=MADRID),
        datetime(2017, 1, 2, 1, tzinfo=MADRID),
    )
    assert (record.quality, record.basis, record.cadence, record.source.locator) == (
        "derived",
        "readings",
        "PT1H",
        "line 3",
    )


def test_two_equal_stamps_in_autumn_are_an_hour_apart_by_their_order(read: Read, write: Write) -> None:
    path = write(export(("30/10/2016 01", 1), ("30/10/2016 02", 2), ("30/10/2016 02", 3), ("30/10/2016 03", 4)))
    found = read(IMPORTER, path, NAMED)
    assert (np.diff(found.tables[0].ints("at")) // HOUR).tolist() == [1, 1, 1]
    assert litres(found) == [1, 1, 1]
    assert found.remarks == []


def test_a_stamp_in_the_hour_that_spring_leaves_out_is_reported(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(("27/03/2016 01", 1), ("27/03/2016 02", 2), ("27/03/2016 05", 3))), NAMED)
    assert texts(found) == [SKIPPED]
    assert found.tables[0].records()[1].at == datetime(2016, 3, 27, 1, tzinfo=UTC)  # type: ignore[attr-defined]


def test_exponent_notation_is_a_number(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(hours(399_990, "4e+05", 400_005)), NAMED)
    assert litres(found) == [10, 5]


def test_a_step_back_of_a_litre_is_questionable_and_no_negative_use(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(hours(100, 105, 104, 110, 111)), NAMED)
    assert litres(found) == [5, 0, 5, 1]
    assert [r.quality for r in found.tables[1].records()] == ["derived", "questionable", "questionable", "derived"]
    assert [r.quality for r in found.tables[0].records()] == [
        "measured",
        "measured",
        "questionable",
        "measured",
        "measured",
    ]
    assert [(r.text, r.locator) for r in found.remarks] == [(STEP_BACK, "line 4")]


def test_hours_without_a_reading_are_one_use_over_all_of_them(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(export(("02/01/2017 00", 1), ("02/01/2017 05", 48))), NAMED)
    uses = found.tables[1]
    assert litres(found) == [47]
    assert ((uses.ints("end") - uses.ints("start")) // HOUR).tolist() == [5]


def test_a_rollover_is_counted_only_near_the_limit_of_the_dial(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(hours(99_990, 99_995, 3)), NAMED)
    assert litres(found) == [5, 8]
    assert ROLLED in texts(found)


def test_a_new_meter_gives_no_use_across_the_change(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(hours(300_100, 300_110, 0, 7)), NAMED)
    assert litres(found) == [10, 7]
    assert [(r.text, r.locator) for r in found.remarks if r.kind == "guess"] == [(REPLACED, "line 4")]


def test_a_foreign_meter_among_the_readings_is_dropped_and_each_line_named(read: Read, write: Write) -> None:
    found = read(IMPORTER, write(hours(300_100, 300_110, 5_000, 300_120, 5_001, 300_131)), NAMED)
    assert litres(found) == [10, 10, 11]
    assert [(r.locator, r.reason) for r in found.rejections] == [("line 4", OTHER_METER), ("line 6", OTHER_METER)]


def test_a_line_said_twice_counts_once_and_another_reading_of_one_instant_is_rejected(read: Read, write: Write) -> None:
    lines = [
        ("02/01/2017 00", 1),
        ("02/01/2017 01", 5),
        ("02/01/2017 01", 5),
        ("02/01/2017 01", 9),
        ("02/01/2017 02", 12),
    ]
    found = read(IMPORTER, write(export(*lines)), NAMED)
    assert litres(found) == [4, 7]
    assert [(r.locator, r.reason) for r in found.rejections] == [("line 5", CLASHES)]
    assert REPEATED in texts(found)


def test_a_stated_difference_that_is_not_that_of_the_readings_is_reported(read: Read, write: Write) -> None:
    text = HEADER + "k;02/01/2017 00:00:00;10;\nk;02/01/2017 01:00:00;15;5\nk;02/01/2017 02:00:00;20;9\n"
    found = read(IMPORTER, write(text), NAMED)
    assert litres(found) == [5, 5]
    assert [(r.text, r.locator, r.count) for r in found.remarks] == [(DISAGREES, "line 4", 1)]


def test_a_file_with_the_newest_line_first_is_read_too(read: Read, write: Write) -> None:
    lines = hours(*range(100, 120)).splitlines(keepends=True)
    found = read(IMPORTER, write("".join([lines[0], *lines[:0:-1]])), NAMED)
    assert litres(found) == [1] * 19
    assert found.tables[0].ints("locator").tolist() == list(range(21, 1, -1))


def test_bad_lines_are_rejected_and_the_use_goes_on_over_them(read: Read, write: Write) -> None:
    text = hours(1, 2, 3, 4).replace(";3;1", ";?;1").replace("01:00:00", "25:00:00") + "k1;short\n"
    found = read(IMPORTER, write(text), NAMED)
    assert [r.locator for r in found.rejections] == ["line 6", "line 3", "line 4"]
    assert litres(found) == [3]


def test_the_readings_of_several_meters_are_refused_unless_one_is_chosen(read: Read, write: Write) -> None:
    path = write(
        export(("02/01/2017 00", 1), ("02/01/2017 01", 5)) + "k2;02/01/2017 00:00:00;7;\nk2;02/01/2017 01:00:00;9;2\n"
    )
    with pytest.raises(FileRefused, match=r"readings of 2 meters.*--about"):
        read(IMPORTER, path)
    found = read(IMPORTER, path, Options(about="k2"))
    assert litres(found) == [2]
    assert found.tables[0].ints("locator").tolist() == [4, 5]


def test_a_file_cut_in_the_middle_is_refused(read: Read, write: Write) -> None:
    with pytest.raises(FileRefused, match="stops in the middle of line 4"):
        read(IMPORTER, write(hours(1, 2, 3)[:-7]))
