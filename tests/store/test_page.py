"""Pages: what is written is read, by both codecs; what is damaged or newer is refused."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfdata_sdk.cloud import Change, MemoryCloud
from selfdata_sdk.errors import DamagedPage, NewerFormat
from selfdata_sdk.model import (
    REGISTRY,
    ElectricityUse,
    Record,
    Registry,
    Series,
    Source,
    SupplyContract,
    Table,
    WaterReading,
    WaterUse,
)
from selfdata_sdk.model.column import NULL, Codes, Column, Ints, Lists, Moneys, same
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.store import PersonalStore, page
from selfdata_sdk.store.encoding import decode, encode
from selfdata_sdk.testing import strategies

TYPES = sorted(REGISTRY, key=lambda t: t.type)
SOURCE = Source(holder="h", importer="i", version="1", retrieved_at=datetime(2025, 1, 1, tzinfo=UTC))


def assert_same(a: Table, b: Table) -> None:
    assert a.record_type is b.record_type
    assert a.series == b.series
    assert len(a) == len(b)
    for name in fields_of(a.record_type):
        assert same(a.column(name), b.column(name)).all(), name
    left, right = ([t.sources[i] for i in t.ints("source")] for t in (a, b))
    assert left == right
    assert (a.ints("locator") == b.ints("locator")).all()


@pytest.mark.parametrize("binary", [True, False], ids=["packed", "plain"])
@pytest.mark.parametrize("record_type", TYPES, ids=lambda t: t.type)
def test_a_page_of_any_type_reads_as_it_was_written(record_type: type[Record], binary: bool) -> None:
    @settings(max_examples=15, deadline=None)
    @given(strategies.tables(record_type))
    def check(table: Table) -> None:
        loaded = page.load(page.dump(table, binary=binary), REGISTRY)
        assert_same(table, loaded)
        assert loaded.records() == table.records()

    check()


@pytest.mark.parametrize("binary", [True, False], ids=["packed", "plain"])
@pytest.mark.parametrize("record_type", [WaterUse, ElectricityUse, SupplyContract], ids=lambda t: t.type)
def test_the_columns_asked_for_are_those_of_the_whole_page(record_type: type[Record], binary: bool) -> None:
    @settings(max_examples=15, deadline=None)
    @given(strategies.tables(record_type), st.sets(st.sampled_from(sorted(fields_of(record_type)))))
    def check(table: Table, wanted: set[str]) -> None:
        data = page.dump(table, binary=binary)
        some = page.load(data, REGISTRY, frozenset(wanted))
        for name in wanted | set(record_type.time_fields):
            assert same(some.column(name), table.column(name)).all()
        assert set(some.columns) <= wanted | set(record_type.time_fields)
        assert some.sources == ()

    check()


INTEGERS = st.one_of(
    st.integers(NULL, 2**63 - 1),
    st.integers(-3, 3),
    st.sampled_from(
        [NULL, NULL + 1, -(2**62), 2**62, 2**63 - 1, 2**53, -(2**53), 2**53 - 1, 0, 255, 256, 65536, 2**32]
    ),
)
REGULAR = st.builds(
    lambda first, step, n: [first + step * i for i in range(n)],
    st.integers(-(2**60), 2**60),
    st.integers(-(2**40), 2**40),
    st.integers(1, 20),
)


@st.composite
def integers(draw: st.DrawFn) -> dict[str, Column]:
    """Two columns, the second often a multiple of the first."""
    values = draw(st.lists(INTEGERS, min_size=1, max_size=20) | REGULAR)
    k = draw(st.sampled_from([2, 3, 1000, 1_000_000, 1_000_001, 2**40]))
    fits = all(v != NULL and abs(v * k) < 2**63 for v in values)
    second = [v * k for v in values] if fits and draw(st.booleans()) else draw(_like(values))
    return {"a": Ints(np.array(values, np.int64)), "b": Ints(np.array(second, np.int64))}


def _like(values: list[int]) -> st.SearchStrategy[list[int]]:
    return st.lists(INTEGERS, min_size=len(values), max_size=len(values))


@settings(max_examples=300, deadline=None)
@given(integers())
def test_any_integers_are_kept_and_arrays_hold_none_below_zero(columns: dict[str, Column]) -> None:
    held: list[Any] = []

    def put(array: Any, largest: int) -> int:
        assert array.min() >= 0
        assert array.max() == largest
        held.append(array)
        return len(held) - 1

    described = json.loads(json.dumps(encode(columns, put)))
    assert_i_json(described)
    found = decode(described, len(columns["a"]), lambda place, n: held[place])
    for name, column in columns.items():
        assert same(found[name], column).all()


def test_a_column_that_is_a_multiple_of_another_is_not_stored_twice() -> None:
    energy = np.array([120, 0, 355, 210], np.int64)
    columns = {"energy": Ints(energy), "power": Ints(energy * 2)}
    assert encode(columns, lambda array, largest: 0)["power"] == {"x": ["energy", 2]}


def numbers_in(value: Any) -> Iterator[int | float]:
    if isinstance(value, dict):
        for v in value.values():
            yield from numbers_in(v)
    elif isinstance(value, list):
        for v in value:
            yield from numbers_in(v)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def assert_i_json(value: Any) -> None:
    assert all(isinstance(n, int) and abs(n) < 2**53 for n in numbers_in(value))


@pytest.mark.parametrize("record_type", TYPES, ids=lambda t: t.type)
def test_a_plain_page_is_canonical_json_with_exact_integers_only(record_type: type[Record]) -> None:
    @settings(max_examples=15, deadline=None)
    @given(strategies.tables(record_type))
    def check(table: Table) -> None:
        data = page.dump(table, binary=False)
        value = json.loads(data)
        assert_i_json(value)
        assert json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode() == data

    check()


def test_i_json_refuses_a_float_and_a_large_integer() -> None:
    for bad in ({"a": [1.5]}, {"a": 2**53}):
        with pytest.raises(AssertionError):
            assert_i_json(bad)


def use_table(n: int = 50) -> Table:
    starts = np.arange(n, dtype=np.int64) * 3_600_000_000
    litres = (np.arange(n, dtype=np.int64) * 7919) % 1000 * 1000
    columns: dict[str, Column] = {
        "start": Ints(starts),
        "end": Ints(starts + 3_600_000_000),
        "litres": Ints(litres),
        "min_flow": Ints(np.where(litres % 3000 == 0, NULL, litres // 2)),
        "ext": Codes.of([None, '{"x":1}'] * (n // 2)),
    }
    return Table(WaterUse, Series(WaterUse.type, "veolia", "P1", cadence="PT1H"), columns, (SOURCE,))


def test_a_flipped_bit_anywhere_in_a_packed_page_is_noticed() -> None:
    table = use_table()
    data = page.dump(table, binary=True)
    for place in range(len(data)):
        for bit in range(8):
            spoiled = bytearray(data)
            spoiled[place] ^= 1 << bit
            with pytest.raises((DamagedPage, NewerFormat)):
                page.load(bytes(spoiled), REGISTRY)


@pytest.mark.parametrize("binary", [True, False], ids=["packed", "plain"])
def test_a_page_cut_short_is_damaged(binary: bool) -> None:
    data = page.dump(use_table(), binary=binary)
    for length in range(len(data)):
        with pytest.raises(DamagedPage):
            page.load(data[:length], REGISTRY)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_plain_page_with_any_part_exchanged_reads_or_is_refused_with_a_clear_error(data: st.DataObject) -> None:
    value = json.loads(page.dump(use_table(6), binary=False))
    path: Any = value
    while True:
        key = data.draw(st.sampled_from(sorted(path) if isinstance(path, dict) else range(len(path))))
        inner = path[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            path = inner
            continue
        path[key] = data.draw(
            st.none()
            | st.integers(-5, 2**60)
            | st.text(max_size=3)
            | st.just([])
            | st.just({})
            | st.just([1, "a", None])
        )
        break
    try:
        table = page.load(json.dumps(value).encode(), REGISTRY)
    except (DamagedPage, NewerFormat):
        return
    assert all(len(c) == len(table) for c in table.columns.values())
    for column in table.columns.values():
        column.take(np.arange(len(table)))
        if isinstance(column, Codes):
            assert len(column.list()) == len(table)


def crafted(change: dict[str, Any], table: Table | None = None) -> bytes:
    """A plain page as another program might write it."""
    return json.dumps(json.loads(page.dump(table or use_table(6), binary=False)) | change).encode()


@pytest.mark.parametrize(
    "change",
    [
        {"n": 10**15},
        {"n": -1},
        {"n": 0},
        {"columns": {"start": {"x": ["start", 2]}}},
        {"columns": []},
        {"sources": [{"holder": "h"}]},
        {"sources": []},
        {"series": ["veolia", ["P1"], "", "", "UTC"]},
        {"type": ["water.use/1"]},
    ],
    ids=str,
)
def test_a_plain_page_that_does_not_fit_together_is_damaged(change: dict[str, Any]) -> None:
    table = use_table(6).replace(source=Ints(np.array([0, 0, 0, 0, 0, 0]))) if change != {"sources": []} else None
    with pytest.raises(DamagedPage):
        page.load(crafted(change, table), REGISTRY)


def test_a_packed_page_does_not_unpack_more_than_it_says() -> None:
    data = page.dump(use_table(), binary=True)
    blob = zlib.compress(b"\0" * 50_000_000)
    head = json.dumps(
        {
            "v": 1,
            "type": WaterUse.type,
            "series": ["v", "", "", "", "UTC"],
            "n": 3,
            "sources": [],
            "columns": {"start": {"a": [0, len(blob), 1], "b": 0}, "end": {"c": 5}},
        }
    ).encode()
    prefix = data[:8] + len(head).to_bytes(4, "little")
    body = head + blob
    crc = zlib.crc32(body, zlib.crc32(prefix)).to_bytes(4, "little")
    assert len(page.load(prefix + crc + body, REGISTRY)) == 3


@pytest.mark.parametrize("binary", [True, False], ids=["packed", "plain"])
def test_a_newer_format_is_refused(binary: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "FORMAT", 2)
    data = page.dump(use_table(), binary=binary)
    monkeypatch.undo()
    with pytest.raises(NewerFormat, match="format 2"):
        page.load(data, REGISTRY)


def test_fields_and_types_that_are_not_known_are_refused() -> None:
    data = crafted({"columns": json.loads(crafted({}))["columns"] | {"temperature": {"c": 12}}})
    with pytest.raises(NewerFormat, match="temperature"):
        page.load(data, REGISTRY)
    with pytest.raises(NewerFormat, match=r"water\.use/1"):
        page.load(page.dump(use_table(), binary=True), Registry((WaterReading,)))


@pytest.mark.parametrize("atomic", [True, False])
def test_a_page_of_a_newer_version_is_never_rewritten(atomic: bool) -> None:
    cloud = MemoryCloud(atomic=atomic, binary=False)
    store = PersonalStore(cloud)
    store.write([use_table()])
    (name,) = cloud.list("page.")
    held = cloud.get(name)
    assert held is not None
    value = json.loads(held.data)
    value["columns"]["temperature"] = {"c": 12}
    cloud.commit([Change(name, json.dumps(value).encode(), held.version)])
    before = {n: d.data for n, d in cloud.get_many(cloud.list()).items()}
    summary = store.summary()
    litres = Ints(np.full(50, 5000, np.int64))
    refused: list[Callable[[], object]] = [
        lambda: store.write([use_table().replace(litres=litres)]),
        lambda: store.erase(WaterUse),
        store.undo,
        lambda: store.read(WaterUse),
        store.rebuild,
    ]
    for act in refused:
        with pytest.raises(NewerFormat):
            act()
        assert {n: d.data for n, d in cloud.get_many(cloud.list()).items()} == before
    assert store.summary() == summary


def test_defaults_are_not_written_and_read_as_defaults() -> None:
    table = use_table(6)
    full = table.replace(
        quality=Codes.constant("measured", 6), revision=Ints.constant(1, 6), basis=Codes.constant(None, 6)
    )
    assert page.dump(full, binary=False) == page.dump(table, binary=False)


def test_only_words_that_occur_are_written() -> None:
    table = use_table(6).replace(ext=Codes(np.array([1, 1, -1, 1, 1, 1], np.int32), ('{"secret":1}', '{"x":1}')))
    assert b"secret" not in page.dump(table, binary=False)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.tables(SupplyContract, max_size=6), st.data())
def test_nested_lists_and_money_keep_their_rows_when_rows_are_taken(table: Table, data: st.DataObject) -> None:
    rows = np.array(data.draw(st.lists(st.integers(0, len(table) - 1), min_size=1, max_size=6)), np.int64)
    taken = table.take(np.sort(rows))
    loaded = page.load(page.dump(taken, binary=True), REGISTRY)
    assert_same(taken, loaded)
    assert isinstance(loaded.column("prices"), Lists)
    assert isinstance(loaded.column("prices").items["price"], Moneys)  # type: ignore[union-attr]
