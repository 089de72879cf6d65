"""What the findings say to a person: blocks, most useful first."""

from __future__ import annotations

from collections.abc import Iterator

from selfdata_sdk import Block, Card, NoInsight, Text

from ..findings import FIRST_DAYS, Findings
from .charts import charts
from .cost import cost_card
from .habit import habit_card
from .leak import leak_before, leak_now
from .level import level_card
from .past import past_card

NO_DATA = Text(
    en="There is no water use of the last two years here. Download the hourly or daily file from your water operator's customer area and "
    "import it.",
    fr="Il n'y a ici aucune consommation d'eau des deux dernières années. Téléchargez le fichier par heure ou par jour dans l'espace client "
    "de votre service d'eau, puis importez-le.",
)
TOO_FEW = Text(
    en="{days} days were read one by one so far, and {least} are needed to compare, to see habits and to forecast. Import a longer file, "
    "or come back when more has come in.",
    fr="{days} jours relevés un à un jusqu'ici ; il en faut {least} pour comparer, voir les habitudes et prévoir. Importez un fichier "
    "plus long, ou revenez quand il y en aura davantage.",
)
GAPS = Text(
    en="{missing} of the last {window} days were not read well enough to compare your use with your own past, or to forecast. Importing the "
    "missing days would help.",
    fr="{missing} des {window} derniers jours n'ont pas été assez bien relevés pour comparer avec votre propre passé. Importer "
    "les jours manquants aiderait.",
)

EIGHT = Text(
    en="To compare with your own past and to forecast the bill, eight weeks are needed; {days} days were read so far. A longer "
    "file from your operator would give them at once.",
    fr="Pour comparer avec votre propre passé et prévoir la facture, il faut huit semaines ; {days} jours relevés jusqu'ici. Un "
    "fichier plus long de votre service d'eau les donnerait tout de suite.",
)
EIGHT_WEEKS = 56


def advice(findings: Findings) -> Iterator[Block]:
    """Every block, most useful first: what needs attention, then the rest, then pictures."""
    if not len(findings.hours):
        yield NoInsight(id="no-data", needs=("water",), reason="not_enough_data", help=NO_DATA)
        return
    yield from leak_now(findings)
    if not findings.enough:
        whole = int(findings.days.whole.sum())
        yield _no_insight("too-few-days", TOO_FEW.fill(days=whole, least=FIRST_DAYS))
        yield from charts(findings)
        return
    cards: list[Card | None] = [
        past_card(findings),
        level_card(findings),
        habit_card(findings),
        cost_card(findings),
        leak_before(findings),
    ]
    said = [card for card in cards if card is not None]
    yield from sorted(said, key=_rank)
    if findings.comparison is None or findings.forecast is None:
        yield _not_yet(findings)
    yield from charts(findings)


def _rank(card: Card) -> int:
    return 0 if card.tone == "attention" else 1


def _not_yet(findings: Findings) -> NoInsight:
    if findings.gaps > EIGHT_WEEKS // 7:
        return _no_insight("no-comparison", GAPS.fill(missing=findings.gaps, window=EIGHT_WEEKS), "gaps")
    return _no_insight("no-comparison", EIGHT.fill(days=int(findings.days.whole.sum())))


def _no_insight(id: str, help: Text, reason: str = "not_enough_data") -> NoInsight:
    return NoInsight.model_validate({"id": id, "needs": ("water",), "reason": reason, "help": help})
