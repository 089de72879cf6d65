"""A service on one sheet, to show and to print: what it gives, what leaves, how it was checked, and what it reads.

What its publisher says is quoted as theirs; what leaves is worked out from what was seen of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup

from ..consent.label import Enforcement, label_of
from ..consent.wordings import quoted
from ..model.registry import Registry
from ..model.text import Text
from ..service.blocks import Alert, Block, Card, Chart
from ..service.manifest import AskedNeed, Manifest
from . import sentences
from .drawing import PATTERNS
from .page import About, environment, groups, in_order, style_hash, style_of, words

HEADS = {
    "gives": Text(en="What it gives", fr="Ce qu'il donne"),
    "leaves": Text(en="What leaves your cloud", fr="Ce qui quitte votre cloud"),
    "checked": Text(en="How it was checked", fr="Comment il a été vérifié"),
    "reads": Text(en="What it reads", fr="Ce qu'il lit"),
    "more": Text(en="More about it", fr="En savoir plus"),
}
NOTHING = Text(en="Nothing.", fr="Rien.")
HELD = Text(
    en="It ran in the sandbox, without network, files or other programs, and said the same there.",
    fr="Il a tourné dans le bac à sable, sans réseau, ni fichiers, ni autres programmes, et y a dit la même chose.",
)
UNKNOWN = Text(en="Not verified", fr="Non vérifié")
NOT_HELD = Text(
    en="It was not seen to do its work in a sandbox, without network, files or other programs.",
    fr="On ne l'a pas vu faire son travail dans un bac à sable, sans réseau, ni fichiers, ni autres programmes.",
)
FAILS = Text(en="It does not work yet", fr="Il ne fonctionne pas encore")
RULES = Text(
    en="It keeps {kept} of the {rules} rules that “selfdata check” tries on invented households.",
    fr="Il respecte {kept} des {rules} règles que «\u00a0selfdata check\u00a0» essaie sur des foyers inventés.",
)
UNVERIFIED = Text(en="Not verified here: {n}.", fr="Non vérifiées ici\u00a0: {n}.")
HOUSEHOLD = Text(en="On an invented household: {home}.", fr="Sur un foyer inventé\u00a0: {home}.")
REFUSED = Text(en="You may refuse it: {without}", fr="Vous pouvez le refuser\u00a0: {without}")

_SHOWN: tuple[tuple[type[Alert | Card | Chart], int], ...] = ((Alert, 1), (Card, 2), (Chart, 1))
"""How many of a kind there is room for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a service found.

    held   True if it did its work in the sandbox and reached for nothing outside of its data
    level  the name of the level that it reaches; None if it does not even work
    kept   how many of the `rules` it keeps; `unverified` could not be verified here
    """

    held: bool
    level: Text | None
    kept: int
    rules: int
    unverified: int = 0


def pitch_page(
    blocks: Sequence[Block],
    about: About,
    manifest: Manifest,
    registry: Registry,
    language: str,
    *,
    household: Text,
    verdict: Verdict,
) -> str:
    """The sheet in `language` (en or fr), as HTML.

    blocks  what the service gave on an invented household, which `household` names; the most telling are shown
    """
    style = style_of("page.css", "pitch.css")
    label = label_of(manifest, registry, Enforcement(verdict.held))
    shown = telling(blocks)
    common = sentences.common_coverage(b.coverage for b in shown)
    html: str = environment().get_template("pitch.html").render(
        language=language,
        style=Markup(style),
        style_hash=style_hash(style),
        patterns=PATTERNS,
        name=manifest.name.say(language),
        summary=manifest.summary.say(language),
        id=manifest.id,
        version=manifest.version,
        publisher=manifest.publisher.name,
        heads={name: text.say(language) for name, text in HEADS.items()},
        groups=groups(shown, about, language, each=common is None),
        covered=common.say(language) if common else "",
        words=words(language),
        colon=sentences.colon(language).rstrip(" "),
        household=HOUSEHOLD.fill(home=household).say(language),
        held=verdict.held,
        leaves=(NOTHING if verdict.held else UNKNOWN).say(language),
        seen=(HELD if verdict.held else NOT_HELD).say(language),
        works=verdict.level is not None,
        level=sentences.capital((verdict.level or FAILS).say(language)),
        checked=[line.say(language) for line in _checked(verdict)],
        needs=[
            (said.what.say(language), [line.say(language) for line in _of_need(manifest.needs[said.label])])
            for said in label.needs
        ],
        facts=[fact.say(language) for fact in label.facts],
    )  # fmt: skip
    return html


def telling(blocks: Sequence[Block]) -> list[Block]:
    """The blocks for one sheet: the most urgent alert, two cards and a chart; else the first two of what there is."""
    ordered = in_order(blocks)
    shown: list[Block] = [b for kind, n in _SHOWN for b in islice((b for b in ordered if isinstance(b, kind)), n)]
    return shown or ordered[:2]


def _checked(verdict: Verdict) -> Iterator[Text]:
    yield RULES.fill(kept=verdict.kept, rules=verdict.rules)
    if verdict.unverified:
        yield UNVERIFIED.fill(n=verdict.unverified)


def _of_need(need: AskedNeed) -> Iterator[Text]:
    yield quoted(need.why)
    if need.without is not None:
        yield REFUSED.fill(without=quoted(need.without))
