"""Damaged data are still data that a store takes, and damaged in the way that is said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from selfdata_sdk.model import Table
from selfdata_sdk.model.column import Codes
from selfdata_sdk.model.time import DAY, micros
from selfdata_sdk.testing.conformance import damage
from selfdata_sdk.testing.conformance.case import Case
from selfdata_sdk.testing.conformance.households import household

EVERY: dict[str, Callable[[Case], Case]] = {
    "without data": damage.without_data,
    "without one": lambda case: damage.without(case, "water.use/1"),
    "one day": lambda case: damage.of_days(case, 1),
    "three days": lambda case: damage.of_days(case, 3),
    "silent": lambda case: damage.silent(case, 30 * DAY),
    "gaps": damage.with_gaps,
    "mostly gaps": damage.mostly_gaps,
    "provisional": damage.provisional,
    "revised": damage.revised,
    "years": lambda case: damage.of_years(case, 3),
    "twice": damage.twice,
    "least": damage.least,
    "largest": damage.largest,
}


@pytest.fixture(scope="module")
def whole() -> Case:
    return household("family_garden")


def of(case: Case, name: str) -> list[Table]:
    """The tables of a type, as the store holds them."""
    return list(case.store.read(name).tables)


def use(case: Case) -> Table:
    (table,) = of(case, "water.use/1")
    return table


@pytest.mark.parametrize("how", EVERY)
@pytest.mark.parametrize("name", ["family_garden", "second_home"])
def test_a_store_takes_what_was_damaged(name: str, how: str) -> None:
    case = EVERY[how](household(name))
    assert case.name != name
    assert len(case.store.summary()) <= 2 * len(household(name).store.summary())


@pytest.mark.parametrize("how", EVERY)
def test_a_damage_is_told_in_both_languages(whole: Case, how: str) -> None:
    title = EVERY[how](whole).title
    assert title.en.startswith("family_garden, ")
    assert title.fr.startswith("family_garden, ")
    assert title.en != title.fr


def test_nothing_is_left_without_data(whole: Case) -> None:
    assert damage.without_data(whole).store.summary() == ()


def test_one_type_is_left_out(whole: Case) -> None:
    left = {h.series.type for h in damage.without(whole, "water.use/1").store.summary()}
    assert left == {h.series.type for h in whole.store.summary()} - {"water.use/1"}


def test_days_are_the_last_ones_and_the_home_stays(whole: Case) -> None:
    case = damage.of_days(whole, 3)
    assert (micros(whole.now) - use(case).placed() < 4 * DAY).all()
    assert len(of(case, "home.household/1")[0]) == len(of(whole, "home.household/1")[0])


def test_gaps_leave_whole_days_or_hardly_any(whole: Case) -> None:
    hours = len(use(whole))
    assert 0.7 * hours < len(use(damage.with_gaps(whole))) < 0.9 * hours
    assert len(use(damage.mostly_gaps(whole))) < 0.2 * hours


def test_data_are_provisional_at_first_and_some_are_taken_back(whole: Case) -> None:
    first, later = use(damage.provisional(whole)), use(damage.revised(whole))
    assert words(first, "status") == {"provisional"}
    assert words(first, "quality") == {"estimated"}
    assert words(later, "status") == {"corrected", "cancelled"}
    assert (first.ints("litres") != use(whole).ints("litres")).any()
    assert (later.ints("litres") == use(whole).ints("litres")).all()


def words(table: Table, name: str) -> set[str | None]:
    column = table.column(name)
    assert isinstance(column, Codes)
    return set(column.list())


def test_clocks_change_twice_and_the_mornings_after_are_looked_at(whole: Case) -> None:
    seen = damage.around_clock_changes(whole)
    assert [c.now.strftime("%d %b %H:%M %z") for c in seen] == [
        "29 Mar 08:00 +0200",
        "30 Mar 08:00 +0200",
        "25 Oct 08:00 +0100",
        "26 Oct 08:00 +0100",
    ]
    assert all(c.store is whole.store for c in seen)


def test_years_are_the_last_one_again(whole: Case) -> None:
    start = use(damage.of_years(whole, 3)).placed()
    assert 2.9 * 364 * DAY < start.max() - start.min() < 3 * 364 * DAY
    assert (np.diff(start) > 0).all()


def test_every_meter_is_there_twice(whole: Case) -> None:
    first, second = of(damage.twice(whole), "water.use/1")
    assert first.series.about != second.series.about
    assert len(first) == len(second)


def test_values_are_zero_or_at_the_bound(whole: Case) -> None:
    assert set(use(damage.least(whole)).ints("litres").tolist()) == {0}
    assert use(damage.largest(whole)).ints("litres").max() == 10**15
