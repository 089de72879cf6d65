"""When one need, or one version of a service, asks for more than another."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from selfdata_sdk.consent.order import (
    Bump,
    Change,
    axes_wider,
    bump_enough,
    bump_given,
    bump_needed,
    bumped,
    compare,
    covers,
    meet,
    no_longer,
    older,
    shorter,
)
from selfdata_sdk.model import Duration, Text
from selfdata_sdk.model.time import zone
from selfdata_sdk.service.manifest import AskedNeed, Manifest
from selfdata_sdk.service.purpose import PURPOSES
from selfdata_sdk.testing.strategies import (
    asked_needs,
    changed,
    changed_needs,
    durations,
    local_times,
    manifests,
    renamed,
)

VECTOR = Path(__file__).parents[1] / "service" / "vectors" / "good" / "full.json"

WHY = Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos")
WITHOUT = Text(en="No comparison with similar homes", fr="Pas de comparaison avec des foyers semblables")


def need(**values: Any) -> AskedNeed:
    asked = {
        "record_type": "water.use/1",
        "fields": ("litres", "start"),
        "granularity": "day",
        "at_worst": "month",
        "back": "P1M",
        "ongoing": False,
        "precision": "10km",
        "where": {"basis": ("reported",)},
        "purpose": "optimisation_for_consumer",
        "why": WHY,
        "without": WITHOUT,
    }
    return AskedNeed.model_validate({**asked, **values})


def full(change: Callable[[dict[str, Any]], object] = lambda value: None) -> Manifest:
    value = json.loads(VECTOR.read_bytes())
    change(value)
    return Manifest.model_validate(value)


OLD = full()


# How far back


@given(durations(), durations(), local_times())
def test_what_is_no_longer_never_reaches_further_back(a: str, b: str, moment: datetime) -> None:
    if no_longer(a, b):
        assert Duration.parse(a).before(moment).astimezone(UTC) >= Duration.parse(b).before(moment).astimezone(UTC)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("P28D", "P1M"),
        ("P1M", "P31D"),
        ("P2M", "P62D"),
        ("P59D", "P2M"),
        ("P365D", "P1Y"),
        ("P1Y", "P366D"),
        ("P12M", "P1Y"),
        ("P1Y", "P12M"),
        ("P1M", "P1M1D"),
        ("P4W", "P1M"),
        ("PT1H", "PT60M"),
        ("PT40H", "P3D"),
        ("P1D", "PT72H"),
    ],
)
def test_durations_that_are_in_order_whatever_the_date(a: str, b: str) -> None:
    assert no_longer(a, b)


NOONS = [
    datetime(2011, 1, 1, 12, tzinfo=zone(name)) + timedelta(days=day)
    for name in ("Europe/Paris", "Pacific/Apia")  # which skipped 30 December 2011
    for day in range(3 * 365)
]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("P1M", "P30D"),
        ("P30D", "P1M"),
        ("P60D", "P2M"),
        ("P1Y", "P365D"),
        ("P1D", "PT24H"),
        ("PT24H", "P1D"),
        ("PT45H", "P2D"),
    ],
)
def test_no_order_is_claimed_that_some_date_turns_round(a: str, b: str) -> None:
    assert not no_longer(a, b)
    assert any(
        Duration.parse(a).before(noon).astimezone(UTC) < Duration.parse(b).before(noon).astimezone(UTC)
        for noon in NOONS
    )


@given(durations(), durations(), durations())
def test_no_longer_is_an_order(a: str, b: str, c: str) -> None:
    assert no_longer(a, a)
    if no_longer(a, b) and no_longer(b, c):
        assert no_longer(a, c)
    if no_longer(a, b) and no_longer(b, a):
        assert Duration.parse(a) == Duration.parse(b)


@given(durations(), durations())
def test_the_shorter_of_two_is_no_longer_than_either(a: str, b: str) -> None:
    assume(no_longer("P3D", a) and no_longer("P3D", b))
    assert no_longer(shorter(a, b), a)
    assert no_longer(shorter(a, b), b)


def test_28_days_are_no_longer_than_a_month_or_30_days() -> None:
    assert shorter("P1M", "P30D") == "P28D"
    assert shorter("P1Y", "P1M") == "P1M"


# Needs


def key(asked: AskedNeed) -> tuple[Any, ...]:
    """What a need asks, spelled one way."""
    where = frozenset((name, frozenset(values)) for name, values in asked.where.items())
    plain = (asked.record_type, asked.fields, asked.pseudonyms, asked.granularity, asked.at_worst, asked.precision)
    return (*plain, where, Duration.parse(asked.back), asked.ongoing, asked.purpose, asked.required)


near = asked_needs().flatmap(lambda a: st.tuples(st.just(a), changed_needs(a)))
chains = near.flatmap(lambda pair: st.tuples(*map(st.just, pair), changed_needs(pair[1])))


@given(asked_needs())
def test_a_need_covers_itself(asked: AskedNeed) -> None:
    assert covers(asked, asked)
    assert meet(asked, asked) == asked


@given(near)
def test_needs_that_cover_each_other_ask_the_same(pair: tuple[AskedNeed, AskedNeed]) -> None:
    a, b = pair
    assert (covers(a, b) and covers(b, a)) == (key(a) == key(b))


@given(chains)
def test_covering_is_transitive(chain: tuple[AskedNeed, AskedNeed, AskedNeed]) -> None:
    for a, b, c in itertools.permutations(chain):
        if covers(a, b) and covers(b, c):
            assert covers(a, c)


@given(near)
def test_the_meet_is_below_both_and_covered_by_what_covers_it(pair: tuple[AskedNeed, AskedNeed]) -> None:
    a, b = pair
    both = meet(a, b)
    assume(both is not None)
    assert both is not None
    assert covers(a, both)
    assert covers(b, both)
    assert AskedNeed.model_validate(both.model_dump()) == both
    if covers(a, b):
        assert key(both) == key(b)


@pytest.mark.parametrize(
    "other",
    [
        {"record_type": "gas.use/1"},
        {"fields": ("min_flow",)},
        {"where": {"basis": ("readings",)}},
        {"where": {"quality": ("measured",)}},
        {"purpose": "legal_compliance"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_needs_that_have_nothing_in_common_have_no_meet(other: dict[str, Any]) -> None:
    assert meet(need(), need(**other)) is None


def test_a_meet_is_optional_if_either_is() -> None:
    optional, required = need(), need(without=None)
    for a, b in ((optional, required), (required, optional)):
        assert meet(a, b) == optional
    assert meet(required, required) == required


WIDER: dict[str, dict[str, Any]] = {
    "fields": {"fields": ("litres", "min_flow", "start")},
    "granularity": {"granularity": "hour"},
    "at_worst": {"at_worst": "day"},
    "precision": {"precision": "1km"},
    "where": {"where": {}},
    "back": {"back": "P32D"},
    "ongoing": {"ongoing": True},
    "purpose": {"purpose": "service_optimisation"},
    "required": {"without": None},
}


@pytest.mark.parametrize("axis", WIDER)
def test_an_axis_that_asks_more_is_named_and_alone(axis: str) -> None:
    wider = need(**WIDER[axis])
    assert axes_wider(need(), wider) == (axis,)
    assert axes_wider(wider, need()) == ()
    assert covers(wider, need())
    assert not covers(need(), wider)


@given(asked_needs(), st.sets(st.sampled_from(sorted(WIDER)), min_size=1))
def test_every_axis_on_which_more_is_asked_is_named(asked: AskedNeed, axes: set[str]) -> None:
    less: dict[str, Any] = {
        "fields": asked.fields[:1],
        "pseudonyms": asked.pseudonyms if asked.fields[:1] == asked.pseudonyms else (),
        "granularity": "total",
        "at_worst": "total",
        "precision": "10km",
        "where": {"basis": ("reported",)},
        "back": "PT1H",
        "ongoing": False,
        "purpose": "personalised_benefits",
        "without": WITHOUT,
    }
    more: dict[str, Any] = {
        "fields": (*asked.fields[:1], "zz"),
        "granularity": "raw",
        "at_worst": "day",
        "precision": "exact",
        "where": {},
        "back": "P9Y",
        "ongoing": True,
        "purpose": "service_personalisation",
        "required": None,
    }
    old = asked.model_copy(update=less)
    new = old.model_copy(update={"without" if axis == "required" else axis: more[axis] for axis in axes})
    assert set(axes_wider(old, new)) == axes
    assert axes_wider(new, old) == ()


def test_a_pseudonym_is_less_than_the_field_as_it_is() -> None:
    plain = need(fields=("device", "litres"))
    hidden = need(fields=("device", "litres"), pseudonyms=("device",))
    assert covers(plain, hidden)
    assert axes_wider(hidden, plain) == ("pseudonyms",)
    assert covers(hidden, need(fields=("litres",)))


def test_a_purpose_is_covered_by_itself_and_by_the_one_that_it_is_part_of() -> None:
    pairs = {(a, b) for a in PURPOSES for b in PURPOSES if a != b and covers(need(purpose=b), need(purpose=a))}
    assert pairs == {
        ("personalised_benefits", "service_personalisation"),
        ("optimisation_for_consumer", "service_optimisation"),
    }


def test_other_values_of_a_field_ask_more_and_other_fields_too() -> None:
    limited = need(where={"basis": ("reported",)})
    assert axes_wider(limited, need(where={"basis": ("readings",)})) == ("where",)
    assert axes_wider(limited, need(where={"basis": ("readings", "reported")})) == ("where",)
    assert axes_wider(limited, need(where={"kind": ("leak",)})) == ("where",)


# Versions of a service


def asks(manifest: Manifest) -> Any:
    """What a manifest asks, without what is asked by another of its parts as well."""
    needs = manifest.needs.values()
    top = {key(n) for n in needs if not any(covers(m, n) and key(m) != key(n) for m in needs)}
    out = manifest.outputs
    return (
        frozenset(top),
        frozenset((p.record_type, p.retention and Duration.parse(p.retention)) for p in manifest.produces),
        frozenset(out.kinds),
        out.alerts_per_week,
        frozenset(link.url for link in out.links.values()),
        frozenset(phone.number for phone in out.numbers.values()),
        frozenset(json.dumps(question.model_dump(mode="json")) for question in out.questions.values()),
        manifest.schedule,
        manifest.automation,
    )


def less(old: Manifest, new: Manifest) -> bool:
    return not compare(old, new).wider


versions = manifests().flatmap(lambda a: st.tuples(st.just(a), changed(a)))
histories = versions.flatmap(lambda pair: st.tuples(*map(st.just, pair), changed(pair[1])))


@given(manifests())
def test_a_version_is_the_same_as_itself(manifest: Manifest) -> None:
    compared = compare(manifest, manifest)
    assert compared.verdict == "same"
    assert (compared.wider, compared.narrower, compared.reworded) == ((), (), ())
    assert (compared.waits, compared.altered) == (False, False)


@given(versions)
def test_versions_that_cover_each_other_ask_the_same(pair: tuple[Manifest, Manifest]) -> None:
    old, new = pair
    assert (less(old, new) and less(new, old)) == (asks(old) == asks(new))


@given(histories)
def test_asking_no_more_is_transitive(history: tuple[Manifest, Manifest, Manifest]) -> None:
    for a, b, c in itertools.permutations(history):
        if less(a, b) and less(b, c):
            assert less(a, c)


@given(versions)
def test_what_is_wider_one_way_is_narrower_the_other_way(pair: tuple[Manifest, Manifest]) -> None:
    old, new = pair
    there, back = compare(old, new), compare(new, old)
    assert [(c.axis, c.label, c.old, c.new) for c in there.wider] == [
        (c.axis, c.label, c.new, c.old) for c in back.narrower
    ]
    assert there.waits <= bool(there.wider)
    expected = {
        (True, True): {"incomparable"},
        (True, False): {"wider", "wider_optional"},
        (False, True): {"narrower", "reworded"},
        (False, False): {"same", "reworded"},
    }
    assert there.verdict in expected[bool(there.wider), bool(there.narrower)]


@given(manifests().flatmap(lambda a: st.tuples(st.just(a), renamed(a))))
def test_renaming_needs_changes_nothing(pair: tuple[Manifest, Manifest]) -> None:
    compared = compare(*pair)
    assert (compared.verdict, compared.wider, compared.narrower, compared.reworded) == ("same", (), (), ())


@given(asked_needs())
def test_two_needs_together_never_cover_a_third(asked: AskedNeed) -> None:
    """A need that asks for the fields of both was agreed to by neither answer, even if each field was."""
    more = (("zy",), ("zz",), ("zy", "zz"))
    a, b, union = (asked.model_copy(update={"fields": (*asked.fields, *names)}) for names in more)
    old = OLD.model_copy(update={"needs": {"a": a, "b": b}})
    assert [c.axis for c in compare(old, OLD.model_copy(update={"needs": {"a": union}})).wider] == ["fields"]


def test_two_periods_agreed_apart_do_not_cover_a_finer_and_longer_one() -> None:
    fine, long = need(granularity="hour", back="P1M"), need(granularity="day", back="P1Y")
    both = need(granularity="hour", back="P1Y")
    old = OLD.model_copy(update={"needs": {"fine": fine, "long": long}})
    assert compare(old, OLD.model_copy(update={"needs": {"long": both}})).wider == (
        Change("granularity", "long", "day", "hour"),
    )


def test_a_need_that_another_one_dominates_does_not_count() -> None:
    one = OLD.model_copy(update={"needs": {"a": need(granularity="hour")}})
    two = OLD.model_copy(update={"needs": {"a": need(granularity="hour"), "b": need(granularity="day")}})
    assert compare(one, two).verdict == compare(two, one).verdict == "same"


def test_any_old_need_may_cover_whatever_its_place_and_name() -> None:
    agreed = {"coarse": need(granularity="day"), "fine": need(granularity="hour")}
    for labels in itertools.permutations(agreed):
        old = OLD.model_copy(update={"needs": {label: agreed[label] for label in labels}})
        assert less(old, OLD.model_copy(update={"needs": {"coarse": agreed["fine"]}}))


Edit = Callable[[dict[str, Any]], object]
TEXT = {"en": "Something else is said here", "fr": "Autre chose est dit ici"}

MORE: dict[str, tuple[Edit, Change]] = {
    "a new need": (
        lambda v: v["needs"].update(gas={**v["needs"]["water"], "record_type": "gas.use/1"}),
        Change("record_type", "gas", "", "gas.use/1"),
    ),
    "finer": (
        lambda v: v["needs"]["water"].update(granularity="raw"),
        Change("granularity", "water", "hour", "raw"),
    ),
    "a field": (
        lambda v: v["needs"]["water"].update(fields=["litres", "min_flow", "start"]),
        Change("fields", "water", "litres,start", "litres,min_flow,start"),
    ),
    "no limit": (
        lambda v: v["needs"]["water"].update(where={}),
        Change("where", "water", '{"basis":["reported"]}', "{}"),
    ),
    "required": (lambda v: v["needs"]["home"].pop("without"), Change("required", "home", "false", "true")),
    "produces": (
        lambda v: v["produces"].append({"record_type": "water.use/1", "retention": "P1M"}),
        Change("produces", "", "", "water.use/1 P1M"),
    ),
    "kept longer": (
        lambda v: v["produces"][0].update(retention="P2Y"),
        Change("retention", "", "supply.alert/1 P1Y", "supply.alert/1 P2Y"),
    ),
    "kept for ever": (
        lambda v: v["produces"][0].update(retention=""),
        Change("retention", "", "supply.alert/1 P1Y", "supply.alert/1"),
    ),
    "alerts": (lambda v: v["outputs"].update(alerts_per_week=3), Change("alerts_per_week", "", "2", "3")),
    "a link": (
        lambda v: v["outputs"]["links"]["leaks"].update(url="https://example.com/"),
        Change("links", "", "", "https://example.com/"),
    ),
    "a number": (
        lambda v: v["outputs"]["numbers"]["operator"].update(number="3939"),
        Change("numbers", "", "", "3939"),
    ),
    "decisions": (lambda v: v.update(automation="decision"), Change("automation", "", "advice", "decision")),
    "a schedule": (lambda v: v.update(schedule="daily"), Change("schedule", "", "on_new_data", "daily")),
}


@pytest.mark.parametrize("name", MORE)
def test_what_asks_for_more_waits_and_is_named(name: str) -> None:
    edit, change = MORE[name]
    compared = compare(OLD, full(edit))
    assert change in compared.wider
    assert compared.waits
    assert compared.verdict == ("incomparable" if compared.narrower else "wider")
    assert bump_needed(compared) == "major"


@pytest.mark.parametrize("field", ["kinds", "question"])
def test_new_kinds_of_blocks_and_questions_ask_for_more(field: str) -> None:
    def fewer(value: dict[str, Any]) -> None:
        if field == "kinds":
            value["outputs"]["kinds"] = ["card"]
        else:
            value["outputs"]["questions"] = {}

    compared = compare(full(fewer), OLD)
    assert [c.axis for c in compared.wider] == ["kinds" if field == "kinds" else "questions"]
    assert compare(OLD, full(fewer)).verdict == "narrower"


def test_a_question_in_other_words_is_another_question() -> None:
    compared = compare(OLD, full(lambda v: v["outputs"]["questions"]["garden"].update(text=TEXT)))
    assert [c.axis for c in compared.wider] == ["questions"]
    assert compared.reworded == ()


def test_more_of_an_optional_need_does_not_wait() -> None:
    compared = compare(OLD, full(lambda v: v["needs"]["home"].update(back="P1Y")))
    assert (compared.verdict, compared.waits) == ("wider_optional", False)
    assert bump_needed(compared) == "minor"


def test_a_need_that_is_widened_where_it_is_required_waits_even_if_another_is_optional() -> None:
    def edit(value: dict[str, Any]) -> None:
        value["needs"]["home"]["back"] = "P1Y"
        value["needs"]["water"]["granularity"] = "raw"

    assert compare(OLD, full(edit)).waits


def test_more_of_one_and_less_of_another_is_incomparable_and_waits_only_for_what_is_required() -> None:
    def edit(value: dict[str, Any]) -> None:
        value["needs"]["home"]["back"] = "P1Y"
        value["needs"]["water"]["granularity"] = "day"

    compared = compare(OLD, full(edit))
    assert (compared.verdict, compared.waits) == ("incomparable", False)
    assert compared.wider == (Change("back", "home", "P30D", "P1Y"),)
    assert compared.narrower == (Change("granularity", "water", "hour", "day"),)
    assert compare(full(edit), OLD).waits


def test_a_period_that_no_calendar_orders_is_incomparable() -> None:
    compared = compare(OLD, full(lambda v: v["needs"]["home"].update(back="P1M")))
    assert compared.verdict == "incomparable"
    assert compared.wider == compared.narrower == (Change("back", "home", "P30D", "P1M"),)


@pytest.mark.parametrize(
    "edit",
    [
        lambda v: v["needs"].pop("home"),
        lambda v: v["needs"]["water"].update(back="P1M"),
        lambda v: v["produces"][0].update(retention="P1M"),
        lambda v: v.update(produces=[], automation="none", schedule="on_open"),
        lambda v: v["outputs"].update(links={}, numbers={}, questions={}),
    ],
)
def test_what_asks_for_less_is_narrower_and_does_not_wait(edit: Edit) -> None:
    compared = compare(OLD, full(edit))
    assert (compared.verdict, compared.waits, compared.wider) == ("narrower", False, ())
    assert compared.narrower
    assert bump_needed(compared) == "patch"


@pytest.mark.parametrize(
    ("path", "edit"),
    [
        ("name", lambda v: v.update(name={"en": "Other", "fr": "Autre"})),
        ("summary", lambda v: v.update(summary=TEXT)),
        ("licence", lambda v: v.update(licence="MIT")),
        ("source", lambda v: v.pop("source")),
        ("publisher.contact", lambda v: v["publisher"].update(contact="other@example.org")),
        ("publisher.privacy", lambda v: v["publisher"].pop("privacy")),
        ("needs.water.why", lambda v: v["needs"]["water"].update(why=TEXT)),
        ("needs.home.without", lambda v: v["needs"]["home"].update(without=TEXT)),
        ("needs.water.without", lambda v: v["needs"]["water"].update(without=TEXT)),
        ("settings.goal.title", lambda v: v["settings"]["goal"].update(title=TEXT)),
        ("settings.size.title", lambda v: v["settings"].update(size={**v["settings"]["goal"], "title": TEXT})),
        ("outputs.links.leaks.label", lambda v: v["outputs"]["links"]["leaks"].update(label=TEXT)),
        ("outputs.numbers.operator.label", lambda v: v["outputs"]["numbers"]["operator"].update(label=TEXT)),
        (
            "needs.renamed.why",
            lambda v: v["needs"].update(renamed={**v["needs"].pop("water"), "why": TEXT}),
        ),
    ],
)
def test_a_text_shown_to_people_that_changed_is_named(path: str, edit: Edit) -> None:
    compared = compare(OLD, full(edit))
    assert (compared.verdict, compared.reworded, compared.waits) == ("reworded", (path,), False)
    assert bump_needed(compared) == "patch"


@pytest.mark.parametrize(
    "edit",
    [
        lambda v: v.update(version="9.9.9"),
        lambda v: v.update(sdk=">=7", function="other:other"),
        lambda v: v["settings"]["goal"].update(default="100"),
        lambda v: v["outputs"].update(links={"renamed": v["outputs"]["links"]["leaks"]}),
    ],
)
def test_what_is_not_shown_changes_no_verdict_but_needs_a_patch_unless_it_is_the_version(edit: Edit) -> None:
    compared = compare(OLD, full(edit))
    assert (compared.verdict, compared.wider, compared.narrower) == ("same", (), ())
    same_bytes = full(edit).model_copy(update={"version": OLD.version}) == OLD
    assert bump_needed(compared) == ("none" if same_bytes else "patch")


@pytest.mark.parametrize(
    ("axis", "edit"),
    [
        ("publisher", lambda v: v["publisher"].update(name="Somebody else")),
        ("country", lambda v: v["publisher"].update(country="DE")),
        ("country", lambda v: v["publisher"].pop("country")),
        ("role", lambda v: v["publisher"].update(role="controller")),
        ("id", lambda v: v.update(id="org.example.another")),
    ],
)
def test_another_party_waits_whatever_else_is_asked(axis: str, edit: Edit) -> None:
    def and_less(value: dict[str, Any]) -> None:
        edit(value)
        value["needs"].pop("home")

    for change in (edit, and_less):
        compared = compare(OLD, full(change))
        assert (compared.verdict, compared.waits) == ("other_party", True)
        assert [c.axis for c in compared.wider] == [axis]
        assert axis not in [c.axis for c in compared.narrower]
        assert bump_needed(compared) == "major"


def test_schedules_are_in_order_but_for_daily_and_on_new_data() -> None:
    names = ("on_open", "weekly", "daily", "on_new_data")
    no_stronger = {
        (a, b)
        for a in names
        for b in names
        if a != b and less(full(lambda v, b=b: v.update(schedule=b)), full(lambda v, a=a: v.update(schedule=a)))  # type: ignore[misc]
    }
    assert no_stronger == {("on_open", "weekly"), ("on_open", "daily"), ("weekly", "daily"), ("on_open", "on_new_data")}


# Version numbers

PRECEDENCE = (
    "0.9.9",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1-0",
    "1.0.1",
    "1.2.0",
    "1.10.0",
    "2.0.0",
)


def test_precedence_is_that_of_semver_11() -> None:
    for (i, a), (j, b) in itertools.product(enumerate(PRECEDENCE), repeat=2):
        assert older(a, b) == (i < j), (a, b)


def test_build_metadata_have_no_precedence() -> None:
    assert not older("1.0.0+a", "1.0.0+b")
    assert not older("1.0.0+b-1", "1.0.0")


@pytest.mark.parametrize(
    ("old", "new", "given_", "enough"),
    [
        ("1.2.3", "2.0.0", "major", {"none", "patch", "minor", "major"}),
        ("1.2.3", "1.3.0", "minor", {"none", "patch", "minor"}),
        ("1.2.3", "1.2.4", "patch", {"none", "patch"}),
        ("1.2.3", "1.2.3", "none", {"none"}),
        ("1.2.3", "1.2.3+build", "none", {"none"}),
        ("1.2.3-rc.1", "1.2.3", "patch", {"none", "patch"}),
        ("1.2.3", "1.2.2", "none", set()),
        ("2.0.0", "1.9.9", "none", set()),
        ("1.0.0", "1.0.0-rc.1", "none", set()),
        ("0.1.0", "0.2.0", "minor", {"none", "patch", "minor", "major"}),
        ("0.1.0", "0.1.1", "patch", {"none", "patch", "minor"}),
        ("0.9.0", "1.0.0", "major", {"none", "patch", "minor", "major"}),
    ],
)
def test_a_version_number_rises_enough_or_too_little(old: str, new: str, given_: Bump, enough: set[Bump]) -> None:
    assert bump_given(old, new) == given_
    bumps: tuple[Bump, ...] = ("none", "patch", "minor", "major")
    assert {needed for needed in bumps if bump_enough(old, new, needed)} == enough


@given(st.sampled_from(PRECEDENCE), st.sampled_from(["patch", "minor", "major"]))
def test_the_next_version_is_enough(old: str, needed: Bump) -> None:
    assert bump_enough(old, bumped(old, needed), needed)
