"""The households on which a service is tried are those that have data for it."""

from __future__ import annotations

from selfdata_sdk.host.discovery import of_folder
from selfdata_sdk.testing.conformance.households import each_household, few, household, households
from selfdata_sdk.testing.conformance.subject import PLAIN, Subject, Variation
from selfdata_sdk.testing.personas import PERSONAS

from ...zoo.animal import HEALTHY


def subject() -> Subject:
    return Subject(of_folder(HEALTHY).load(), HEALTHY)


def test_a_household_has_what_is_wanted_and_no_more() -> None:
    case = household("family_garden", frozenset({"water.use/1", "home.household/1"}))
    assert {t.record_type.type for t in case.tables()} == {"water.use/1", "home.household/1"}


def test_what_no_persona_has_is_invented_and_what_some_have_is_not() -> None:
    wanted = frozenset({"supply.alert/1", "gas.use/1"})
    assert {t.record_type.type for t in household("single_flat", wanted).tables()} == {"supply.alert/1"}
    assert {t.record_type.type for t in household("family_garden", wanted).tables()} == wanted


def test_all_households_come_and_few_of_them_are_tried() -> None:
    everywhere = households(subject())
    assert {case.household for case in everywhere} == set(PERSONAS)
    assert few(subject()) == everywhere[:3]


def test_those_that_have_everything_come_first() -> None:
    first = next(iter(each_household(subject())))
    assert {t.record_type.type for t in first.tables()} == {"water.use/1", "home.household/1"}


def test_a_run_is_made_once_and_again_if_asked() -> None:
    one = subject()
    case = few(one)[0]
    assert one.trial(case) is one.trial(case)
    again = one.again(case)
    assert again is not one.trial(case)
    assert again.said == one.trial(case).said


def test_a_variation_is_handed_over() -> None:
    one = subject()
    case = few(one)[0]
    daily = one.trial(case, Variation("by day", granularity={"water": "day"}))
    given = {d.label: d for d in daily.delivered}
    assert given["water"].granularity == "day"
    assert {d.label: d.granularity for d in one.trial(case, PLAIN).delivered}["water"] == "hour"
    refused = one.trial(case, Variation("refused", refused=frozenset({"home"})))
    assert {d.label: d.given for d in refused.delivered} == {"water": True, "home": False}


def test_the_code_of_a_project_is_its_package() -> None:
    assert [file.relative_to(HEALTHY).as_posix() for file in subject().code] == ["healthy/__init__.py"]
