"""The figures that the explanations state are those of the code."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.importers import Options, import_files
from selfdata_sdk.model.time import GRANULARITIES, HOUR, day_bounds
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.files import enedis_load_curve

NOW = datetime(2025, 6, 1, tzinfo=UTC)


def bytes_per_record(file: Path, tz: str) -> tuple[int, float]:
    cloud = MemoryCloud()
    with PersonalStore(cloud) as store:
        created = import_files(store, [file], now=NOW, options=Options(tz=tz)).created
        pages = cloud.get_many(cloud.list("page."))
        return created, sum(len(d.data) for d in pages.values()) / created


def stated(docs: Path, row: str) -> tuple[int, float]:
    page = (docs / "explanation" / "pages.md").read_text("utf-8")
    found = re.search(rf"\| {row}[^|]*\| ([\d ]+) \| ([\d.]+) \|", page)
    assert found is not None
    return int(found[1].replace(" ", "")), float(found[2])


@pytest.mark.parametrize(
    ("row", "tz"), [("a year of hourly readings", "Europe/Madrid"), ("a year of half hours", "Europe/Paris")]
)
def test_bytes_per_record_are_as_stated(docs: Path, reader: Path, tmp_path: Path, row: str, tz: str) -> None:
    file = reader / "daiad_alicante_clean.csv"
    if "half" in row:
        # A home's curve: a base, evenings, and no two days alike.
        values = [round(200 + 2800 * abs(math.sin(i * i * 0.7)) ** 6 * (0.3 + (i % 48 > 34))) for i in range(17_520)]
        file = enedis_load_curve(tmp_path / "curve.csv", values)
    records, size = bytes_per_record(file, tz)
    assert records == stated(docs, row)[0]
    assert size == pytest.approx(stated(docs, row)[1], abs=0.15)


def test_days_have_the_hours_that_the_page_on_time_says(docs: Path) -> None:
    page = (docs / "explanation" / "time.md").read_text("utf-8")
    for day, name in ((date(2025, 3, 30), "30 March 2025"), (date(2025, 10, 26), "26 October 2025")):
        start, end = day_bounds("Europe/Paris", day, day).tolist()
        assert f"| {name} | {(end - start) // HOUR} |" in page
    assert ", ".join(f"`{g}`" for g in GRANULARITIES) in " ".join(page.split())
