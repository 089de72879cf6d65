"""Records of a type that a service declared are kept with what it was declared with, and can be read without the service."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.cloud import Change, Cloud, MemoryCloud, SqliteCloud
from selfdata_sdk.errors import ManifestError, NewerFormat, RequestError
from selfdata_sdk.model import REGISTRY, Record, Source, WaterUse
from selfdata_sdk.model.own_record import record_type_of
from selfdata_sdk.model.own_type import OwnType
from selfdata_sdk.model.table import tables
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.export import export, restore
from selfdata_sdk.store.own import document_name
from selfdata_sdk.testing.strategies import records
from selfdata_sdk.testing.strategies.own_type import extensions, own_types

SERVICE = "org.example.water-week"
SOURCE = Source(
    holder=SERVICE, importer=SERVICE, version="1", method="derived", retrieved_at=datetime(2026, 1, 1, tzinfo=UTC)
)
POINTS = {"type": "integer", "minimum": 0, "maximum": 100, "title": "Points", "x-title-fr": "Points"}
VALUE: dict[str, Any] = {
    "x-type": f"{SERVICE}.score/1",
    "title": "Week of water",
    "x-title-fr": "Semaine d'eau",
    "description": "How a week went.",
    "x-description-fr": "Comment une semaine s'est passée.",
    "type": "object",
    "x-time": "date",
    "properties": {"points": POINTS},
    "required": ["points"],
}
SCORE = OwnType.model_validate(VALUE)
KEPT = {"type": "boolean", "title": "Kept", "x-title-fr": "Tenu"}
MORE = OwnType.model_validate({**VALUE, "properties": {"points": POINTS, "kept": KEPT}})
OTHER = OwnType.model_validate({**VALUE, "properties": {"points": {**POINTS, "maximum": 5}, "kept": KEPT}})
DOCUMENT = document_name(SCORE.name)


def score(own: OwnType = SCORE, day: int = 1, **values: object) -> Record:
    given = {"on": f"2026-01-{day:02}", "points": 7, "source": SOURCE, **values}
    return record_type_of(own).model_validate(given)


@pytest.fixture(params=["memory", "sqlite"])
def cloud(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cloud]:
    with MemoryCloud() if request.param == "memory" else SqliteCloud(tmp_path / "cloud.sqlite") as made:
        yield made


def kept(cloud: Cloud, own: OwnType = SCORE, day: int = 1, **values: object) -> Record:
    record = score(own, day, **values)
    PersonalStore(cloud).write(tables([record]))
    return record


def test_its_records_are_read_by_a_store_that_was_never_told_of_it(cloud: Cloud) -> None:
    record = kept(cloud)
    store = PersonalStore(cloud)
    assert store.read(SCORE.name).records() == [record]
    assert store.read("org.example.water-week.score").records() == [record]
    assert [h.series.type for h in store.summary()] == [SCORE.name]
    assert record_type_of(SCORE) in list(store.registry)


def test_the_document_is_there_as_long_as_records_are(cloud: Cloud) -> None:
    kept(cloud)
    kept(cloud, day=2)
    store = PersonalStore(cloud)
    document = cloud.get(DOCUMENT)
    assert document is not None
    assert document.data == SCORE.canonical()
    on = store.read(SCORE.name).tables[0]
    assert store.erase(SCORE.name) == len(on) == 2
    assert cloud.get(DOCUMENT) is None


def test_what_is_erased_in_part_keeps_its_document(cloud: Cloud) -> None:
    kept(cloud)
    kept(cloud, day=2)
    (first, _) = PersonalStore(cloud).read(SCORE.name).records()
    store = PersonalStore(cloud)
    store.write(tables([score(points=8)]))
    assert store.history(SCORE.name) == [first]
    assert cloud.get(DOCUMENT) is not None


def test_all_that_a_service_made_goes_with_its_document(cloud: Cloud) -> None:
    kept(cloud)
    assert PersonalStore(cloud).erase(holder=SERVICE) == 1
    assert cloud.get(DOCUMENT) is None


def test_a_store_without_own_types_has_no_such_document(cloud: Cloud) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    use = WaterUse(start=start, end=start.replace(hour=1), litres=1, source=SOURCE)
    store = PersonalStore(cloud)
    store.declare([SCORE])
    store.write(tables([use]))
    assert cloud.list("type.") == []


def test_other_stores_do_not_know_it(cloud: Cloud) -> None:
    kept(cloud)
    assert SCORE.name not in REGISTRY
    assert SCORE.name not in PersonalStore(MemoryCloud()).registry


def test_the_types_that_a_store_knew_are_known_when_it_is_closed(tmp_path: Path) -> None:
    with SqliteCloud(tmp_path / "cloud.sqlite") as made:
        kept(made)
        types = PersonalStore(made).types([OwnType.model_validate({**VALUE, "x-type": f"{SERVICE}.month/1"})])
    assert [t.type for t in types if t.type.startswith(SERVICE)] == [f"{SERVICE}.month/1", SCORE.name]
    assert f"{SERVICE}.year/1" not in types


# Versions


def test_a_version_that_says_more_takes_over_what_is_kept(cloud: Cloud) -> None:
    kept(cloud)
    kept(cloud, MORE, day=2, kept=True)
    read = PersonalStore(cloud).read(SCORE.name).records()
    assert [getattr(record, "kept") for record in read] == [None, True]  # noqa: B009
    assert cloud.get(DOCUMENT).data == MORE.canonical()  # type: ignore[union-attr]


def test_an_earlier_version_does_not_undo_a_later_one(cloud: Cloud) -> None:
    kept(cloud, MORE, kept=True)
    store = PersonalStore(cloud)
    store.declare([SCORE])
    assert store.registry.get(SCORE.name) is record_type_of(MORE)
    assert store.erase(SCORE.name) == 1


def test_a_version_under_which_what_is_kept_breaks_is_refused(cloud: Cloud) -> None:
    kept(cloud)
    store = PersonalStore(cloud)
    with pytest.raises(ManifestError, match=r"do not fit its new schema \(points: maximum is tightened") as caught:
        store.declare([OTHER])
    assert "selfdata erase org.example.water-week.score" in caught.value.next
    with pytest.raises(ManifestError):
        store.write(tables([score(OTHER, points=3)]))
    assert store.erase(SCORE.name) == 1
    store.declare([OTHER])
    assert store.registry.get(SCORE.name) is record_type_of(OTHER)


def test_another_major_version_lives_beside(cloud: Cloud) -> None:
    second = OwnType.model_validate({**VALUE, "x-type": f"{SERVICE}.score/2", "x-time": "instant"})
    kept(cloud)
    at = record_type_of(second).model_validate({"at": "2026-01-01T00:00Z", "points": 1, "source": SOURCE})
    PersonalStore(cloud).write(tables([at]))
    store = PersonalStore(cloud)
    assert store.registry.get(f"{SERVICE}.score") is record_type_of(second)
    assert len(store.read(SCORE.name)) == len(store.read(second.name)) == 1


@settings(deadline=None)
@given(st.data())
def test_whatever_was_kept_is_read_under_each_later_version(data: st.DataObject) -> None:
    cloud = MemoryCloud()
    own = data.draw(own_types())
    later = data.draw(extensions(own))
    written = data.draw(records(record_type_of(own)))
    PersonalStore(cloud).write(tables([written]))
    store = PersonalStore(cloud)
    store.declare([later])
    (read,) = store.read(own.name, fields=None).records()
    assert read.model_dump(include=set(type(written).model_fields)) == written.model_dump()


# What others write


def test_a_document_that_declares_nothing_does_not_stop_the_rest(cloud: Cloud) -> None:
    kept(cloud)
    document = cloud.get(DOCUMENT)
    assert document is not None
    cloud.commit([Change(DOCUMENT, b'{"x-type": "evil"}', document.version)])
    store = PersonalStore(cloud)
    assert [t.type for t in store.registry] == [t.type for t in REGISTRY]
    with pytest.raises(RequestError, match="no record type"):
        store.read(SCORE.name)
    with pytest.raises(NewerFormat, match="which this version does not know"):
        store.erase(holder=SERVICE)
    store.declare([SCORE])
    assert len(store.read(SCORE.name)) == 1


# Exports


def test_an_export_holds_what_its_own_types_are_declared_with(cloud: Cloud, tmp_path: Path) -> None:
    record = kept(cloud)
    folder = export(PersonalStore(cloud), tmp_path / "export").folder
    assert (folder / "own/org.example.water-week.score-1.json").read_bytes() == SCORE.canonical()
    assert json.loads((folder / "schemas/org.example.water-week.score-1.json").read_text())["x-type"] == SCORE.name
    other = MemoryCloud()
    assert restore(PersonalStore(other), folder).written.created == 1
    assert PersonalStore(other).read(SCORE.name).records() == [record]


@pytest.mark.parametrize(
    "forged",
    [b"{}", SCORE.canonical().replace(b"score/1", b"grade/1"), SCORE.canonical().replace(b"integer", b"array")],
)
def test_an_export_whose_declaration_is_none_is_refused_and_nothing_is_written(
    cloud: Cloud, tmp_path: Path, forged: bytes
) -> None:
    kept(cloud)
    folder = export(PersonalStore(cloud), tmp_path / "export").folder
    name = "own/org.example.water-week.score-1.json"
    (folder / name).write_bytes(forged)
    index = json.loads((folder / "export.json").read_text())
    index["files"][name] = hashlib.sha256(forged).hexdigest()
    (folder / "export.json").write_text(json.dumps(index))
    other = MemoryCloud()
    with pytest.raises(RequestError, match="does not declare the record type"):
        restore(PersonalStore(other), folder)
    assert other.list() == []
