"""Merging: what becomes of a page when records come in that it may already hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfdata_sdk.model import BankTransaction, ElectricityPeak, Money, Record, SupplyContract, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.table import tables
from selfdata_sdk.store.merge import merge
from selfdata_sdk.testing import strategies

Uses = Callable[..., Table]
TYPES = [WaterUse, ElectricityPeak, SupplyContract, BankTransaction]


def content(record: Record) -> str:
    return record.model_dump_json(exclude={"source", "revision"})


def contents(table: Table) -> Counter[str]:
    return Counter(content(r) for r in table.records())


@pytest.mark.parametrize("record_type", TYPES, ids=lambda t: t.type)
def test_the_same_again_changes_nothing_whatever_its_source(record_type: type[Record]) -> None:
    @settings(max_examples=20, deadline=None)
    @given(strategies.tables(record_type), st.data())
    def check(table: Table, data: st.DataObject) -> None:
        held = merge(None, table)
        assert held.table is not None
        assert (held.created, held.updated, held.unchanged) == (len(table), 0, 0)
        source = data.draw(strategies.sources(holder=table.series.holder))
        elsewhere = Table(
            table.record_type, table.series, {**table.columns, "source": Ints.constant(0, len(table))}, (source,)
        )
        again = merge(held.table, data.draw(strategies.duplicates(elsewhere)))
        assert again.table is None
        assert again.replaced is None
        assert again.created == again.updated == 0

    check()


@pytest.mark.parametrize("record_type", TYPES, ids=lambda t: t.type)
def test_changed_records_are_revised_and_the_rest_is_left(record_type: type[Record]) -> None:
    @settings(max_examples=25, deadline=None)
    @given(strategies.tables(record_type), st.data())
    def check(table: Table, data: st.DataObject) -> None:
        changed, rows = data.draw(strategies.revisions(table))
        merged = merge(table, changed)
        assert (merged.created, merged.updated, merged.unchanged) == (0, len(rows), len(table) - len(rows))
        if not rows:
            return
        assert merged.table is not None
        assert merged.replaced is not None
        assert contents(merged.table) == contents(changed)
        assert contents(merged.replaced) == contents(table.take(np.array(sorted(rows))))
        before = {r.id: r.revision for r in table.records()}
        after = {r.id: r.revision for r in merged.table.records()}
        revised = {r.id for r in merged.replaced.records()}
        assert after == {i: min(v + (i in revised), 2**31 - 1) for i, v in before.items()}

    check()


@settings(max_examples=40, deadline=None)
@given(strategies.tables(WaterUse, min_size=2), st.data())
def test_two_parts_come_to_the_same_in_either_order(table: Table, data: st.DataObject) -> None:
    mine = np.array(data.draw(st.lists(st.booleans(), min_size=len(table), max_size=len(table))))
    if mine.all() or not mine.any():
        return
    a, b = table.take(mine), table.take(~mine)
    one, two = merge(a, b), merge(b, a)
    assert one.table is not None
    assert two.table is not None
    assert one.table.records() == two.table.records() == table.records()


def test_records_of_one_key_in_one_write_come_after_each_other(uses: Uses) -> None:
    table = uses([1, 1, 2, 2, 1, 3])
    one_key = table.replace(start=Ints.constant(0, 6), end=Ints.constant(3_600_000_000, 6))
    merged = merge(None, one_key)
    assert (merged.created, merged.updated, merged.unchanged) == (1, 3, 2)
    assert merged.table is not None
    assert merged.replaced is not None
    (record,) = merged.table.records()
    assert record.revision == 4
    assert record.litres == 3  # type: ignore[attr-defined]
    assert [(r.revision, r.litres) for r in merged.replaced.records()] == [  # type: ignore[attr-defined]
        (1, Decimal(1)),
        (2, Decimal(2)),
        (3, Decimal(1)),
    ]


def test_a_line_repeated_ten_thousand_times_is_one_record(uses: Uses) -> None:
    table = uses([5]).take(np.zeros(10_000, np.int64))
    merged = merge(None, table)
    assert (merged.created, merged.updated, merged.unchanged) == (1, 0, 9_999)


def test_a_value_that_keeps_changing_within_one_write_is_revised_each_time(uses: Uses) -> None:
    table = uses(range(3_000))
    one_key = table.replace(start=Ints.constant(0, 3_000), end=Ints.constant(3_600_000_000, 3_000))
    merged = merge(None, one_key)
    assert (merged.created, merged.updated, merged.unchanged) == (1, 2_999, 0)


def test_a_new_key_part_makes_another_record() -> None:
    @settings(max_examples=10, deadline=None)
    @given(strategies.tables(ElectricityPeak, min_size=1, max_size=1))
    def check(table: Table) -> None:
        (record,) = table.records()
        unit = "W" if record.unit == "V.A" else "V.A"  # type: ignore[attr-defined]
        (other,) = tables([record.model_copy(update={"unit": unit})])
        merged = merge(table, other)
        assert (merged.created, merged.updated, merged.unchanged) == (1, 0, 0)

    check()


@pytest.mark.parametrize(
    "other", [Money(amount=Decimal("3"), currency="EUR"), Money(amount=Decimal("2"), currency="USD")]
)
def test_another_amount_or_currency_is_another_transaction(other: Money) -> None:
    @settings(max_examples=10, deadline=None)
    @given(strategies.tables(BankTransaction, min_size=1, max_size=1))
    def check(table: Table) -> None:
        (record,) = table.records()
        two = Money(amount=Decimal("2"), currency="EUR")
        (known, new) = (tables([record.model_copy(update={"amount": amount})])[0] for amount in (two, other))
        merged = merge(known, new)
        assert (merged.created, merged.updated, merged.unchanged) == (1, 0, 0)
        again = merge(known, known.replace(note=new.column("note")))
        assert (again.created, again.updated, again.unchanged) == (0, 0, 1)

    check()
