"""What a person reads about a new version of a service."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.consent.difference import VERDICTS, sentences
from selfdata_sdk.consent.label import combined
from selfdata_sdk.consent.order import Verdict, compare
from selfdata_sdk.consent.wordings import (
    back_words,
    country_words,
    field_words,
    granularity_words,
    length_words,
    listed,
    precision_words,
    quoted,
    type_words,
    where_words,
)
from selfdata_sdk.model import REGISTRY, Text
from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.time import GRANULARITIES
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.testing.strategies import changed, durations, manifests

VECTOR = Path(__file__).parents[1] / "service" / "vectors" / "good" / "full.json"

Edit = Callable[[dict[str, Any]], object]
TEXT = {"en": "Something else is said here", "fr": "Autre chose est dit ici"}


def full(edit: Edit = lambda value: None) -> Manifest:
    value = json.loads(VECTOR.read_bytes())
    edit(value)
    return Manifest.model_validate(value)


OLD = full()


def read(old: Manifest, new: Manifest, registry: Registry = REGISTRY) -> list[Text]:
    """What the person reads after the verdict."""
    verdict, *rest = sentences(compare(old, new), old, new, registry)
    assert verdict.en.startswith(("It asks", "Who answers"))
    return rest


def water(**values: Any) -> Edit:
    return lambda v: v["needs"]["water"].update(values)


# Each edit with what is said of it, and what is said when it is taken back.
SAID: dict[str, tuple[Edit, str, str, str]] = {
    "granularity": (
        water(granularity="raw"),
        "It now asks for water use in full detail instead of by hour.",
        "Il demande maintenant « Consommation d'eau » dans tout le détail, et non plus par heure.",
        "It now asks for water use by hour instead of in full detail.",
    ),
    "at_worst": (
        water(at_worst="hour"),
        "It can no longer do with water use by day: it needs it by hour at least.",
        "Il ne se contente plus de « Consommation d'eau » par jour : il lui faut par heure au moins.",
        "It can now do with water use by day.",
    ),
    "back": (
        water(back="P2Y"),
        "It now asks for water use of the last 2 years instead of the last year.",
        "Il demande maintenant « Consommation d'eau » sur les 2 dernières années, et non plus sur la dernière année.",
        "It now asks for water use of the last year instead of the last 2 years.",
    ),
    "fields": (
        water(fields=["estimated_leak", "litres", "min_flow", "start"]),
        "Of water use, it now also sees: leak estimated by the operator and lowest flow.",
        "De « Consommation d'eau », il voit maintenant aussi : fuite estimée par l'opérateur et débit minimal.",
        "Of water use, it no longer sees: leak estimated by the operator and lowest flow.",
    ),
    "where": (
        water(where={}),
        "What it asks of water use is now: all of it; it was: only where basis is reported.",
        (
            "Ce qu'il demande de « Consommation d'eau » est maintenant : tout ; c'était : seulement où origine est "
            "reported."
        ),
        "What it asks of water use is now: only where basis is reported; it was: all of it.",
    ),
    "new need": (
        lambda v: v["needs"].update(
            gas={
                **v["needs"]["water"],
                "record_type": "gas.use/1",
                "fields": ["volume"],
                "where": {},
                "without": {"en": "No gas", "fr": "Pas de gaz"},
            }
        ),
        (
            "It now also asks for: gas use by hour, the last year. It sees: volume. What for: to give the service you "
            "asked for. Why: “Find leaks from hours without rest”. You may refuse."
        ),
        (
            "Il demande maintenant aussi : consommation de gaz par heure, la dernière année. Il voit : volume. Ce sera "
            "pour rendre le service demandé. Pourquoi : « Repérer une fuite dans les heures sans repos ». Vous pouvez "
            "refuser."
        ),
        "It no longer asks for gas use.",
    ),
    "required": (
        lambda v: v["needs"]["home"].pop("without"),
        "It can no longer do without household.",
        "Il ne peut plus se passer de « Foyer ».",
        "It can now do without household: you may refuse.",
    ),
    "purpose": (
        water(purpose="academic_research"),
        "It now asks for water use for academic research, no longer to give the service you asked for.",
        (
            "Il demande maintenant « Consommation d'eau » pour une recherche universitaire, et non plus pour rendre le "
            "service demandé."
        ),
        "It now asks for water use to give the service you asked for, no longer for academic research.",
    ),
    "produces": (
        lambda v: v["produces"].append({"record_type": "water.use/1", "retention": "P1M"}),
        "It may now save in your cloud, for 1 month: water use.",
        "Il peut maintenant enregistrer dans votre cloud, pendant 1 mois : « Consommation d'eau ».",
        "It no longer saves: water use.",
    ),
    "retention": (
        lambda v: v["produces"][0].update(retention=""),
        "What it saves of supply alert is now kept until you erase it instead of for 1 year.",
        (
            "Ce qu'il enregistre de « Alerte de fourniture » est maintenant gardé jusqu'à ce que vous l'effaciez, et non "
            "plus pendant 1 an."
        ),
        "What it saves of supply alert is now kept for 1 year instead of until you erase it.",
    ),
    "alerts": (
        lambda v: v["outputs"].update(alerts_per_week=5),
        "It may now alert you up to 5 times a week instead of 2.",
        "Il peut maintenant vous alerter jusqu'à 5 fois par semaine, et non plus 2.",
        "It may now alert you up to 2 times a week instead of 5.",
    ),
    "link": (
        lambda v: v["outputs"]["links"].update(help={"label": TEXT, "url": "https://example.org/{help}"}),
        "It may now show this link: “Something else is said here” https://example.org/{help}.",
        "Il peut maintenant montrer ce lien : « Autre chose est dit ici » https://example.org/{help}.",
        "It no longer shows this link: “Something else is said here” https://example.org/{help}.",
    ),
    "number": (
        lambda v: v["outputs"]["numbers"].update(help={"label": TEXT, "number": "3939"}),
        "It may now show this number: “Something else is said here” 3939.",
        "Il peut maintenant montrer ce numéro : « Autre chose est dit ici » 3939.",
        "It no longer shows this number: “Something else is said here” 3939.",
    ),
    "question": (
        lambda v: v["outputs"]["questions"].update(pool={"text": {"en": "A {pool}?", "fr": "Une {piscine} ?"}}),
        "It may now ask you: “A {pool}?”",
        "Il peut maintenant vous demander : « Une {piscine} ? »",
        "It no longer asks you: “A {pool}?”",
    ),
    "schedule": (
        lambda v: v.update(schedule="daily"),
        "It now runs every day instead of when data come in.",
        "Il se lance maintenant chaque jour, et non plus quand des données arrivent.",
        "It now runs when data come in instead of every day.",
    ),
    "automation": (
        lambda v: v.update(automation="profiling"),
        "It now gives you a profile of you instead of advice.",
        "Il vous donne maintenant un profil de vous, et non plus des conseils.",
        "It now gives you advice instead of a profile of you.",
    ),
    "publisher": (
        lambda v: v["publisher"].update(name="Another"),
        "Its publisher is now “Another”, no longer “Coopérative de l’eau”.",
        "Son éditeur est maintenant « Another », et non plus « Coopérative de l’eau ».",
        "Its publisher is now “Coopérative de l’eau”, no longer “Another”.",
    ),
    "country": (
        lambda v: v["publisher"].update(country="DE"),
        "Its publisher's country is now: Germany; it was: France.",
        "Le pays de son éditeur est maintenant : Allemagne ; c'était : France.",
        "Its publisher's country is now: France; it was: Germany.",
    ),
    "role": (
        lambda v: v["publisher"].update(role="controller"),
        (
            "What its publisher says to do with your data is now: to receive them and decide on their use; it was: "
            "nothing, they stay with you."
        ),
        (
            "Ce que son éditeur dit faire de vos données est maintenant : les recevoir et décider de leur usage ; "
            "c'était : rien, elles restent chez vous."
        ),
        (
            "What its publisher says to do with your data is now: nothing, they stay with you; it was: to receive them "
            "and decide on their use."
        ),
    ),
    "why": (
        water(why=TEXT),
        "Why it asks for water use is now “Something else is said here”; it was “Find leaks from hours without rest”.",
        (
            "Pourquoi il demande « Consommation d'eau » : maintenant « Autre chose est dit ici », avant « Repérer une "
            "fuite dans les heures sans repos »."
        ),
        "Why it asks for water use is now “Find leaks from hours without rest”; it was “Something else is said here”.",
    ),
    "summary": (
        lambda v: v.update(summary={"en": "Finds {leaks}.", "fr": "Trouve {tout}."}),
        "Its summary is now “Finds {leaks}.”; it was “Finds leaks and habits.”.",
        "Son résumé : maintenant « Trouve {tout}. », avant « Repère les fuites et les habitudes. ».",
        "Its summary is now “Finds leaks and habits.”; it was “Finds {leaks}.”.",
    ),
    "no privacy page": (
        lambda v: v["publisher"].pop("privacy"),
        "Its page on privacy is now nothing; it was “https://example.org/privacy”.",
        "Sa page sur la vie privée : maintenant rien, avant « https://example.org/privacy ».",
        "Its page on privacy is now “https://example.org/privacy”; it was nothing.",
    ),
}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("name", SAID)
def test_each_difference_is_said_in_both_languages_and_both_ways(name: str) -> None:
    edit, en, fr, back = SAID[name]
    new = full(edit)
    there = read(OLD, new)
    assert en in [t.en for t in there]
    assert fr in [plain(t.fr) for t in there]
    assert back in [t.en for t in read(new, OLD)]


def test_a_change_is_said_once_even_if_no_order_holds() -> None:
    new = full(lambda v: v["needs"]["home"].update(back="P1M"))
    assert [t.en for t in read(OLD, new)] == [
        "It now asks for household of the last month instead of the last 30 days."
    ]


def test_data_that_come_later_are_said() -> None:
    new = full(water(ongoing=False))
    assert [t.en for t in read(new, OLD)] == ["It now also asks for water use that comes in later."]
    assert [t.en for t in read(OLD, new)] == ["It no longer asks for water use that comes in later."]


def test_pseudonyms_are_said() -> None:
    named = full(water(fields=["litres", "point"]))
    hidden = full(water(fields=["litres", "point"], pseudonyms=["point"]))
    assert [t.en for t in read(hidden, named)] == [
        "Of water use, it now sees as it is, and not under pseudonyms: supply point."
    ]
    assert [t.en for t in read(named, hidden)] == ["Of water use, it now sees under pseudonyms only: supply point."]


def test_how_precise_places_are_is_said() -> None:
    coarse, exact = full(water(precision="10km")), full(water(precision="exact"))
    assert [t.en for t in read(coarse, exact)] == [
        "What it asks of water use is now: exact places; it was: places within 10 km."
    ]


def test_kinds_of_blocks_are_said() -> None:
    new = full(lambda v: v["outputs"].update(kinds=["card", "chart"]))
    assert [t.en for t in read(OLD, new)] == [
        (
            "It no longer gives you: things to do, alerts, questions, word that there is no advice and records that it "
            "makes."
        )
    ]


def test_what_comes_together_anew_is_said() -> None:
    new = full(SAID["new need"][0])
    assert "It combines: gas use, household and water use." in [
        t.en for t in read(OLD, Manifest.from_json(new.canonical()))
    ]
    assert not [t for t in read(OLD, full(water(granularity="raw"))) if t.en.startswith("It combines")]


def test_every_verdict_has_its_sentence_and_says_if_the_new_version_waits() -> None:
    assert set(VERDICTS) == set(get_args(Verdict))

    def both(home: str) -> Edit:
        def edit(value: dict[str, Any]) -> None:
            value["needs"][home]["back"] = "P2Y"
            value["needs"]["water"]["granularity"] = "day"

        return edit

    for home, waits in (("water", True), ("home", False)):
        new = full(both(home))
        compared = compare(OLD, new)
        assert (compared.verdict, compared.waits) == ("incomparable", waits)
        assert ("waits" in sentences(compared, OLD, new, REGISTRY)[0].en) == waits


@given(manifests().flatmap(lambda m: st.tuples(st.just(m), changed(m))))
def test_any_two_versions_can_be_told_apart_in_words(versions: tuple[Manifest, Manifest]) -> None:
    old, new = versions
    compared = compare(old, new)
    said = read(old, new)
    assert bool(said) == bool(compared.wider or compared.narrower or compared.reworded)
    for text in said:
        if text == combined(new, REGISTRY):
            continue  # a sentence of the label
        assert not re.search(r"[^\u00a0][:;!?»](?!//)|«[^\u00a0]", re.sub(r"https://\S+", "", text.fr)), text.fr


def test_a_record_type_that_is_not_known_is_said_by_its_name() -> None:
    new = full(lambda v: v["needs"].update(new={**v["needs"]["home"], "record_type": "org.example.new-thing/1"}))
    assert read(OLD, new)[0].en.startswith("It now also asks for: org.example.new-thing/1")


def test_the_longest_manifest_can_still_be_said() -> None:
    many = [f"field_{n:03d}_{'x' * 100}" for n in range(300)]
    values = ["z" * 190 + f"{n:03d}" for n in range(300)]
    unknown = "org." + "x" * 5000 + "/1"

    def edit(value: dict[str, Any]) -> None:
        value["needs"]["water"].update(fields=many, where={"basis": values})
        value["needs"]["home"].update(record_type=unknown, fields=many, where={"a": values})
        value["produces"] = [{"record_type": unknown}]

    new = full(edit)
    assert any("field 000" in t.en and "more" in t.en for t in read(OLD, new))
    assert any("all of it" in t.en or "only where" in t.en for t in read(new, OLD))


# Wordings


def test_granularities_and_precisions_are_said() -> None:
    assert [granularity_words(g).en for g in GRANULARITIES] == [
        "as one total",
        "by year",
        "by month",
        "by day",
        "by hour",
        "by half hour",
        "in full detail",
    ]
    assert precision_words("1km") == Text(en="places within 1 km", fr="lieux à 1 km près")


@pytest.mark.parametrize(
    ("duration", "en", "fr"),
    [
        ("P30D", "the last 30 days", "les 30 derniers jours"),
        ("P1D", "the last day", "le dernier jour"),
        ("P2W", "the last 14 days", "les 14 derniers jours"),
        ("P1M", "the last month", "le dernier mois"),
        ("P18M", "the last 18 months", "les 18 derniers mois"),
        ("P12M", "the last year", "la dernière année"),
        ("P2Y", "the last 2 years", "les 2 dernières années"),
        ("PT1H", "the last hour", "la dernière heure"),
        ("PT90M", "the last 1 hour and 30 minutes", "les derniers 1 heure et 30 minutes"),
        ("P1M1D", "the last 1 month and 1 day", "les derniers 1 mois et 1 jour"),
    ],
)
def test_how_far_back_is_said(duration: str, en: str, fr: str) -> None:
    assert back_words(duration) == Text(en=en, fr=fr)


@given(durations())
def test_every_duration_can_be_said(duration: str) -> None:
    assert length_words(duration).en
    assert back_words(duration).en == "the last " + re.sub(r"^1 (\w+)$", r"\1", length_words(duration).en)


def test_large_numbers_are_written_as_each_language_does() -> None:
    assert length_words("P2000D") == Text(en="2,000 days", fr="2\u202f000 jours")


def test_fields_and_types_are_said_by_their_titles_or_else_by_their_names() -> None:
    assert field_words(REGISTRY, "water.use/1", "min_flow").fr == "Débit minimal"
    assert field_words(REGISTRY, "water.use/1", "point").en == "Supply point"
    assert field_words(REGISTRY, "supply.contract/1", "prices.tariff_class").en == "Tariff class"
    assert field_words(REGISTRY, "water.use/1", "not_there").en == "not there"
    assert field_words(REGISTRY, "not.there/1", "min_flow").en == "min flow"
    assert type_words(REGISTRY, "not.there/1").en == "not.there/1"


def test_limits_lists_countries_and_quotes_are_said() -> None:
    limits = where_words(REGISTRY, "supply.alert/1", {"kind": ("leak", "outage")})
    assert limits == Text(en="only where kind is leak or outage", fr="seulement où nature est leak ou outage")
    assert listed([Text(en=c, fr=c) for c in "abc"]) == Text(en="a, b and c", fr="a, b et c")
    assert listed([Text(en="x" * 400, fr="y")] * 3) == Text(en="x" * 400 + " and 2 more", fr="y et 2 de plus")
    assert country_words("DE") == Text(en="Germany", fr="Allemagne")
    assert country_words("QQ").en == "QQ"
    assert quoted(Text(en="a", fr="b")) == Text(en="“a”", fr="«\u00a0b\u00a0»")
