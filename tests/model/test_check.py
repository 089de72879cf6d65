"""The columnar verdict is the pydantic verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import DecimalException
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from selfdata_sdk.model import REGISTRY, ElectricityUse, Record, Series, Source, SupplyPoint, Table, WaterUse
from selfdata_sdk.model.check import explain, faults
from selfdata_sdk.model.column import NULL, Codes, Column, Ints, Moneys
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.testing.strategies import bad_values, doubtful_tables, records, tables

TYPES = pytest.mark.parametrize("record_type", tuple(REGISTRY), ids=lambda t: t.type)


def refused(table: Table, row: int) -> bool:
    try:
        table.take(np.array([row])).records()
    except (ValueError, OverflowError, DecimalException):
        return True
    return False


@TYPES
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_columnar_verdict_is_the_pydantic_verdict(record_type: type[Record], data: st.DataObject) -> None:
    table = data.draw(doubtful_tables(record_type))
    assert faults(table).tolist() == [refused(table, row) for row in range(len(table))]


@TYPES
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_valid_tables_have_no_faults(record_type: type[Record], data: st.DataObject) -> None:
    assert not faults(data.draw(tables(record_type))).any()


def water(**columns: Any) -> Table:
    start = np.arange(3, dtype=np.int64) * 3_600_000_000
    table = Table(
        WaterUse,
        Series(WaterUse.type, "veolia", cadence="PT1H"),
        {"start": Ints(start), "end": Ints(start + 3_600_000_000), "litres": Ints(np.array([0, 1500, 2000]))},
        (Source(holder="veolia", importer="t", version="1", retrieved_at=datetime(2025, 1, 1, tzinfo=UTC)),),
    )
    return table.replace(**columns)


def ints(*values: int) -> Ints:
    return Ints(np.array(values, np.int64))


HOUR = 3_600_000_000

BAD = {
    "below the lower bound": ({"litres": ints(0, -4242, 1)}, "litres"),
    "above the upper bound": ({"litres": ints(0, 10**15 + 4242, 1)}, "litres"),
    "missing": ({"litres": ints(0, NULL, 1)}, "litres"),
    "an unknown quality": ({"quality": Codes.of(["measured", "sec4242ret", "measured"])}, "quality"),
    "no quality": ({"quality": Codes.of(["measured", None, "measured"])}, "quality"),
    "revision 0": ({"revision": ints(1, 0, 1)}, "revision"),
    "a word with a blank": ({"basis": Codes.of([None, "sec 4242", None])}, "basis"),
    "an end at its start": ({"end": ints(HOUR, HOUR, 3 * HOUR)}, "end"),
    "no end": ({"end": ints(HOUR, NULL, 3 * HOUR)}, "end"),
    "an end after year 9999": ({"end": ints(HOUR, 2**62, 3 * HOUR)}, "time"),
    "an ext that is a list": ({"ext": Codes.of([None, '["sec4242"]', None])}, "ext"),
    "an ext that is no JSON": ({"ext": Codes.of([None, "{sec4242", None])}, "ext"),
    "an ext with a number that JSON loses": ({"ext": Codes.of([None, '{"a":90071992547404242}', None])}, "ext"),
}


@pytest.mark.parametrize(("columns", "field"), BAD.values(), ids=BAD)
def test_only_the_bad_row_is_refused_and_the_reason_names_the_field_without_its_value(
    columns: dict[str, Any], field: str
) -> None:
    table = water(**columns)
    assert faults(table).tolist() == [False, True, False]
    reason = explain(table, 1)
    assert reason.startswith(field)
    assert "4242" not in reason


MONEY = {
    "too many digits": (10**18, 2, "EUR"),
    "too many decimals": (1, 19, "EUR"),
    "a power of ten beyond 18 digits": (4242, -17, "EUR"),
    "an exponent that is missing": (4242, NULL, "EUR"),
    "a currency in small letters": (4242, 2, "eur"),
    "a currency with a line break": (4242, 2, "EUR\n"),
    "no currency": (4242, 2, None),
}


@pytest.mark.parametrize(("unscaled", "exponent", "currency"), MONEY.values(), ids=MONEY)
def test_bad_money_is_refused_without_telling_the_amount(unscaled: int, exponent: int, currency: str | None) -> None:
    cost = Moneys(ints(unscaled), ints(exponent), Codes.of([currency]))
    columns: dict[str, Column] = {"start": ints(0), "end": ints(HOUR), "energy": ints(1), "cost": cost}
    table = Table(ElectricityUse, Series(ElectricityUse.type, "enedis"), columns, water().sources)
    assert faults(table).tolist() == [True]
    assert "4242" not in explain(table, 0)
    assert not faults(table.replace(cost=Moneys(ints(-4242), ints(2), Codes.of(["EUR"])))).any()


@pytest.mark.parametrize(
    "part", [{"tz": "Nowhere/Sec4242"}, {"cadence": "every 4242"}, {"about": "42\n42"}, {"register": "a b"}], ids=str
)
def test_a_series_that_breaks_the_rules_refuses_every_row(part: dict[str, str]) -> None:
    table = water()
    bad = Table(table.record_type, replace(table.series, **part), table.columns, table.sources)
    assert faults(bad).all()
    assert "4242" not in explain(bad, 0)


def test_a_type_that_needs_its_supply_point_refuses_a_series_without_one() -> None:
    columns: dict[str, Column] = {"start": ints(0), "commodity": Codes.of(["water"])}
    without = Table(SupplyPoint, Series(SupplyPoint.type, "veolia"), columns, water().sources)
    assert faults(without).tolist() == [True]
    assert not faults(replace(without, series=Series(SupplyPoint.type, "veolia", about="GI123456"))).any()


def test_a_required_column_that_is_left_out_refuses_every_row() -> None:
    table = water()
    columns = {k: v for k, v in table.columns.items() if k != "litres"}
    assert faults(replace(table, columns=columns)).all()


@pytest.mark.parametrize("record_type", tuple(REGISTRY), ids=lambda t: t.type)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_record_refuses_values_outside_the_rules(record_type: type[Record], data: st.DataObject) -> None:
    good = data.draw(records(record_type))
    name, spec = data.draw(st.sampled_from(sorted(fields_of(record_type).items())))
    values = {**dict(good), name: data.draw(bad_values(spec))}
    with pytest.raises(ValidationError):
        record_type(**values)
