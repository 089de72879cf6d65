"""Shopping: receipts of the shops where a household buys, and the lines of its account that pay them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from json import loads
from typing import Any

import numpy as np

from ...model import Payment as Tender
from ...model import ReceiptLine, VatTotal
from .calendar import Calendar
from .chance import Chance
from .clock import Clock
from .days import SATURDAY
from .home import Home
from .ledger import Booking, Ledger, euros

MARKETS = ("Marché des Halles", "Superette du Parc")
DURABLES = ("Grand magasin Bellevue",)
SMALL = ("BOULANGERIE DU COIN", "PHARMACIE CENTRALE", "CAFE DE LA PLACE", "LIBRAIRIE DES ARTS", "PRESSING EXPRESS")
AWAY = ("RESTAURANT LA PLAGE", "SUPERETTE DU PORT", "HOTEL DES VOYAGEURS", "MUSEE MUNICIPAL")


@cache
def _shop() -> dict[str, Any]:
    found: dict[str, Any] = loads(files(__package__).joinpath("data", "shop.json").read_text("utf-8"))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Till:
    """A receipt before it is written, and the booking that pays its card part; None if it was paid in cash."""

    day: int
    minute: int
    merchant: str
    number: str
    lines: tuple[ReceiptLine, ...]
    payments: tuple[Tender, ...]
    booking: Booking | None


@dataclass(slots=True)
class Shopping:
    """Writes and pays what is bought."""

    home: Home
    clock: Clock
    calendar: Calendar
    chance: Chance
    ledger: Ledger
    tills: list[Till] = field(default_factory=list)

    def run(self) -> None:
        n, chance = self.clock.n, self.chance
        weekday, lived = self.calendar.days.weekday[:n], self.calendar.lived
        main = lived & ((weekday == SATURDAY) | ((weekday == 2) & chance.happens("midweek", n, 55)))
        at = chance.about("till", n, 17 * 60 + 40, 110)
        for day in np.flatnonzero(main).tolist():
            self._market(day, int(at[day]))
        for day in np.flatnonzero(lived & chance.happens("durable", n, 1)).tolist():
            self._durable(day)
        self._small(lived)
        self._away(~lived)

    def _market(self, day: int, at: int) -> None:
        chance = self.chance.of(f"market {day}")
        eaters = sum(bool(p.here[day]) for p in self.calendar.presences) or 1
        count = 3 + eaters * 2 + chance.one("more", 5)
        articles = _shop()["articles"]
        chosen = sorted(set(chance.below("article", count, len(articles)).tolist()))
        pieces = 1 + chance.below("pieces", len(chosen), 2 if eaters > 1 else 1)
        grams = 300 + chance.below("grams", len(chosen), 1500)
        lines: list[ReceiptLine] = []
        for article, count_of, weight in zip(chosen, pieces.tolist(), grams.tolist(), strict=True):
            lines.append(_line(articles[article], article, count_of, weight))
        if chance.happens("discount", 1, 30)[0]:
            lines.append(_negative("Remise fidélité", "discount", -50 - chance.one("off", 6) * 25))
        if chance.happens("deposit", 1, 12)[0]:
            lines.append(_negative("Consigne rendue", "deposit", -25 * (1 + chance.one("bottles", 8))))
        self._till(day, at, MARKETS[chance.one("shop", 100) % 7 // 5], lines, chance)

    def _durable(self, day: int) -> None:
        chance = self.chance.of(f"durable {day}")
        things = _shop()["durables"]
        thing = chance.one("thing", len(things))
        self._till(day, 15 * 60 + chance.one("at", 180), DURABLES[0], [_line(things[thing], 90 + thing, 1, 0)], chance)

    def _till(self, day: int, at: int, merchant: str, lines: list[ReceiptLine], chance: Chance) -> None:
        total = sum(_cents(line) for line in lines)
        if total <= 0:
            return
        cash = chance.happens("cash", 1, 12)[0]
        meal = min(total, 2500) if not cash and chance.happens("meal", 1, 8)[0] else 0
        payments = [Tender.model_construct(means="meal_voucher", amount=euros(meal))] if meal else []
        rest = total - meal
        booking = None
        if rest:
            payments.append(Tender.model_construct(means="cash" if cash else "card", amount=euros(rest)))
        if rest and not cash:
            booking = self._card(day, rest, merchant.upper())
        number = f"{chance.one('number', 9000) + 1000:04d}"
        self.tills.append(Till(day, at, merchant, number, tuple(lines), tuple(payments), booking))

    def _card(self, day: int, cents: int, shop: str) -> Booking:
        """A card line, booked one to three days later; its label holds the day on which the card was used."""
        on = self.clock.first + timedelta(days=day)
        later = 1 + self.chance.of(f"card {day} {shop}").one("later", 3)
        later += {4: 2, 5: 1}.get((on.weekday() + later - 1) % 7, 0)  # nothing is booked at week-ends
        return self.ledger.book(day + later, -cents, f"CARTE {on:%d/%m} {_plain(shop)}", "card", bought=day)

    def _small(self, lived: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        n, chance = self.clock.n, self.chance.of("small")
        when = lived & chance.happens("buys", n, 45)
        cents = 250 + chance.below("cents", n, 2600)
        shop = chance.below("shop", n, len(SMALL))
        for day in np.flatnonzero(when).tolist():
            self._card(day, int(cents[day]), SMALL[int(shop[day])])

    def _away(self, gone: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        n, chance = self.clock.n, self.chance.of("away")
        cents = 1500 + chance.below("cents", n, 7000)
        shop = chance.below("shop", n, len(AWAY))
        for day in np.flatnonzero(gone & chance.happens("buys", n, 70)).tolist():
            self._card(day, int(cents[day]), AWAY[int(shop[day])])

    def rows(self) -> Iterator[dict[str, Any]]:
        """The fields of each receipt, by its time."""
        midnights = self.clock.days()
        for till in sorted(self.tills, key=lambda t: (t.day, t.minute)):
            total = sum(_cents(line) for line in till.lines)
            yield {
                "at": int(self.clock.micros(midnights[till.day : till.day + 1])[0]) + till.minute * 60_000_000,
                "merchant": till.merchant,
                "number": till.number,
                "total": euros(total),
                "lines": till.lines,
                "vat": tuple(_taxes(till.lines)),
                "payments": till.payments,
            }

    def moment(self, till: Till) -> tuple[date, str]:
        """(day, number): what a receipt is known by."""
        return self.clock.first + timedelta(days=till.day), till.number


def _line(article: dict[str, Any], place: int, pieces: int, grams: int) -> ReceiptLine:
    price = Decimal(article["cents"]).scaleb(-2)
    by_weight = article.get("per") == "kg"
    quantity = Decimal(grams).scaleb(-3) if by_weight else Decimal(pieces)
    cents = int((quantity * article["cents"]).quantize(Decimal(1), ROUND_HALF_UP))
    return ReceiptLine.model_construct(
        label=article["label"],
        kind="article",
        gtin=f"2{place:06d}",
        quantity=quantity,
        unit="kg" if by_weight else "1",
        unit_price=euros(int(price.scaleb(2))),
        amount=euros(cents),
        vat=Decimal(article["vat"]),
        category=article["category"],
    )


def _negative(label: str, kind: str, cents: int) -> ReceiptLine:
    return ReceiptLine.model_construct(label=label, kind=kind, amount=euros(cents), vat=Decimal("5.5"))


def _taxes(lines: tuple[ReceiptLine, ...]) -> Iterator[VatTotal]:
    """What the lines come to by rate; prices in shops include the tax."""
    for rate in sorted({line.vat for line in lines if line.vat is not None}):
        gross = sum(_cents(line) for line in lines if line.vat == rate)
        net = int((Decimal(gross) / (1 + rate / 100)).quantize(Decimal(1), ROUND_HALF_UP))
        yield VatTotal.model_construct(rate=rate, net=euros(net), tax=euros(gross - net), gross=euros(gross))


def _cents(line: ReceiptLine) -> int:
    return int(line.amount.amount.scaleb(2))


def _plain(text: str) -> str:
    return text.translate(str.maketrans("ÉÈÀÂÊÎÔÛÇ", "EEAAEIOUC"))
