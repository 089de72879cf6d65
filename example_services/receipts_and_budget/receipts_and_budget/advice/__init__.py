"""What the findings say to a person: blocks."""

from __future__ import annotations

from collections.abc import Iterator

from selfdata_sdk import Block, NoInsight, Text

from ..findings import Findings
from .contents import contents
from .goods import goods_cards
from .recurring import recurring_blocks
from .shares import shares

NO_BANK = Text(
    en="There are no lines of an account of the last two years here. Download them from your bank, as OFX or CSV, and import the file.",
    fr="Il n'y a ici aucune ligne de compte des deux dernières années. Téléchargez-les depuis votre banque, en OFX ou CSV, puis "
    "importez le fichier.",
)


def advice(findings: Findings) -> Iterator[Block]:
    """Every block, subject by subject: what comes back, what was bought, what lasts, shares of all."""
    if not findings.ledger.lines:
        yield NoInsight(id="no-bank", needs=("bank",), reason="not_enough_data", help=NO_BANK)
        yield from goods_cards(findings)
        return
    yield from recurring_blocks(findings)
    yield from contents(findings)
    yield from goods_cards(findings)
    yield from shares(findings)
