"""What a service says reaches people who do not see it, do not tell colours apart, or read with effort."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....model.text import LANGUAGES, Text
from ....service.blocks import Alert, Block, Chart
from ..rule import Problem, Rule
from ..said import in_blocks, in_texts, place_in, repeats
from ..subject import Subject, Trial

LONGEST = 35  # words of a sentence

_COLOUR = re.compile(
    r"\bin (red|green|orange|yellow|blue|gr[ea]y)\b|\b(red|green|orange|yellow|blue|gr[ea]y) (bars?|lines?|points?|dots?|areas?)\b"
    r"|\ben (rouge|vert|orange|jaune|bleu|gris)\b"
    r"|\b(barres?|lignes?|points?|zones?|courbes?) (rouges?|verte?s?|oranges?|jaunes?|bleue?s?|grise?s?)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?…:;])\s+")


def accessible(subject: Subject) -> Iterator[Problem]:
    yield from in_texts(subject, _fault)
    yield from in_blocks(subject, _faults)


def _fault(text: Text) -> Text | None:
    return next((what for language in LANGUAGES if (what := _in_line(text.say(language))) is not None), None)


def _in_line(line: str) -> Text | None:
    if not any(c.isalnum() for c in line):
        return Text(en="It has neither words nor numbers.", fr="Il n'y a ni mots ni nombres.")
    if _shouts(line):
        return Text(
            en="It is in capitals, which are hard to read and may be read out letter by letter.",
            fr="C'est en capitales, difficiles à lire et parfois épelées à voix haute.",
        )
    if _COLOUR.search(line):
        return Text(
            en="It points to something by its colour, which not everybody sees.",
            fr="Il désigne quelque chose par sa couleur, que tout le monde ne voit pas.",
        )
    if (longest := max(len(sentence.split()) for sentence in _SENTENCES.split(line))) > LONGEST:
        return Text(
            en=f"A sentence has {longest} words, more than {LONGEST}.",
            fr=f"Une phrase compte {longest} mots, plus de {LONGEST}.",
        )
    return None


def _shouts(line: str) -> bool:
    """Most of the letters are those of words in capitals, of which there are several: more than abbreviations."""
    found = re.findall(r"[^\W\d_]{3,}", line)
    loud = [word for word in found if word.isupper()]
    return len(loud) > 1 and sum(map(len, loud)) > max(9, sum(map(len, found)) / 2)


def _faults(block: Block, trial: Trial) -> Iterator[tuple[str, Text]]:
    if isinstance(block, Alert) and repeats(block.what_to_do, block.what):
        what = Text(
            en="It does not say what to do: it is too short, or repeats what happened.",
            fr="Il ne dit pas quoi faire : trop court, ou répète ce qui s'est passé.",
        )
        yield place_in(block, "what_to_do"), what
    if isinstance(block, Chart):
        yield from ((place_in(block, path), what) for path, what in _of_chart(block))


def _of_chart(chart: Chart) -> Iterator[tuple[str, Text]]:
    if repeats(chart.summary, chart.title):
        what = Text(
            en="It does not say what the picture shows: it is too short, or repeats the title.",
            fr="Il ne dit pas ce que montre l'image : trop court, ou répète le titre.",
        )
        yield "summary", what
    if chart.second is not None and (chart.label is None or chart.label == chart.second.label):
        what = Text(
            en="The two series are told apart by their looks only.", fr="Seul l'aspect distingue les deux séries."
        )
        yield "label", what
    if len({str(point.at) for point in chart.points}) < len(chart.points):
        what = Text(en="Two points have the same name or time.", fr="Deux points ont le même nom ou la même heure.")
        yield "points", what


RULES = (
    Rule(
        id="accessible",
        level="excellent",
        title=Text(
            en="It reaches people who do not see it, or read with effort",
            fr="Il s'adresse aussi à qui ne le voit pas, ou lit avec peine",
        ),
        why=Text(
            en="What it says is read out, printed in grey and shown large. Nothing may be lost on the way.",
            fr="Ce qu'il dit est lu à voix haute, imprimé en gris, affiché en grand. Rien ne doit se perdre en chemin.",
        ),
        fix=Text(
            en="Let words say all of it: what a chart shows in its summary, what to do in an alert, names instead of "
            "colours, and short sentences.",
            fr="Que les mots disent tout : ce que montre un graphique dans son résumé, que faire dans une alerte, des noms "
            "au lieu de couleurs, et des phrases courtes.",
        ),
        check=accessible,
    ),
)
