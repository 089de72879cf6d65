"""Generated records, tables and grants keep the rules, or break the one that they say; the simplest are simple."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any, TypeVar, get_args

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from selfdata_sdk.consent.grant import Grant, Item, State, give, notice_of
from selfdata_sdk.errors import RequestError
from selfdata_sdk.model import REGISTRY, Money, Record, SupplyContract, Table, WaterReading, WaterUse
from selfdata_sdk.model.check import faults
from selfdata_sdk.model.record import DateRecord, InstantRecord
from selfdata_sdk.model.time import DAY, HOUR, offsets, zone
from selfdata_sdk.testing.strategies import (
    MISSING,
    Flaw,
    dates,
    deliveries,
    flaws,
    gappy_tables,
    grants,
    invalid_records,
    local_times,
    manifests,
    moneys,
    records,
    tables,
    tables_over_clock_change,
    terms,
    unfit_terms,
    zones,
)
from selfdata_sdk.testing.strategies.grant import NOW

TYPES = pytest.mark.parametrize("record_type", tuple(REGISTRY), ids=lambda t: t.type)
SOME = settings(max_examples=20, deadline=None)
PARIS = zone("Europe/Paris")

T = TypeVar("T")


def simplest(strategy: st.SearchStrategy[T], holds: Callable[[T], object] = lambda found: True) -> T:
    """What a failing test would show."""
    tried = settings(max_examples=2000, deadline=None, database=None, phases=[Phase.generate, Phase.shrink])
    return find(strategy, lambda found: bool(holds(found)), settings=tried, random=Random(0))


def local(table: Table) -> list[datetime]:
    """The times of a table, on the clock of its zone."""
    return [r.start.astimezone(PARIS) for r in uses(table)]


def uses(table: Table) -> list[WaterUse]:
    return [r for r in table.records() if isinstance(r, WaterUse)]


def revised(first: Table, later: Table) -> bool:
    """True if both tell of the same first day, and not the same."""
    return uses(first)[0].id == uses(later)[0].id and first.ints("litres")[0] != later.ints("litres")[0]


class TestSimplest:
    """The simplest example of each kind is what a person would write."""

    def test_a_record_begins_the_year_and_holds_zero_and_no_more_than_it_must(self) -> None:
        record = simplest(records(WaterUse))
        assert isinstance(record, WaterUse)
        assert (record.start, record.end - record.start) == (datetime(2015, 1, 1, tzinfo=PARIS), timedelta(days=1))
        assert record.litres == 0
        assert record.model_fields_set == {"tz", "cadence", "source", "start", "end", "litres"}

    def test_a_fact_that_may_go_on_has_no_end(self) -> None:
        record = simplest(records(SupplyContract))
        assert isinstance(record, SupplyContract)
        assert record.end is None

    def test_a_table_is_one_day_without_optional_columns(self) -> None:
        table = simplest(tables(WaterUse))
        assert local(table) == [datetime(2015, 1, 1, tzinfo=PARIS)]
        assert set(table.columns) == {"start", "end", "litres", "locator"}

    def test_a_table_of_a_large_value_is_that_value_in_one_row(self) -> None:
        table = simplest(tables(WaterUse), lambda t: t.ints("litres").max() > 1_000_000)
        assert table.ints("litres").tolist() == [1_000_001]

    def test_a_table_with_a_gap_is_two_days_with_one_between_them(self) -> None:
        assert local(simplest(gappy_tables(WaterUse))) == [
            datetime(2015, 1, 1, tzinfo=PARIS),
            datetime(2015, 1, 3, tzinfo=PARIS),
        ]

    def test_a_table_over_a_clock_change_is_the_day_of_23_hours(self) -> None:
        (use,) = uses(simplest(tables_over_clock_change(WaterUse)))
        assert use.start == datetime(2015, 3, 29, tzinfo=PARIS)
        assert use.end - use.start == timedelta(hours=23)

    def test_a_table_over_a_clock_change_by_hour_is_the_hour_before_and_the_hour_after(self) -> None:
        table = simplest(tables_over_clock_change(WaterUse), lambda t: t.series.cadence == "PT1H")
        assert [t.hour for t in local(table)] == [1, 3]

    def test_readings_over_a_clock_change_are_the_midnights_around_it(self) -> None:
        table = simplest(tables_over_clock_change(WaterReading))
        assert np.diff(table.ints("at")).tolist() == [23 * HOUR]

    def test_a_day_of_25_hours_is_found(self) -> None:
        (use,) = uses(
            simplest(tables_over_clock_change(WaterUse), lambda t: (t.ints("end") - t.ints("start")).max() == 25 * HOUR)
        )
        assert use.start == datetime(2015, 10, 25, tzinfo=PARIS)

    def test_deliveries_are_one_day_and_then_that_day_and_the_next(self) -> None:
        first, later = simplest(deliveries(WaterUse))
        assert [t.day for t in local(first)] == [1]
        assert [t.day for t in local(later)] == [1, 2]

    def test_a_revision_changes_one_value(self) -> None:
        first, later = simplest(deliveries(WaterUse), lambda both: revised(*both))
        assert (first.ints("litres").tolist(), later.ints("litres").tolist()) in (([0], [1, 0]), ([1], [0, 0]))

    def test_an_invalid_record_is_one_that_is_simple_but_for_its_flaw(self) -> None:
        found = simplest(invalid_records(WaterUse), lambda i: i.flaw.field == "litres")
        assert found.flaw == Flaw("litres", "is less than the least", Decimal("-0.001"))
        assert set(found.values) == {"tz", "cadence", "source", "start", "end", "litres"}

    def test_times_dates_and_amounts(self) -> None:
        assert simplest(local_times()) == datetime(2015, 1, 1, tzinfo=PARIS)
        assert simplest(dates()) == date(2015, 1, 1)
        assert simplest(moneys()) == Money(amount=Decimal("0.00"), currency="EUR")

    def test_a_manifest_asks_for_nothing_and_where_it_must_for_one_field(self) -> None:
        assert simplest(manifests()).needs == {}
        (need,) = simplest(manifests(), lambda m: m.needs).needs.values()
        assert len(need.fields) == 1
        assert (need.pseudonyms, need.where, need.without) == ((), {}, None)

    def test_an_answer_is_yes_to_all_and_a_grant_what_was_answered_so_today(self) -> None:
        manifest = simplest(manifests(), lambda m: len(m.needs) > 1)
        yes = dict.fromkeys(manifest.needs, Item(decision="given"))
        assert simplest(terms(manifest)).items == yes
        grant = simplest(grants(manifest))
        assert (grant.items, grant.given_at, grant.person) == (yes, NOW, "0" * 16)
        assert grant.id == "00000000-0000-0000-0000-000000000001"

    def test_a_narrowed_answer_is_narrowed_on_one_axis(self) -> None:
        manifest = simplest(manifests(), lambda m: len(m.needs) > 1)
        found = simplest(terms(manifest), lambda t: any(i.limits.back for i in t.items.values()))
        limits = [item.limits.model_dump(exclude_defaults=True) for item in found.items.values()]
        assert sorted(map(len, limits)) == [0, 1]


@TYPES
class TestEveryType:
    """What holds for each record type."""

    @given(data=st.data())
    @SOME
    def test_a_table_with_gaps_is_valid_and_lacks_a_record_between_two(
        self, record_type: type[Record], data: st.DataObject
    ) -> None:
        table = data.draw(gappy_tables(record_type))
        assert not faults(table).any()
        steps = np.diff(table.placed())
        assert len(table) > 1
        if len(table) > 2:
            assert (steps > 0).all()

    @given(data=st.data(), tz=zones().filter(lambda tz: tz not in ("UTC", "Asia/Kathmandu")))
    @SOME
    def test_a_table_over_a_clock_change_is_valid_and_spans_it(
        self, record_type: type[Record], data: st.DataObject, tz: str
    ) -> None:
        table = data.draw(tables_over_clock_change(record_type, tz))
        assert not faults(table).any()
        if issubclass(record_type, DateRecord):
            return
        placed = table.placed()
        if table.series.cadence == "PT1H":
            assert len(set(offsets(placed, tz).tolist())) == 2
        else:
            ends = placed[1:] if issubclass(record_type, InstantRecord) else table.ints("end")
            assert (ends - placed[: len(ends)] != DAY).any()

    @given(data=st.data())
    @SOME
    def test_deliveries_are_of_one_series_and_the_later_one_brings_something_new(
        self, record_type: type[Record], data: st.DataObject
    ) -> None:
        first, later = data.draw(deliveries(record_type))
        assert first.series == later.series
        before, after = ({r.id for r in t.records()} for t in (first, later))
        assert after - before
        assert not faults(first).any()
        assert not faults(later).any()

    @given(data=st.data())
    @SOME
    def test_each_flaw_alone_makes_a_record_be_refused_for_its_field(
        self, record_type: type[Record], data: st.DataObject
    ) -> None:
        found = data.draw(invalid_records(record_type))
        assert wrong_fields(record_type, dict(found.values), found.flaw) == {found.flaw.field}

    def test_every_field_has_a_flaw(self, record_type: type[Record]) -> None:
        assert {flaw.field for flaw in flaws(record_type)} == {*record_type.model_fields, "no_such_field"}


def wrong_fields(record_type: type[Record], values: dict[str, object], flaw: Flaw) -> set[str]:
    with pytest.raises(ValidationError) as refused:
        record_type(**values)
    errors = refused.value.errors(include_url=False)
    assert len(errors) == 1 or flaw.value is MISSING, flaw
    return {str(error["loc"][0]) if error["loc"] else "end" for error in errors}


def test_two_ends_of_an_interval_that_meet_are_among_the_flaws() -> None:
    found = simplest(invalid_records(WaterUse), lambda i: i.flaw.reason == "ends when it starts")
    assert found.values["start"] == found.values["end"]


ASKING = manifests().filter(lambda manifest: bool(manifest.needs))


@pytest.mark.parametrize("state", get_args(State))
@given(data=st.data())
@SOME
def test_a_grant_is_in_the_state_that_was_wished_and_comes_back_from_its_bytes(
    state: State, data: st.DataObject
) -> None:
    grant = data.draw(ASKING.flatmap(lambda manifest: grants(manifest, state)))
    assert grant.state_at(NOW) == state
    assert grant.given_at <= NOW
    assert [a.at <= b.at for a, b in pairwise(grant.events)] == [True] * (len(grant.events) - 1)
    assert Grant.model_validate_json(grant.canonical()) == grant


@given(ASKING.flatmap(lambda manifest: st.tuples(st.just(manifest), terms(manifest), unfit_terms(manifest))))
@SOME
def test_terms_are_accepted_and_unfit_terms_refused(drawn: tuple[Any, ...]) -> None:
    manifest, fit, (unfit, why) = drawn
    notice = notice_of(manifest, "en")
    assert give(manifest, fit, "0" * 16, notice, NOW).manifest == manifest
    with pytest.raises(RequestError) as refused:
        give(manifest, unfit, "0" * 16, notice, NOW)
    words = {"a need that is not asked for": "has no need", "longer than 13 months": "13 months at most"}
    assert words.get(why, "is too coarse") in str(refused.value)
