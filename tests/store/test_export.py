"""An export is whole, open, and comes back without loss."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import NewerFormat, RequestError
from selfdata_sdk.model import REGISTRY, Record, Source, Table, WaterUse
from selfdata_sdk.model.table import tables as tables_of
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.export import export, is_export, neutral, restore
from selfdata_sdk.testing.strategies import tables

FIRST = datetime(2024, 3, 1, tzinfo=UTC)


def use(day: int, litres: str, *, imported: int = 1, holder: str = "veolia") -> WaterUse:
    source = Source(
        holder=holder,
        importer="test",
        version="1",
        sha256=f"{imported:064x}",
        locator=f"line {day}",
        retrieved_at=FIRST + timedelta(days=400 + imported),
    )
    start = FIRST + timedelta(days=day)
    return WaterUse(
        start=start, end=start + timedelta(days=1), litres=Decimal(litres), cadence="P1D", point="P1", source=source
    )


def filled() -> PersonalStore:
    store = PersonalStore(MemoryCloud())
    store.write(tables_of([use(day, "100.5") for day in range(40)]))
    store.write(tables_of([use(3, "90", imported=2), use(50, "1", imported=2)]))
    return store


def everything(store: PersonalStore) -> tuple[list[Record], list[Record]]:
    types = {h.series.type for h in store.summary()}
    current = [r for t in sorted(types) for p in store.pages(t) for r in p.current.records()]
    past = [r for t in sorted(types) for r in store.history(t)]
    return current, past


def test_an_export_brought_into_an_empty_store_gives_the_same_records_revisions_history_and_names(
    tmp_path: Path,
) -> None:
    store = filled()
    done = export(store, tmp_path / "out")
    assert done.records == {"water.use/1": 41}
    other = PersonalStore(MemoryCloud())
    restore(other, tmp_path / "out")
    assert everything(other) == everything(store)
    assert len(everything(other)[1]) == 1
    assert other.cloud.list("page.") == store.cloud.list("page.")


def test_an_export_brought_back_into_its_own_store_changes_nothing(tmp_path: Path) -> None:
    store = filled()
    before = everything(store)
    export(store, tmp_path / "out")
    written = restore(store, tmp_path / "out").written
    assert (written.created, written.updated, written.unchanged) == (0, 0, 41)
    assert everything(store) == before


@pytest.mark.parametrize("record_type", list(REGISTRY), ids=lambda t: t.type)
def test_every_type_of_record_survives_the_way_out_and_back(
    record_type: type[Record], tmp_path_factory: pytest.TempPathFactory
) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(tables(record_type))
    def there_and_back(table: Table) -> None:
        store, other = PersonalStore(MemoryCloud()), PersonalStore(MemoryCloud())
        store.write([table])
        folder = tmp_path_factory.mktemp("export") / "out"
        export(store, folder)
        restore(other, folder)
        assert everything(other) == everything(store)

    there_and_back()


def test_each_line_is_valid_under_the_schema_beside_it(tmp_path: Path) -> None:
    export(filled(), tmp_path / "out")
    schema = json.loads((tmp_path / "out/schemas/water.use-1.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    lines = (tmp_path / "out/records/water.use-1.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 41
    for line in lines:
        validator.validate(json.loads(line))
    broken = json.loads(lines[0]) | {"litres": -1}
    assert not validator.is_valid(broken)


def test_the_sources_are_listed_with_how_many_records_came_from_each(tmp_path: Path) -> None:
    export(filled(), tmp_path / "out")
    sources = json.loads((tmp_path / "out/sources.json").read_text(encoding="utf-8"))
    assert [(s["sha256"][-1], s["records"]) for s in sources] == [("1", 39), ("2", 2)]


def test_the_sheet_holds_every_record_and_no_formula(tmp_path: Path) -> None:
    store = PersonalStore(MemoryCloud())
    store.write(tables_of([use(1, "12.5", holder="=HYPERLINK(1)")]))
    export(store, tmp_path / "out")
    with (tmp_path / "out/csv/water.use-1.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["holder"] == "'=HYPERLINK(1)"
    assert row["litres"] == "12.5"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_text_that_starts_like_a_formula_is_made_harmless(text: str) -> None:
    assert neutral(text) == "'" + text
    assert neutral("x" + text) == "x" + text


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RequestError, match="not empty"):
        export(filled(), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_changed_file_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    export(filled(), tmp_path / "out")
    lines = tmp_path / "out/records/water.use-1.jsonl"
    lines.write_text(lines.read_text(encoding="utf-8").replace("100.5", "999"), encoding="utf-8")
    other = PersonalStore(MemoryCloud())
    with pytest.raises(RequestError, match="was changed since"):
        restore(other, tmp_path / "out")
    assert other.cloud.list() == []


def _index(folder: Path, **changes: object) -> None:
    path = folder / "export.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def test_an_index_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    export(filled(), tmp_path / "out")
    _index(tmp_path / "out", files={"../secret": "0" * 64})
    with pytest.raises(RequestError, match="outside its folder"):
        restore(PersonalStore(MemoryCloud()), tmp_path / "out")


def test_a_file_that_the_index_does_not_vouch_for_is_refused(tmp_path: Path) -> None:
    export(filled(), tmp_path / "out")
    _index(tmp_path / "out", files={})
    with pytest.raises(RequestError, match="missing or was changed"):
        restore(PersonalStore(MemoryCloud()), tmp_path / "out")


def test_a_newer_export_is_refused(tmp_path: Path) -> None:
    export(filled(), tmp_path / "out")
    _index(tmp_path / "out", format=2)
    with pytest.raises(NewerFormat, match="format 2"):
        restore(PersonalStore(MemoryCloud()), tmp_path / "out")


def test_a_folder_is_known_as_an_export_by_its_index(tmp_path: Path) -> None:
    export(filled(), tmp_path / "out")
    assert is_export(tmp_path / "out")
    assert not is_export(tmp_path)
