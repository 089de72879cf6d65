from __future__ import annotations

import pytest

from selfdata_sdk import Card, Text

from .saying import wrong


def card(headline: Text) -> Card:
    return Card(
        id="card",
        headline=headline,
        body=Text(en="It is mild outside.", fr="Il fait doux dehors."),
        why=Text(en="As the weather service has it.", fr="D'après la météo."),
    )


@pytest.mark.parametrize(
    ("en", "fr"),
    [
        ("Your goal", "Votre objectif"),
        ("120 L", "120 L"),
        ("07:00", "7 h"),
        ("12.5 kWh/m³", "12,5 kWh/m³"),
        ("Total", "Total"),
        ("Grand Lyon", "Grand Lyon"),
        ("Villeurbanne, La Doua", "Villeurbanne, La Doua"),
        ("Like in Paris", "Comme à Paris"),
        ("Pour less", "Versez moins"),
    ],
)
def test_texts_that_may_be_so(en: str, fr: str) -> None:
    assert wrong("both-languages", card(Text(en=en, fr=fr))) == []


@pytest.mark.parametrize(
    ("en", "fr"),
    [
        ("Water", "Water"),
        ("Your goal", "Your goal"),
        ("Your Goal", "Your Goal"),
        ("More than 120 L", "More than 120,0 L"),
        ("More than 120 L", "MORE THAN 120 L !"),
        ("Hour of the day", "The hour in a day"),
        ("L'heure de la journée", "Selon l'heure de la journée"),
    ],
)
def test_texts_that_one_of_the_two_would_not_understand(en: str, fr: str) -> None:
    assert wrong("both-languages", card(Text(en=en, fr=fr))) == ["card “card”, headline"]


def test_each_part_is_named_once() -> None:
    same = Text(en="Your goal", fr="Your goal")
    other = card(same).model_copy(update={"id": "other", "body": same})
    assert wrong("both-languages", card(same), other) == [
        "card “card”, headline",
        "card “other”, headline",
        "card “other”, body",
    ]


def test_a_fallback_of_its_own_is_a_text_like_any_other() -> None:
    own = Card.model_validate(
        {**dict(card(Text(en="Mild", fr="Doux"))), "fallback": Text(en="So it is", fr="So it is")}
    )
    assert wrong("both-languages", own) == ["card “card”, fallback"]
