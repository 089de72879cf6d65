"""What the findings say to a person: blocks, most useful first."""

from __future__ import annotations

from collections.abc import Iterator

from selfdata_sdk import Block, Card, NoInsight, Text

from ..findings import Findings
from .carbon import carbon_card
from .charts import charts
from .contract import offer_card, power_card
from .heat import heating_card
from .idle import night_card, rise_card, standby_card

NO_DATA = Text(
    en="There is no electricity or gas of the last year here. Download the load curve from your network operator's "
    "customer area and import it.",
    fr="Il n'y a ici ni électricité ni gaz de l'année écoulée. Téléchargez la courbe de charge dans l'espace client de "
    "votre gestionnaire de réseau, puis importez-la.",
)
TOO_FEW = Text(
    en="What heats is only seen over months, with cold and warm days. Import a longer file, or come back later.",
    fr="Ce qui chauffe ne se voit que sur des mois, avec des jours froids et doux. Importez un fichier plus long, ou "
    "revenez plus tard.",
)
COARSE = Text(
    en="Standby, nights and off-peak hours need the load curve by the half hour. Switch its recording on in your "
    "network operator's customer area, or agree to finer data.",
    fr="Veille, nuits et heures creuses demandent la courbe de charge par demi-heure. Activez son enregistrement dans "
    "l'espace client de votre gestionnaire de réseau, ou acceptez des données plus fines.",
)

TOO_SHORT = Text(
    en="Standby and nights need a week that was measured. Come back in a few days.",
    fr="Veille et nuits demandent une semaine mesurée. Revenez dans quelques jours.",
)


def advice(findings: Findings) -> Iterator[Block]:
    if not len(findings.electricity) and not len(findings.gas) and not len(findings.curve):
        yield NoInsight(id="no-data", needs=("electricity", "gas"), reason="not_enough_data", help=NO_DATA)
        return
    cards = [
        rise_card(findings),
        heating_card(findings),
        offer_card(findings),
        power_card(findings),
        standby_card(findings),
        night_card(findings),
        carbon_card(findings),
    ]
    yield from sorted((card for card in cards if card is not None), key=_rank)
    if findings.by_electricity is None and findings.by_gas is None:
        needs = findings.needs("electricity", "gas", "water") or ("electricity",)
        yield NoInsight(id="no-heating", needs=needs, reason="not_enough_data", help=TOO_FEW)
    if findings.standby is None:
        yield NoInsight(
            id="no-hours",
            needs=("electricity",),
            reason="not_enough_data",
            help=COARSE if findings.coarse else TOO_SHORT,
        )
    yield from charts(findings)


def _rank(card: Card) -> int:
    return 0 if card.tone == "attention" else 1
