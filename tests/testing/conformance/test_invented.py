"""Records of every type can be invented, and changed field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.model import REGISTRY, Record
from selfdata_sdk.model.check import faults
from selfdata_sdk.model.column import Codes, Column, same
from selfdata_sdk.model.field import ENVELOPE, fields_of
from selfdata_sdk.model.reduction import Part
from selfdata_sdk.service.payload import Payload
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.conformance.changes import changes, differs, emptied
from selfdata_sdk.testing.conformance.invented import invented

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
TYPES = pytest.mark.parametrize("record_type", tuple(REGISTRY), ids=lambda t: t.type)


def payload(record_type: type[Record]) -> Payload:
    table = invented(record_type, NOW, "Europe/Paris")
    assert table is not None
    names = [n for n in fields_of(record_type) if n not in ENVELOPE]
    n = len(table)
    quality = table.column("quality")
    rows = Part({name: table.column(name) for name in names}, quality, np.zeros(n, bool), np.ones(n))  # type: ignore[arg-type]
    return Payload(rows, np.zeros(n, np.int64), ("Europe/Paris",), "raw", 0, 1, 0)


@TYPES
def test_a_store_takes_what_is_invented(record_type: type[Record]) -> None:
    table = invented(record_type, NOW, "Europe/Paris")
    assert table is not None
    assert not faults(table).any()
    with PersonalStore(MemoryCloud()) as store:
        assert store.write([table]).created == len(table) > 2
    assert all(r.source.holder == "persona" for r in table.records())


@TYPES
def test_every_field_has_values(record_type: type[Record]) -> None:
    table = invented(record_type, NOW, "Europe/Paris")
    assert table is not None
    first = table.records()[0]
    empty = [n for n in fields_of(record_type) if n not in (*ENVELOPE, "end") and getattr(first, n) in (None, ())]
    assert not empty


@TYPES
def test_every_field_can_be_changed_alone(record_type: type[Record]) -> None:
    whole = payload(record_type)
    for spec in fields_of(record_type).values():
        if spec.name in record_type.time_fields or spec.name in ENVELOPE:
            continue
        for name in [f"{spec.name}.{item.name}" for item in spec.items] or [spec.name]:
            changed = [way(whole) for _, way in changes(record_type, name)]
            assert any(differs(whole, after) for after in changed), name
            assert {head(n) for after in changed for n in touched(whole, after)} == {spec.name}


def touched(before: Payload, after: Payload) -> list[str]:
    assert len(before) == len(after)
    columns = after.rows.columns
    return [n for n, column in before.rows.columns.items() if not alike(column, columns[n])]


def alike(before: Column, after: Column) -> bool:
    return bool(same(before, after).all())


def head(name: str) -> str:
    return name.partition(".")[0]


@TYPES
def test_a_change_keeps_to_what_the_field_allows(record_type: type[Record]) -> None:
    table = invented(record_type, NOW, "Europe/Paris")
    assert table is not None
    whole = payload(record_type)
    for spec in fields_of(record_type).values():
        if spec.kind in ("quantity", "integer", "boolean", "money") and spec.name != "revision":
            for how, way in changes(record_type, spec.name):
                changed = table.replace(**{spec.name: way(whole).rows.columns[spec.name]})
                assert not faults(changed).any(), f"{spec.name}, {how}"


def test_the_quality_can_be_changed() -> None:
    whole = payload(REGISTRY.get("water.use/1"))
    ways = dict(changes(REGISTRY.get("water.use/1"), "quality"))
    assert set(ways["all estimated"](whole).rows.quality.list()) == {"estimated"}
    assert not differs(whole, ways["permuted"](whole))
    assert differs(whole, ways["every second"](whole))


def test_a_pseudonym_can_be_changed() -> None:
    record_type = REGISTRY.get("water.use/1")
    whole = payload(record_type)
    named = {**whole.rows.columns, "point": Codes.constant("aa11", len(whole))}
    whole = replace(whole, rows=replace(whole.rows, columns=named))
    changed = [way(whole) for _, way in changes(record_type, "point")]
    assert {n for after in changed for n in touched(whole, after)} == {"point"}


def test_nothing_is_left_of_what_is_emptied() -> None:
    whole = payload(REGISTRY.get("water.use/1"))
    assert len(emptied(whole)) == 0
    assert differs(whole, emptied(whole))
