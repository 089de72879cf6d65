"""The effective right is below all that limits it, on every axis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.grant import Grant, Item, Limits, Terms, give, notice_of
from selfdata_sdk.consent.policy import Policy
from selfdata_sdk.consent.right import Right, asked, effective, without_answer
from selfdata_sdk.errors import ManifestError
from selfdata_sdk.model import REGISTRY
from selfdata_sdk.model.time import GRANULARITIES, Duration, Granularity
from selfdata_sdk.service.manifest import AskedNeed, Manifest
from selfdata_sdk.service.need import Precision

PARIS = ZoneInfo("Europe/Paris")
GIVEN_AT = datetime(2025, 6, 1, 8, tzinfo=UTC)
NOW = datetime(2025, 6, 15, 10, 30, tzinfo=PARIS)
TEXT = {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"}
PRECISIONS: tuple[Precision, ...] = ("exact", "1km", "10km")
NO_POLICY = Policy()
BASES = ("reported", "readings", "estimated")


def need(**more: Any) -> AskedNeed:
    asks = {
        "record_type": "water.use/1", "fields": ["litres"], "granularity": "raw", "at_worst": "total", "back": "P30D",
        "why": TEXT,
    }  # fmt: skip
    return AskedNeed.model_validate({**asks, **more})


def grant_for(asks: AskedNeed, item: Item) -> Grant:
    manifest = Manifest.model_validate(
        {
            "id": "org.example.coach",
            "version": "1.0.0",
            "sdk": "",
            "function": "coach:coach",
            "name": TEXT,
            "summary": TEXT,
            "publisher": {"name": "Example"},
            "licence": "MIT",
            "needs": {"it": asks},
            "outputs": {"kinds": ["card"]},
        }
    )
    grant = give(manifest, Terms(items={}), "0" * 16, notice_of(manifest, "en"), GIVEN_AT)
    return grant.model_copy(update={"items": {"it": item}})


def right(
    asks: AskedNeed, item: Item, policy: Policy = NO_POLICY, rights_now: datetime = NOW, now: datetime = NOW
) -> Right | None:
    return effective(asks, item, grant_for(asks, item), policy, REGISTRY, rights_now, now)


def rank(granularity: Granularity) -> int:
    return GRANULARITIES.index(granularity)


GRAINS = st.sampled_from(GRANULARITIES)
BACKS = st.sampled_from(["PT5H", "P1D", "P28D", "P30D", "P1M", "P31D", "P6M", "P1Y"])
WHERES: st.SearchStrategy[dict[str, list[str]]] = st.one_of(
    st.just({}), st.lists(st.sampled_from(BASES), min_size=1, unique=True).map(lambda v: {"basis": v})
)


@st.composite
def needs(draw: st.DrawFn) -> AskedNeed:
    fine, coarse = sorted((draw(GRAINS), draw(GRAINS)), key=rank, reverse=True)
    return need(
        granularity=fine, at_worst=coarse, back=draw(BACKS), where=draw(WHERES), ongoing=draw(st.booleans()),
        precision=draw(st.sampled_from(PRECISIONS)),
    )  # fmt: skip


@st.composite
def items(draw: st.DrawFn) -> Item:
    limits = Limits(
        granularity=draw(st.none() | GRAINS),
        precision=draw(st.sampled_from([None, *PRECISIONS])),
        back=draw(st.none() | BACKS),
        where={name: tuple(values) for name, values in draw(WHERES).items()},
    )
    until = draw(st.none() | st.just(NOW) | st.just(NOW + timedelta(hours=1)))
    decision: Any = draw(st.sampled_from(["given", "given", "given", "refused", "deferred"]))
    return Item(decision=decision, limits=limits, finer=draw(st.booleans()), until=until)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    names = st.sampled_from(["*", "water.use/1", "gas.use/1"])
    return Policy(
        refused=frozenset(draw(st.sets(st.just("gas.use/1") | st.sampled_from(["water.use/1"]), max_size=1))),
        finest=draw(st.dictionaries(names, GRAINS, max_size=2)),
        back=draw(st.dictionaries(names, BACKS, max_size=2)),
        precision=draw(st.sampled_from(PRECISIONS)),
    )


@given(needs(), items(), policies(), st.integers(-24 * 400, 48))
def test_the_right_is_below_need_limits_and_both_policies(
    asks: AskedNeed, item: Item, policy: Policy, hours: int
) -> None:
    now = NOW + timedelta(hours=hours)
    found = right(asks, item, policy, NOW, now)
    if found is None:
        return
    assert item.decision == "given"
    assert item.until is None or item.until > NOW
    assert "water.use/1" not in policy.refused
    limits = item.limits
    finest: list[Granularity] = [asks.granularity, limits.granularity or "raw", "raw" if item.finer else "day"]
    finest += [policy.finest.get("*", "raw"), policy.finest.get("water.use/1", "raw")]
    assert rank(asks.at_worst) <= rank(found.granularity) == min(map(rank, finest))
    backs = [asks.back, limits.back, policy.back.get("*"), policy.back.get("water.use/1")]
    start, end = found.period.start, found.period.end
    assert start is not None
    assert end is not None
    for back in backs:
        assert back is None or start >= Duration.parse(back).before(NOW) or not asks.ongoing
        assert back is None or start >= Duration.parse(back).before(min(NOW, GIVEN_AT.astimezone(PARIS)))
    assert end <= NOW
    assert end <= now
    assert asks.ongoing or end <= GIVEN_AT
    precisions = [asks.precision, limits.precision or "exact", policy.precision]
    assert found.precision == max(precisions, key=PRECISIONS.index)
    for where in (asks.where, limits.where):
        assert all(set(found.where[name]) <= set(values) for name, values in where.items())
    assert set(found.fields) == set(asks.fields)
    assert found.given


@given(needs(), items(), policies())
def test_no_limit_is_lost_where_another_is_added(asks: AskedNeed, item: Item, policy: Policy) -> None:
    """Under a policy there is no right that there is not without it."""
    wide, narrow = right(asks, item), right(asks, item, policy)
    if narrow is None:
        return
    assert wide is not None
    assert rank(narrow.granularity) <= rank(wide.granularity)
    assert wide.period.lower <= narrow.period.lower
    assert narrow.period.upper <= wide.period.upper


def test_all_that_was_asked_is_given_where_nothing_limits_it() -> None:
    for asks in (need(), need(granularity="day", back="P1Y"), need(where={"basis": ["readings"]})):
        assert right(asks, Item(decision="given", finer=True)) == asked(asks, REGISTRY, NOW)


def test_finer_than_its_type_gives_by_itself_needs_a_consent_of_its_own() -> None:
    plain, finer = right(need(), Item(decision="given")), right(need(), Item(decision="given", finer=True))
    assert plain is not None
    assert finer is not None
    assert (plain.granularity, finer.granularity) == ("day", "raw")


@pytest.mark.parametrize(
    ("asks", "item", "policy"),
    [
        (need(), Item(decision="refused"), Policy()),
        (need(), Item(decision="deferred"), Policy()),
        (need(), Item(decision="given", until=NOW), Policy()),
        (need(), Item(decision="given"), Policy(refused=frozenset({"*"}))),
        (need(), Item(decision="given"), Policy(refused=frozenset({"water.use/1"}))),
        (need(at_worst="hour"), Item(decision="given"), Policy()),
        (need(at_worst="day"), Item(decision="given"), Policy(finest={"*": "month"})),
        (need(where={"basis": ["readings"]}), Item(decision="given", limits=Limits(where={"basis": ("reported",)})), Policy()),
    ],
)  # fmt: skip
def test_nothing_is_left_where_one_axis_leaves_nothing(asks: AskedNeed, item: Item, policy: Policy) -> None:
    assert right(asks, item, policy) is None
    assert right(need(), Item(decision="given")) is not None


def test_what_is_no_time_series_has_no_coarser_form() -> None:
    """Handing it over as it is, and calling that a month, would be finer than was agreed."""
    asks = need(record_type="home.household/1", fields=["occupants"])
    assert right(asks, Item(decision="given")) is not None
    assert right(asks, Item(decision="given", limits=Limits(granularity="month"))) is None
    assert right(asks, Item(decision="given"), Policy(finest={"*": "day"})) is None


def test_what_is_not_ongoing_stays_the_stretch_before_the_agreement() -> None:
    once = right(need(ongoing=False), Item(decision="given"))
    later = right(need(ongoing=False), Item(decision="given"), Policy(), NOW + timedelta(days=60), NOW + timedelta(60))
    assert once is not None
    assert later is not None
    assert once.period == later.period
    assert once.period.end == GIVEN_AT


@given(needs(), policies(), st.integers(-100, 100), st.sampled_from(["refused", "deferred"]))
def test_what_may_not_be_read_looks_like_all_that_was_asked(
    asks: AskedNeed, policy: Policy, hours: int, decision: Any
) -> None:
    """A refusal has the shape of a need that was given whole, whatever limits came with it."""
    now = NOW + timedelta(hours=hours)
    grant = grant_for(asks, Item(decision=decision))
    shown = without_answer(asks, grant, policy, REGISTRY, NOW, now)
    assert not shown.given
    if (whole := right(asks, Item(decision="given"), policy, NOW, now)) is not None:
        assert (shown.granularity, shown.period, shown.where) == (whole.granularity, whole.period, whole.where)


def test_a_type_that_is_not_known_is_an_error() -> None:
    with pytest.raises(ManifestError, match="is not known"):
        right(need(record_type="water.magic/1"), Item(decision="given"))
