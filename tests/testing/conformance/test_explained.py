from __future__ import annotations

import pytest

from selfdata_sdk import Alert, Card, Text

from .saying import wrong

WHY = Text(
    en="The quietest hour of your meter in three days.", fr="L'heure la plus calme de votre compteur en trois jours."
)


def alert(litres: str = "", why: Text | None = None) -> Alert:
    return Alert(
        id="leak",
        severity="attention",
        what=Text(en=f"Water runs all the time{litres}", fr=f"L'eau coule sans arrêt{litres}"),
        what_to_do=Text(en="Close every tap and look at the meter.", fr="Fermez tout et regardez le compteur."),
        why=why,
    )


def test_an_alert_with_a_number_says_how_it_was_worked_out() -> None:
    assert wrong("explained", alert(", 20 L an hour")) == ["alert “leak”, why"]
    assert wrong("explained", alert(", 20 L an hour", WHY)) == []
    assert wrong("explained", alert()) == []


@pytest.mark.parametrize(("body", "broken"), [("Well done.", False), ("It was 20 L.", True)])
def test_a_card_without_a_number_may_be_short(body: str, broken: bool) -> None:
    said = Text(en=body, fr=body)
    card = Card(id="card", headline=Text(en="Less water", fr="Moins d'eau"), body=said, why=Text(en="So.", fr="Voilà."))
    assert bool(wrong("explained", card)) == broken


def test_the_reason_is_given_in_both_languages() -> None:
    half = Text(en=WHY.en, fr="Voilà.")
    assert wrong("explained", alert(", 20 L an hour", half)) == ["alert “leak”, why"]
