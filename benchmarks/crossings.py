"""What the services that cross several kinds of data find in generated households, beside plain rules: a part of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from . import heating, matching, modes, receipts, standby

Rows = Callable[[str, Mapping[str, Mapping[str, float]], int], str]

INTRODUCTION = """
Households are generated ([personas](explanation/personas.md)), with mistakes planted; which line of the account pays which bill
or receipt, how a trip was made and what stays switched on is known. The services were written with such households at hand,
whose companies and shops are named clearly and whose amounts are distinctive: this shows that the rules do what they say, not
how well they do on real accounts."""


class Scored(Protocol):
    @property
    def precision(self) -> float: ...
    @property
    def recall(self) -> float: ...


def part(rows: Rows) -> str:
    print("crossing services, generated households ...", flush=True)
    bills = matching.scores()
    pairs, payments = receipts.scores()
    return "\n\n".join(
        [
            "## Crossing services",
            INTRODUCTION.strip(),
            (
                "**Bills and the lines that pay them** (`bill_check`, 100 households with a bill sent twice, one paid twice, one not "
                "paid and one on a wrong index), against the rule of Cozy's clouds: a line from 15 days before a bill to 29 days "
                "after it, an amount within 0.001, the company's name in the label. That rule knows no payments in parts, none of "
                "several bills and no schedules; the second pair of rows counts only bills that one line pays by itself."
            ),
            rows("pairs", _shares(bills), 1),
            (
                "**Mistakes with bills**, planted in every other one of 100 households, each against a plain rule. A household counts as "
                "found or not, whatever the number of bills. A bill is called unpaid from 25 days after its due day on: those of the last "
                "month, which nobody could call so yet, are the payments that were not found missing."
            ),
            *(rows(kind, _shares(found), 0) for kind, found in matching.mistakes().items()),
            (
                "**Receipts and card lines** (`receipts_and_budget`, 200 households, as banks of five kinds would tell them), against "
                "the same amount within 3 days."
            ),
            *(rows(f"pairs, {told}", _shares(by_rule), 1) for told, by_rule in pairs.items()),
            "**Payments that come back**, against the same label and amount three times.",
            *(rows(f"payments, {told}", _shares(by_rule), 1) for told, by_rule in payments.items()),
            *standby.part(rows),
            *heating.part(rows),
            *modes.part(rows),
        ]
    )


def _shares(scores: Mapping[str, Scored]) -> dict[str, dict[str, float]]:
    return {
        "precision, %": {name: 100 * score.precision for name, score in scores.items()},
        "recall, %": {name: 100 * score.recall for name, score in scores.items()},
    }
