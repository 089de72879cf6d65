"""Records and tables tell the same facts; columns can be taken, joined and compared without loss."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.model import REGISTRY, Money, Record, Source, Table, Tariff, TariffBlock, WaterUse
from selfdata_sdk.model.column import Codes, Ints, concat, same
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.table import join, to_values
from selfdata_sdk.model.table import tables as as_tables
from selfdata_sdk.testing.strategies import duplicates, records, revisions, series, tables

TYPES = pytest.mark.parametrize("record_type", tuple(REGISTRY), ids=lambda t: t.type)
SOME = settings(max_examples=25, deadline=None)


@TYPES
@given(data=st.data())
@SOME
def test_records_come_back_from_their_table(record_type: type[Record], data: st.DataObject) -> None:
    of = data.draw(series(record_type))
    given_records = data.draw(st.lists(records(record_type, of), min_size=1, max_size=4))
    (table,) = as_tables(given_records)
    back = table.records()
    assert back == given_records
    assert [r.model_dump_json() for r in back] == [
        r.model_dump_json() for r in (type(r).model_validate_json(r.model_dump_json()) for r in back)
    ]
    assert [r.id for r in back] == [r.id for r in given_records]


@TYPES
@given(data=st.data())
@SOME
def test_a_table_comes_back_from_its_records(record_type: type[Record], data: st.DataObject) -> None:
    table = data.draw(tables(record_type))
    (back,) = as_tables(table.records())
    assert back.series == table.series
    for name in fields_of(record_type):
        assert same(back.column(name), table.column(name)).all(), name


@TYPES
@given(data=st.data())
@SOME
def test_rows_taken_and_joined_again_are_the_table(record_type: type[Record], data: st.DataObject) -> None:
    table = data.draw(tables(record_type, min_size=2))
    cut = data.draw(st.integers(1, len(table) - 1))
    again = join([table.take(slice(0, cut)), table.take(np.arange(cut, len(table)))])
    assert again.records() == table.records()


@TYPES
@given(data=st.data())
@SOME
def test_a_row_taken_is_that_record(record_type: type[Record], data: st.DataObject) -> None:
    table = data.draw(tables(record_type))
    rows = np.array(data.draw(st.lists(st.integers(0, len(table) - 1), min_size=1, max_size=5)), np.int64)
    all_records = table.records()
    assert table.take(rows).records() == [all_records[i] for i in rows]


@TYPES
@given(data=st.data())
@SOME
def test_same_tells_exactly_the_rows_whose_values_differ(record_type: type[Record], data: st.DataObject) -> None:
    table = data.draw(tables(record_type))
    other, changed = data.draw(revisions(table))
    for name, spec in fields_of(record_type).items():
        left, right = table.column(name), other.column(name)
        equal = [a == b for a, b in zip(to_values(spec, left), to_values(spec, right), strict=True)]
        assert same(left, right).tolist() == equal
        assert same(left, left).all()
    before, after = table.records(), other.records()
    assert {i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b} == changed
    assert [r.id for r in before] == [r.id for r in after]


@TYPES
@given(data=st.data())
@SOME
def test_duplicates_are_the_same_facts(record_type: type[Record], data: st.DataObject) -> None:
    table = data.draw(tables(record_type))
    twice = data.draw(duplicates(table))
    assert len(twice) > len(table)
    assert {r.id for r in twice.records()} == {r.id for r in table.records()}


@given(st.lists(st.lists(st.none() | st.text("abc", max_size=2), max_size=5), min_size=1, max_size=4))
def test_joined_texts_keep_their_order_and_each_word_once(parts: list[list[str | None]]) -> None:
    whole = concat([Codes.of(p) for p in parts])
    assert isinstance(whole, Codes)
    assert whole.list() == [w for p in parts for w in p]
    assert len(set(whole.words)) == len(whole.words)
    assert whole.compact().list() == whole.list()


def test_compacting_drops_words_that_no_row_has() -> None:
    assert Codes.of(["a", "b", None, "c"]).take(np.array([2, 3])).compact().words == ("c",)


SOURCE = Source(
    holder="veolia", importer="t", version="1", locator="line {}", retrieved_at=datetime(2025, 1, 1, tzinfo=UTC)
)
START = datetime(2025, 1, 1, tzinfo=UTC)


def litres(*values: str) -> list[Record]:
    days = [START.replace(day=1 + i) for i in range(len(values) + 1)]
    return [
        WaterUse(start=a, end=b, litres=Decimal(v), source=SOURCE)
        for a, b, v in zip(days[:-1], days[1:], values, strict=True)
    ]


def test_the_number_of_a_row_fills_the_template_of_its_source() -> None:
    (table,) = as_tables(litres("1", "2"))
    numbered = table.replace(locator=Ints(np.array([27, 28], np.int64)))
    assert [r.source.locator for r in numbered.records()] == ["line 27", "line 28"]


def test_a_row_without_a_number_keeps_the_template() -> None:
    (table,) = as_tables(litres("1"))
    assert [r.source.locator for r in table.records()] == ["line {}"]


def test_amounts_keep_their_digits_and_blocks_their_order() -> None:
    def block(label: str, above: str, amount: str) -> TariffBlock:
        return TariffBlock(label=label, above=Decimal(above), price=Money(amount=Decimal(amount), currency="EUR"))

    blocks = (block("free", "0", "0"), block("standard", "12", "1.10"), block("high", "180", "2.2000"))
    shared: dict[str, Any] = {"name": "Eau", "commodity": "water", "unit": "m3", "start": START, "source": SOURCE}
    tariff = Tariff(**shared, blocks=blocks)
    none = Tariff(**{**shared, "name": "Vide"})
    (table,) = as_tables([none, tariff, none])
    back = table.records()
    assert back == [none, tariff, none]
    assert isinstance(back[1], Tariff)
    assert [str(b.price.amount) for b in back[1].blocks] == ["0", "1.10", "2.2000"]
    assert same(table.column("blocks"), table.take(np.array([0, 1, 1])).column("blocks")).tolist() == [
        True,
        True,
        False,
    ]


def test_a_column_left_out_is_the_default() -> None:
    (full,) = as_tables(litres("1"))
    columns = {k: v for k, v in full.columns.items() if k in ("start", "end", "litres")}
    bare = Table(full.record_type, full.series, columns, full.sources)
    assert bare.records() == full.records()


def test_parts_with_other_sources_and_columns_join() -> None:
    (first,) = as_tables(litres("1"))
    (second,) = as_tables([r.model_copy(update={"quality": "estimated"}) for r in litres("2")])
    other = SOURCE.model_copy(update={"importer": "u"})
    second = Table(second.record_type, second.series, second.columns, (other,))
    bare = {k: v for k, v in first.columns.items() if k not in ("quality", "source")}
    joined = join([Table(first.record_type, first.series, bare, first.sources), second]).records()
    assert [r.quality for r in joined] == ["measured", "estimated"]
    assert [r.source.importer for r in joined] == ["t", "u"]
