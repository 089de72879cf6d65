"""`import_files`: files into a store, whole or not at all, and twice without a trace."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from selfdata_sdk.errors import Conflict, RequestError
from selfdata_sdk.importers import Importers, Options, import_files
from selfdata_sdk.model import WaterReading, WaterUse
from selfdata_sdk.store import PersonalStore

COUNTS = {
    "electricity/TestGBDataHourlyNineDaysBinnedDaily.xml": 216,
    "electricity/electric_containerized.xml": 8,
    "electricity/sample_greenbutton_data.xml": 362,
    "electricity/test_usage_data_01.xml": 96,
    "gas/Donnees_informatives_PCE_DAILY.xlsx": 721,
    "gas/Donnees_informatives_PCE_MONTHLY.xlsx": 13,
    "gas/donnees_publiees.json": 176,
    "daiad/daiad_alicante_clean.csv": 17_315,
    "daiad/daiad_alicante_leak_12d.csv": 17_301,
    "water/historique_jours_litres.csv": 30,
    "water/historique_mois_litres.csv": 12,
    "water/weusedto_toilet.csv": 1_188,
    "water/weusedto_wholehouse.csv": 16_615,
}
BUILT_IN = Importers()


def test_the_real_files_import_with_these_counts_and_a_second_time_nothing_is_written(
    store: PersonalStore, water: Path, now: datetime
) -> None:
    paths = [water.parent / name for name in COUNTS]
    first = import_files(store, paths, now=now, importers=BUILT_IN)
    assert dict(zip(COUNTS, (f.created for f in first.files), strict=True)) == COUNTS
    held, documents = store.summary(), store.cloud.get_many(store.cloud.list())
    again = import_files(store, paths, now=now + timedelta(days=3), importers=BUILT_IN)
    assert [(f.created, f.updated, f.unchanged) for f in again.files] == [(0, 0, c) for c in COUNTS.values()]
    assert store.summary() == held
    assert store.cloud.get_many(store.cloud.list()) == documents


def test_what_is_stored_is_what_the_report_says(store: PersonalStore, water: Path, now: datetime) -> None:
    report = import_files(store, [water / "historique_jours_litres.csv"], now=now, importers=BUILT_IN)
    held = {(h.series, h.count, h.start, h.end) for h in store.summary()}
    assert {(s.series, s.count, s.start, s.end) for s in report.files[0].series} == held


def test_all_records_of_a_call_carry_one_instant_the_holder_and_the_file(
    store: PersonalStore, water: Path, now: datetime
) -> None:
    paths = [water / "historique_jours_litres.csv", water / "historique_mois_litres.csv"]
    import_files(store, paths, now=now, importers=BUILT_IN, options=Options(holder="SEDIF", about="W-7"))
    records = store.read(WaterReading).records()
    assert {r.source.retrieved_at for r in records} == {now}
    assert {r.source.holder for r in records} == {"SEDIF"}
    assert {r.series.about for r in records} == {"W-7"}
    first = min(records, key=lambda r: r.series.cadence)
    assert first.source.locator == "line 2"
    assert first.source.sha256 is not None


def test_a_name_of_another_format_does_not_matter(
    store: PersonalStore, water: Path, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "facture.pdf"
    path.write_bytes((water / "historique_jours_litres.csv").read_bytes())
    assert import_files(store, [path], now=now, importers=BUILT_IN).created == 30


def test_progress_is_told_before_each_file(store: PersonalStore, water: Path, now: datetime) -> None:
    told: list[tuple[str, int, int]] = []
    paths = [water / "historique_jours_litres.csv", water / "none.csv"]
    import_files(store, paths, now=now, importers=BUILT_IN, progress=lambda *step: told.append(step))
    assert told == [("historique_jours_litres.csv", 0, 2), ("none.csv", 1, 2)]


def test_an_unknown_zone_is_refused_before_any_file_is_read(store: PersonalStore, water: Path, now: datetime) -> None:
    with pytest.raises(RequestError, match="no time zone"):
        import_files(store, [water / "none.csv"], now=now, importers=BUILT_IN, options=Options(tz="Europe/Lyon"))


def test_errors_of_the_store_are_raised_and_not_taken_for_a_bad_file(
    store: PersonalStore, water: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(tables: object) -> None:
        raise Conflict("Somebody else writes.")

    monkeypatch.setattr(store, "write", busy)
    with pytest.raises(Conflict):
        import_files(store, [water / "historique_jours_litres.csv"], now=now, importers=BUILT_IN)


def test_a_holders_correction_is_a_revision(store: PersonalStore, water: Path, tmp_path: Path, now: datetime) -> None:
    import_files(store, [water / "historique_jours_litres.csv"], now=now, importers=BUILT_IN)
    path = tmp_path / "later.csv"
    text = (water / "historique_jours_litres.csv").read_text(encoding="utf-8")
    path.write_text(text.replace(";668;Mesuré", ";669;Mesuré"), encoding="utf-8")
    report = import_files(store, [path], now=now + timedelta(days=1), importers=BUILT_IN)
    assert (report.created, report.updated, report.unchanged) == (0, 1, 29)
    assert max(r.revision for r in store.read(WaterUse).records()) == 2


def test_an_import_can_be_taken_back(store: PersonalStore, water: Path, now: datetime) -> None:
    import_files(store, [water / "historique_mois_litres.csv"], now=now, importers=BUILT_IN)
    held = store.summary()
    both = [water / "historique_jours_litres.csv", water / "weusedto_toilet.csv"]
    import_files(store, both, now=now + timedelta(hours=1), importers=BUILT_IN)
    assert store.undo().removed == 30 + 1_188
    assert store.summary() == held


@pytest.mark.parametrize(
    "options", [Options(about="été\u202e"), Options(register="a b"), Options(about="x" * 65), Options(about=" ")]
)
def test_a_name_that_no_supply_point_or_register_has_is_refused_and_nothing_is_written(
    options: Options, store: PersonalStore, water: Path, now: datetime
) -> None:
    (file,) = import_files(
        store, [water / "historique_jours_litres.csv"], now=now, importers=BUILT_IN, options=options
    ).files
    assert file.refused is not None
    assert "cannot be used as a" in file.refused.what
    assert store.summary() == ()


@pytest.mark.parametrize("holder", ["a\nb", "x" * 201, "\u200b"])
def test_a_holder_that_cannot_be_shown_is_refused(
    holder: str, store: PersonalStore, water: Path, now: datetime
) -> None:
    with pytest.raises(RequestError, match="holder"):
        import_files(store, [water / "none.csv"], now=now, importers=BUILT_IN, options=Options(holder=holder))


def test_a_file_that_is_not_in_the_format_named_is_refused(store: PersonalStore, water: Path, now: datetime) -> None:
    path = water / "historique_jours_litres.csv"
    (file,) = import_files(store, [path], now=now, importers=BUILT_IN, format="grdf-json").files
    assert file.refused is not None
    assert file.refused.what.startswith("It is not in the format grdf-json. It is a table of 4 columns")
