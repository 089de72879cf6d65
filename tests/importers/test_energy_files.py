"""Electricity and gas files from their content into a store, and again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.importers.importing import import_files
from selfdata_sdk.importers.registry import Importers
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.files import enedis_load_curve

FILES = Path(__file__).parents[1] / "files"
FIRST, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)

REAL = {
    "electricity/TestGBDataHourlyNineDaysBinnedDaily.xml": ("green-button", 216),
    "electricity/electric_containerized.xml": ("green-button", 8),
    "electricity/sample_greenbutton_data.xml": ("green-button", 362),
    "electricity/test_usage_data_01.xml": ("green-button", 96),
    "gas/Donnees_informatives_PCE_DAILY.xlsx": ("grdf-xlsx", 360 + 361),
    "gas/Donnees_informatives_PCE_MONTHLY.xlsx": ("grdf-xlsx", 13),
    "gas/donnees_publiees.json": ("grdf-json", 87 + 89),
}


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_is_recognised_by_its_content_and_imports_once(name: str, tmp_path: Path) -> None:
    path = tmp_path / "download"
    path.write_bytes((FILES / name).read_bytes())
    with PersonalStore(MemoryCloud()) as store:
        first = import_files(store, [path], now=FIRST)
        again = import_files(store, [path], now=LATER)
    assert (first.files[0].format, first.created, first.rejected) == (*REAL[name], 0)
    assert (again.created, again.updated, again.unchanged) == (0, 0, REAL[name][1])


def test_a_load_curve_imports_once_and_a_longer_one_adds_what_is_new(tmp_path: Path) -> None:
    short = enedis_load_curve(tmp_path / "short.csv", range(1000))
    long = enedis_load_curve(tmp_path / "long.csv", range(1500))
    with PersonalStore(MemoryCloud()) as store:
        assert import_files(store, [short], now=FIRST).created == 1000
        report = import_files(store, [long], now=LATER)
    assert (report.created, report.updated, report.unchanged) == (500, 0, 1000)


def test_empty_values_are_reported_as_one_gap_with_its_bounds(tmp_path: Path) -> None:
    values = [5] * 10 + [None] * 4 + [5] * 10
    with PersonalStore(MemoryCloud()) as store:
        report = import_files(store, [enedis_load_curve(tmp_path / "gap.csv", values)], now=FIRST)
    (series,) = report.files[0].series
    assert (series.count, series.gap_count) == (20, 1)
    assert series.gap_time.total_seconds() == 4 * 1800


def test_each_energy_importer_has_a_name_of_its_own_and_is_built_in() -> None:
    names = {i.name for i in Importers()}
    assert {
        "conso-downloader",
        "enedis-data-connect",
        "enedis-index",
        "enedis-load-curve",
        "enedis-sge",
        "grdf-json",
        "grdf-xlsx",
        "green-button",
    } <= names


@pytest.mark.parametrize("name", REAL)
def test_no_real_file_names_a_path_or_a_supply_point_in_its_places(name: str) -> None:
    with PersonalStore(MemoryCloud()) as store:
        report = import_files(store, [FILES / name], now=FIRST)
    remarks = " ".join(r.locator for f in report.files for r in f.remarks)
    assert "00000000000003" not in remarks
    assert "/" not in remarks
