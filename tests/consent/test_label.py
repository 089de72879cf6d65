"""The label: all that a service asks for, in both languages, and nothing that is not enforced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.consent.label import ISOLATED, NOT_ISOLATED, Enforcement, Label, NeedLabel, label_of
from selfdata_sdk.model import REGISTRY
from selfdata_sdk.model.text import LANGUAGES, Language
from selfdata_sdk.service.manifest import Manifest

WHY = {"en": "For the purpose of this very test", "fr": "Pour les besoins de ce test précis"}
WITHOUT = {"en": "No advice on heating", "fr": "Pas de conseil sur le chauffage"}
NEED = {
    "record_type": "water.use/1", "fields": ["litres", "start"], "granularity": "hour", "at_worst": "day", "back": "P2Y",
    "why": WHY,
}  # fmt: skip
MANIFEST: dict[str, Any] = {
    "id": "org.example.coach",
    "version": "1.2.0",
    "sdk": "",
    "function": "coach:coach",
    "name": {"en": "Coach", "fr": "Entraîneur"},
    "summary": {"en": "Coaches.", "fr": "Entraîne."},
    "publisher": {"name": "Example"},
    "licence": "MIT",
    "needs": {"water": NEED},
    "outputs": {"kinds": ["card"]},
}


def label(isolated: bool = False, **changes: Any) -> Label:
    return label_of(Manifest.model_validate({**MANIFEST, **changes}), REGISTRY, Enforcement(isolated))


def need(**changes: Any) -> NeedLabel:
    (found,) = label(needs={"water": {**NEED, **changes}}).needs
    return found


def lines(of: NeedLabel, language: Language = "en") -> list[str]:
    return [text.say(language) for text in of.lines]


def facts(language: Language = "en", **changes: Any) -> list[str]:
    return [text.say(language) for text in label(**changes).facts]


def test_the_id_and_the_version_stand_beside_the_name() -> None:
    found = label()
    assert (found.name.fr, found.id, found.version) == ("Entraîneur", "org.example.coach", "1.2.0")


def test_a_need_says_what_how_fine_how_far_back_and_why() -> None:
    found = need()
    assert found.what.en == "Water use by hour, the last 2 years"
    assert found.what.fr == "Consommation d'eau par heure, les 2 dernières années"
    assert lines(found)[:3] == [
        "Why: “For the purpose of this very test”",
        "It is to give the service you asked for.",
        "It sees: water used and start.",
    ]
    assert lines(found, "fr")[0] == "Pourquoi\u00a0: «\u00a0Pour les besoins de ce test précis\u00a0»"


def test_a_publishers_words_are_quoted_as_theirs() -> None:
    found = label()
    assert (found.summary.en, found.summary.fr) == ("“Coaches.”", "«\u00a0Entraîne.\u00a0»")
    assert "Without it: “No advice on heating”" in lines(need(without=WITHOUT))
    assert "Published by “Example”." in facts()


def test_a_need_says_whether_it_is_required_or_what_is_lost_without_it() -> None:
    assert need().required
    assert "The service cannot work without it." in lines(need())
    optional = need(without=WITHOUT)
    assert not optional.required
    assert "The service cannot work without it." not in lines(optional)


def test_what_is_finer_than_the_record_type_gives_by_itself_needs_an_answer_of_its_own() -> None:
    found = need()
    assert found.finer
    assert found.coarse is not None
    assert found.coarse.en == "by day"
    assert any("an answer of its own" in line for line in lines(found))
    by_day = need(granularity="day")
    assert (by_day.finer, by_day.coarse) == (False, None)
    assert not any("an answer of its own" in line for line in lines(by_day))


def test_a_coarser_answer_is_offered_only_where_it_is_of_use() -> None:
    found = need(at_worst="hour")
    assert (found.finer, found.coarse) == (True, None)


@pytest.mark.parametrize(
    ("ongoing", "said"), [(True, "Also data that come later."), (False, "No data that come later.")]
)
def test_a_need_says_whether_new_data_keep_flowing(ongoing: bool, said: str) -> None:
    assert said in lines(need(ongoing=ongoing))


def test_what_identifies_and_what_is_under_a_pseudonym_is_said() -> None:
    profile = {
        "record_type": "home.household/1", "granularity": "raw", "at_worst": "raw", "fields": ["commune", "occupants"],
    }  # fmt: skip
    told = [line for line in lines(need(**profile)) if line.startswith("This can identify you or others")]
    assert len(told) == 1
    assert "commune" in told[0].lower() or "insee" in told[0].lower()
    assert not [line for line in lines(need()) if line.startswith("This can identify")]
    open_ = need(fields=["litres", "point"])
    assert "This can identify you or others: supply point." in lines(open_)
    hidden = need(fields=["litres", "point"], pseudonyms=["point"])
    assert "Under pseudonyms only: supply point." in lines(hidden)
    assert "It sees: water used." in lines(hidden)
    assert not [line for line in lines(hidden) if line.startswith("This can identify")]


def test_a_narrower_need_says_so() -> None:
    assert "Only where basis is reported." in lines(need(where={"basis": ["reported"]}))
    assert "Places within 1 km." in lines(need(precision="1km"))


def test_what_is_brought_together_is_said_in_one_sentence() -> None:
    both = {"water": NEED, "gas": {**NEED, "record_type": "gas.use/1", "fields": ["volume"]}}
    assert "It combines: water use and gas use." in facts(needs=both)
    assert not [fact for fact in facts() if fact.startswith("It combines")]


def test_what_it_saves_is_said_with_how_long() -> None:
    made = facts(produces=[{"record_type": "gas.use/1", "retention": "P1M"}, {"record_type": "water.use/1"}])
    assert "It may save in your cloud, for 1 month: gas use." in made
    assert "It may save in your cloud, until you erase it: water use." in made


def test_what_it_may_show_is_said_literally() -> None:
    outputs = {
        "kinds": ["alert", "action", "ask"],
        "alerts_per_week": 3,
        "links": {"help": {"label": {"en": "Help", "fr": "Aide"}, "url": "https://example.org/help?a=1"}},
        "numbers": {"line": {"label": {"en": "Call", "fr": "Appeler"}, "number": "3639"}},
        "questions": {"pool": {"text": {"en": "Do you have a pool?", "fr": "Avez-vous une piscine ?"}}},
    }
    said = facts(outputs=outputs)
    assert "It may alert you at most 3 times a week." in said
    assert "It may show this link: “Help” https://example.org/help?a=1" in said
    assert "It may show this number: “Call” 3639" in said
    assert "It may ask you: “Do you have a pool?”" in said


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({"kinds": ["alert"], "alerts_per_week": 1}, ["It may alert you at most once a week."]),
        ({"kinds": ["alert"], "alerts_per_week": 0}, []),
        ({"kinds": ["card"], "alerts_per_week": 3}, []),
    ],
)
def test_alerts_are_spoken_of_where_there_may_be_some(outputs: dict[str, Any], said: list[str]) -> None:
    assert [fact for fact in facts(outputs=outputs) if "alert" in fact] == said


def test_who_answers_for_it_is_said_and_that_this_is_their_word() -> None:
    publisher = {
        "name": "Example", "contact": "hello@example.org", "country": "FR", "privacy": "https://example.org/privacy",
        "role": "controller",
    }  # fmt: skip
    said = facts(publisher=publisher)
    assert "Published by “Example” (France)." in said
    assert "It says that it receives data of yours and decides on their use." in said
    assert "Contact: hello@example.org" in said
    assert "What it says on privacy: https://example.org/privacy" in said
    assert "Licence: MIT." in said
    assert "It says that your data stay with you: it receives none." in facts()


def test_a_service_that_decides_about_people_says_so() -> None:
    assert "It runs every day and gives you decisions about you." in facts(schedule="daily", automation="decision")
    assert "It runs when you open it and gives you advice." in facts()


def test_where_data_go_follows_from_what_is_enforced_alone() -> None:
    assert label(isolated=False).where == NOT_ISOLATED
    assert label(isolated=True).where == ISOLATED
    assert "nothing here could stop it" in NOT_ISOLATED.en
    assert "Nothing leaves your cloud" in ISOLATED.en
    local = label(isolated=False, publisher={"name": "Example", "role": "local_only"})
    assert "Nothing leaves" not in " ".join(t.en for t in (*local.facts, local.where))


def test_a_record_type_that_is_not_known_is_named_as_it_is() -> None:
    found = need(record_type="org.example.thing/1", fields=["some_thing"])
    assert found.what.en == "org.example.thing/1 by hour, the last 2 years"
    assert not found.finer
    assert "It sees: some thing." in lines(found)


def test_no_label_has_a_breaking_space_before_a_french_colon() -> None:
    coach = Path(__file__).parents[2] / "example_services/water_coach/water_coach/manifest.json"
    found = label_of(Manifest.from_json(coach.read_bytes()), REGISTRY, Enforcement())
    said = [t for n in found.needs for t in (n.what, *n.lines)] + [*found.facts, found.where, found.summary]
    assert not [t.fr for t in said if any(f" {sign}" in t.fr for sign in ":;!?»")]
    assert all(t.say(language) for t in said for language in LANGUAGES)
