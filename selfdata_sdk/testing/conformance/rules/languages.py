"""What is said, is said in English and in French."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....model.text import Text
from ..rule import Problem, Rule
from ..said import in_texts, words
from ..subject import Subject


def _listed(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Words that only one of the two languages has, and that hardly a sentence of it does without.
_ENGLISH = _listed(
    "the of your is are and in to this that these with was were from have has had you it its for which than when what",
    "there not by will their they how much many more less most each every per at be yesterday today day days week",
    "weeks month months year years hour hours",
)
_FRENCH = _listed(
    "le la les des du de un une et est sont vos votre que qui dans avec ce cette ces au aux il ils elle vous nous sans",
    "pas ou où se sa ses leur leurs mais par plus moins chaque combien quand hier jour jours semaine semaines mois an",
    "année heure heures été",
)
# Of single words those that are not the same in both, like “Total”.
_ALONE = (
    _ENGLISH
    | _FRENCH
    | _listed(
        "water goal home household use leak bill average mean weekdays weekend electricity gas",
        "eau objectif foyer logement consommation fuite facture moyenne électricité gaz",
    )
)
_ENOUGH = 2  # such words, before a text is said to be in the other language


def both_languages(subject: Subject) -> Iterator[Problem]:
    return in_texts(subject, _fault)


def _fault(text: Text) -> Text | None:
    en, fr = words(text.en), words(text.fr)
    if en == fr:
        return _SAME if en and _to_translate(text.en, en) else None
    if _reads_as(fr, _ENGLISH, _FRENCH):
        return Text(en="The French text reads as English.", fr="Le texte français se lit comme de l'anglais.")
    if _reads_as(en, _FRENCH, _ENGLISH):
        return Text(en="The English text reads as French.", fr="Le texte anglais se lit comme du français.")
    return None


_SAME = Text(
    en="The words are the same in English and in French.", fr="Les mots sont les mêmes en anglais et en français."
)


def _to_translate(text: str, said: list[str]) -> bool:
    """False for what can be the same in both: names, and single words like “Total”."""
    own = sum(word in _ALONE for word in said)
    if len(said) == 1:
        return bool(own)
    is_name = all(word[0].isupper() for word in re.findall(r"[^\W\d_]{3,}", text))
    return own >= _ENOUGH or not is_name


def _reads_as(said: list[str], own: frozenset[str], other: frozenset[str]) -> bool:
    return sum(w in own for w in said) >= _ENOUGH and not other.intersection(said)


RULES = (
    Rule(
        id="both-languages",
        level="trustworthy",
        title=Text(en="It says everything in English and in French", fr="Il dit tout, en anglais comme en français"),
        why=Text(
            en="A person agrees to what they understand, and acts on what they understand.",
            fr="On ne consent qu'à ce que l'on comprend, et l'on n'agit que sur ce que l'on comprend.",
        ),
        fix=Text(
            en='Write both languages of the Text: en="…" for English, fr="…" for French. Names may stay as they are.',
            fr='Écrivez les deux langues du Text : en="…" pour l\'anglais, fr="…" pour le français. Les noms propres '
            "peuvent rester tels quels.",
        ),
        check=both_languages,
    ),
)
