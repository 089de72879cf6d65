"""A new version inherits the answers to earlier needs of the same record type: their meet, and never more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.grant import Decision, Grant, Item, Limits, Terms, give, notice_of
from selfdata_sdk.consent.inherit import meet, updated
from selfdata_sdk.consent.order import no_longer
from selfdata_sdk.consent.policy import Policy
from selfdata_sdk.consent.right import Right, effective
from selfdata_sdk.model import REGISTRY
from selfdata_sdk.model.time import GRANULARITIES
from selfdata_sdk.service.manifest import Manifest

NOW = datetime(2025, 6, 1, 8, tzinfo=UTC)
TEXT = {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"}
REFUSED, DEFERRED = Item(decision="refused"), Item(decision="deferred")
NO_POLICY = Policy()


def water(**more: Any) -> dict[str, Any]:
    return {
        "record_type": "water.use/1", "fields": ["litres"], "granularity": "day", "at_worst": "total", "back": "P30D",
        "why": TEXT, "without": TEXT, **more,
    }  # fmt: skip


def version(number: int, **needs: dict[str, Any]) -> Manifest:
    return Manifest.model_validate(
        {
            "id": "org.example.coach",
            "version": f"{number}.0.0",
            "sdk": "",
            "function": "coach:coach",
            "name": TEXT,
            "summary": TEXT,
            "publisher": {"name": "Example"},
            "licence": "MIT",
            "needs": needs,
            "outputs": {"kinds": ["card"]},
        }
    )


def agreed(manifest: Manifest, **items: Item) -> Grant:
    return give(manifest, Terms(items=items), "0" * 16, notice_of(manifest, "en"), NOW)


def given_with(**limits: Any) -> Item:
    return Item(decision="given", limits=Limits(**limits))


def inherited(new: dict[str, Any], old: dict[str, dict[str, Any]], /, **items: Item) -> Item:
    """The answer to the one need of a new version."""
    return updated(agreed(version(1, **old), **items), version(2, new=new), NOW).items["new"]


def test_a_renamed_need_keeps_its_answer_and_its_limits() -> None:
    limited = Item(
        decision="given", limits=Limits(back="P5D", granularity="month"), finer=True, until=NOW + timedelta(days=9)
    )
    assert inherited(water(), {"old": water()}, old=limited) == limited


def test_a_refusal_is_not_got_round_by_another_name_or_by_a_second_need() -> None:
    assert inherited(water(), {"old": water()}, old=REFUSED) == REFUSED
    both = {"a": water(), "b": water(back="P1Y")}
    assert inherited(water(), both, a=given_with(), b=REFUSED) == REFUSED
    assert inherited(water(), both, a=given_with(), b=given_with()).decision == "given"


def test_what_was_deferred_or_never_asked_is_deferred() -> None:
    assert inherited(water(), {"old": water()}, old=DEFERRED) == DEFERRED
    assert inherited(water(), {"old": water(record_type="gas.use/1", fields=["energy"])}, old=given_with()) == DEFERRED


def test_limits_are_those_of_every_earlier_need_together() -> None:
    both = {"a": water(), "b": water()}
    item = inherited(
        water(),
        both,
        a=given_with(granularity="month", back="P20D", where={"basis": ("readings", "reported")}),
        b=given_with(granularity="day", back="P9D", precision="10km", where={"basis": ("readings",)}),
    )
    assert item == given_with(granularity="month", back="P9D", precision="10km", where={"basis": ("readings",)})


def test_limits_that_leave_nothing_together_defer_the_need() -> None:
    both = {"a": water(), "b": water()}
    one, other = given_with(where={"basis": ("readings",)}), given_with(where={"basis": ("reported",)})
    assert inherited(water(), both, a=one, b=other) == DEFERRED
    assert inherited(water(where={"basis": ["reported"]}), {"a": water()}, a=one) == DEFERRED


@pytest.mark.parametrize(
    ("wider", "kept"),
    [
        ({"granularity": "hour"}, {"granularity": "day"}),
        ({"back": "P1Y"}, {"back": "P30D"}),
    ],
)
def test_what_was_widened_keeps_what_it_had(wider: dict[str, Any], kept: dict[str, Any]) -> None:
    item = inherited(water(**wider), {"old": water()}, old=given_with())
    assert item.decision == "given"
    assert item.limits.model_dump() | kept == item.limits.model_dump()


@pytest.mark.parametrize(
    "wider",
    [
        {"fields": ["litres", "min_flow"]},
        {"granularity": "hour", "at_worst": "hour"},
        {"purpose": "service_personalisation"},
    ],
)
def test_what_was_widened_so_that_no_limit_can_say_it_is_deferred(wider: dict[str, Any]) -> None:
    assert inherited(water(**wider), {"old": water()}, old=given_with()) == DEFERRED


def test_the_grant_shrinks_with_the_version_and_goes_on_as_it_was() -> None:
    grant = agreed(version(1, it=water()), it=given_with())
    smaller = updated(grant, version(2, it=water(granularity="month")), NOW + timedelta(days=1))
    assert smaller.manifest.needs["it"].granularity == "month"
    assert smaller.digest == smaller.manifest.digest
    assert (smaller.revision, smaller.state, smaller.expires_at) == (2, "given", grant.expires_at)
    assert smaller.given_at == grant.given_at


GRAINS = st.sampled_from(GRANULARITIES)
BACKS = st.sampled_from(["P1D", "P28D", "P30D", "P1M", "P31D", "P6M", "P1Y"])
LIMITS = st.builds(
    Limits,
    granularity=st.none() | GRAINS,
    precision=st.sampled_from([None, "exact", "1km", "10km"]),
    back=st.none() | BACKS,
    where=st.dictionaries(
        st.just("basis"), st.sets(st.sampled_from(["a", "b", "c"]), min_size=1).map(lambda v: tuple(sorted(v)))
    ),
)


@given(LIMITS, LIMITS)
def test_the_meet_of_limits_is_below_both(a: Limits, b: Limits) -> None:
    """P1M and P30D, which no calendar orders, too."""
    found = meet(a, b)
    if found is None:
        assert not set(a.where["basis"]) & set(b.where["basis"])
        return
    for other in (a, b):
        if other.granularity is not None:
            assert found.granularity is not None
            assert GRANULARITIES.index(found.granularity) <= GRANULARITIES.index(other.granularity)
        if other.back is not None:
            assert found.back is not None
            assert no_longer(found.back, other.back)
        assert all(set(found.where[name]) <= set(values) for name, values in other.where.items())
    assert meet(a, a) == a
    assert meet(b, a) is not None


ITEMS = st.builds(
    Item,
    decision=st.sampled_from(["given", "given", "given", "refused", "deferred"]),
    limits=LIMITS.map(lambda limits: limits.model_copy(update={"where": {}})),
    finer=st.booleans(),
)


@st.composite
def needs(draw: st.DrawFn) -> dict[str, Any]:
    fine, coarse = sorted((draw(GRAINS), draw(GRAINS)), key=GRANULARITIES.index, reverse=True)
    return water(
        granularity=fine,
        at_worst=coarse,
        back=draw(BACKS),
        fields=sorted(draw(st.sets(st.sampled_from(["litres", "min_flow"]), min_size=1))),
    )


@given(st.lists(st.tuples(needs(), ITEMS), min_size=1, max_size=2), needs(), st.integers(0, 60))
def test_no_version_that_need_not_ask_can_read_more_than_every_earlier_need_could(
    earlier: list[tuple[dict[str, Any], Item]], new: dict[str, Any], days: int
) -> None:
    old = version(1, **{f"n{i}": need for i, (need, _) in enumerate(earlier)})
    items = {f"n{i}": item for i, (_, item) in enumerate(earlier)}
    grant = agreed(old).model_copy(update={"items": items})
    now = NOW + timedelta(days=days)
    after = updated(grant, version(2, new=new), now)
    found = _right(after, "new", now)
    if found is None or after.items["new"].decision != "given":
        return
    decisions: set[Decision] = {item.decision for item in items.values()}
    assert decisions == {"given"}
    for label in items:
        limited = grant.items[label].limits
        assert limited.granularity is None or _rank(found) <= GRANULARITIES.index(limited.granularity)
    # It is within one need that was agreed, however coarse, never a union of two.
    assert any(_within(found, _right(grant, label, now)) for label in items)


def _right(grant: Grant, label: str, now: datetime) -> Right | None:
    need = grant.manifest.needs[label].model_copy(update={"at_worst": "total"})
    return effective(need, grant.items[label], grant, NO_POLICY, REGISTRY, now, now)


def _rank(right: Right) -> int:
    return GRANULARITIES.index(right.granularity)


def _within(a: Right, b: Right | None) -> bool:
    return (
        b is not None
        and set(a.fields) <= set(b.fields)
        and _rank(a) <= _rank(b)
        and b.period.lower <= a.period.lower
        and a.period.upper <= b.period.upper
    )
