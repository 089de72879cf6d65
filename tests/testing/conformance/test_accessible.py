from __future__ import annotations

import pytest

from selfdata_sdk import Alert, Chart, NoInsight, Point, Points, Text

from .saying import wrong


def helping(en: str, fr: str = "Rien de neuf.") -> NoInsight:
    return NoInsight(id="none", reason="nothing_new", help=Text(en=en, fr=fr))


@pytest.mark.parametrize(
    ("en", "fr"),
    [
        ("On a Tempo red day it costs more.", "Un jour Tempo rouge coûte plus cher."),
        ("EDF and GRDF have it.", "EDF et GRDF l'ont."),
        ("URGENT", "URGENT"),
        ("12", "12"),
        ("Look: " + "a b c d e. " * 20, "Voyez."),
    ],
)
def test_texts_that_reach_everybody(en: str, fr: str) -> None:
    assert wrong("accessible", helping(en, fr)) == []


@pytest.mark.parametrize(
    ("en", "fr"),
    [
        ("The days above it are in red.", "Rien de neuf."),
        ("Look at the green bars.", "Rien de neuf."),
        ("Nothing new.", "Les jours au-dessus sont en rouge."),
        ("Nothing new.", "Voyez les barres vertes."),
        ("CLOSE EVERY TAP NOW", "Rien de neuf."),
        ("🎉", "Rien de neuf."),
        ("a b c d e, " * 8, "Rien de neuf."),
    ],
)
def test_texts_that_some_people_miss(en: str, fr: str) -> None:
    assert wrong("accessible", helping(en, fr)) == ["no_insight “none”, help"]


def chart(**changed: object) -> Chart:
    value = {
        "id": "hours",
        "form": "bars",
        "title": Text(en="Water by the hour", fr="L'eau par heure"),
        "summary": Text(en="Most of it runs in the morning.", fr="Elle coule surtout le matin."),
        "unit": "L",
        "points": (Point(at=Text(en="morning", fr="matin"), value=2), Point(at=Text(en="evening", fr="soir"), value=1)),
    }
    return Chart.model_validate({**value, **changed})


def test_a_chart_whose_words_tell_all() -> None:
    assert wrong("accessible", chart()) == []


def test_two_series_each_have_a_name() -> None:
    points = chart().points
    work, free = Text(en="Weekdays", fr="Semaine"), Text(en="Weekend", fr="Week-end")
    assert wrong("accessible", chart(form="compare", label=work, second=Points(label=free, points=points))) == []
    for label in (None, free):
        compared = chart(form="compare", label=label, second=Points(label=free, points=points))
        assert wrong("accessible", compared) == ["chart “hours”, label"]


def test_no_two_points_have_one_name() -> None:
    first, _ = chart().points
    assert wrong("accessible", chart(points=(first, first))) == ["chart “hours”, points"]


def test_an_alert_says_what_to_do() -> None:
    what = Text(en="Water runs all the time", fr="L'eau coule sans arrêt")
    act = Text(en="Close every tap and look at the meter.", fr="Fermez tout et regardez le compteur.")
    assert wrong("accessible", Alert(id="leak", severity="info", what=what, what_to_do=act)) == []
    assert wrong("accessible", Alert(id="leak", severity="info", what=what, what_to_do=what)) == [
        "alert “leak”, what_to_do"
    ]
