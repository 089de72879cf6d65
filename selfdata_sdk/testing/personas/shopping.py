"""Shopping: receipts of the shops where a household buys, and the lines of its account that pay them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from ...importers.batch import Row
from ...model import Payment as Tender
from ...model import ReceiptLine, VatTotal
from .calendar import Calendar
from .chance import Bools, Chance
from .clock import Clock
from .days import SATURDAY
from .home import Home
from .ledger import Booking, Ledger, half_up, money
from .presence import DAY
from .reference import values

MARKETS = ("Marché des Halles", "Superette du Parc")
DURABLES = "Grand magasin Bellevue"
AWAY = ("RESTAURANT LA PLAGE", "SUPERETTE DU PORT", "HOTEL DES VOYAGEURS", "MUSEE MUNICIPAL")
EATEN = ("food", "restaurant")
KEPT = 40  # percent of the receipts of small shops
ABROAD = 7  # days from which a time away is spent abroad


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
    """Writes and pays what is bought. `settled` are the days that are not spent on holiday."""

    home: Home
    clock: Clock
    calendar: Calendar
    settled: Bools
    chance: Chance
    ledger: Ledger
    tills: list[Till] = field(default_factory=list)

    def run(self) -> None:
        n, chance, people = self.clock.n, self.chance, len(self.home.members)
        weekday = self.calendar.days.weekday[:n]
        main = self.settled & ((weekday == SATURDAY) | ((weekday == 2) & chance.happens("midweek", n, 55)))
        at = chance.about("till", n, 17 * 60 + 40, 110)
        for day in np.flatnonzero(main).tolist():
            self._market(day, int(at[day]))
        for day in np.flatnonzero(self.settled & chance.happens("durable", n, (people + 1) // 2)).tolist():
            self._durable(day)
        self._small()
        self._away()

    def _market(self, day: int, at: int) -> None:
        chance = self.chance.of(f"market {day}")
        eaters = sum(bool(p.here[day]) for p in self.calendar.presences) or len(self.home.members)
        articles = values("shop")["articles"]
        drawn = chance.below("article", 9 + eaters * 5 // 2 + chance.one("more", 8), len(articles))
        chosen = np.unique(drawn).tolist()
        pieces = 1 + chance.below("pieces", len(chosen), 2 if eaters > 1 else 1)
        grams = 300 + chance.below("grams", len(chosen), 1500)
        lines = [
            _line(articles[article], article, count, weight)
            for article, count, weight in zip(chosen, pieces.tolist(), grams.tolist(), strict=True)
        ]
        if chance.happens("discount", 1, 30)[0]:
            lines.append(_negative("Remise fidélité", "discount", -50 - chance.one("off", 6) * 25))
        if chance.happens("deposit", 1, 12)[0]:
            lines.append(_negative("Consigne rendue", "deposit", -25 * (1 + chance.one("bottles", 8))))
        self._till(day, at, MARKETS[chance.one("shop", 100) % 7 // 5], lines, chance)

    def _durable(self, day: int) -> None:
        chance = self.chance.of(f"durable {day}")
        things = values("shop")["durables"]
        thing = chance.one("thing", len(things))
        self._till(day, 15 * 60 + chance.one("at", 180), DURABLES, [_line(things[thing], 90 + thing, 1, 0)], chance)

    def _small(self) -> None:
        """Small purchases by card; not every receipt is kept."""
        n, chance, people = self.clock.n, self.chance.of("small"), len(self.home.members)
        shops = values("shop")["small"]
        shop, article = chance.below("shop", n, len(shops)), chance.below("article", n, 60)
        pieces, kept = 1 + chance.below("pieces", n, people + 1), chance.happens("kept", n, KEPT)
        at, number = 9 * 60 + chance.below("at", n, 9 * 60), 1000 + chance.below("number", n, 9000)
        for day in np.flatnonzero(self.settled & chance.happens("buys", n, min(30 + 15 * people, 85))).tolist():
            merchant, articles = shops[shop[day]]["merchant"], shops[shop[day]]["articles"]
            which = int(article[day]) % len(articles)
            eaten = articles[which]["category"] in EATEN
            place = 900 + 10 * int(shop[day]) + which
            line = _line(articles[which], place, int(pieces[day]) if eaten else 1, 0)
            cents = _cents(line)
            booking = self.ledger.card(day, cents, merchant, chance)
            if kept[day]:
                paid = (Tender.model_construct(means="card", amount=money(cents)),)
                self.tills.append(Till(day, int(at[day]), merchant, str(number[day]), (line,), paid, booking))

    def _away(self) -> None:
        """What is spent on holiday: by card, once abroad in another currency."""
        n, chance, francs = self.clock.n, self.chance.of("away"), values("affairs")["francs"]
        cents, shop = 1500 + chance.below("cents", n, 7000), chance.below("shop", n, len(AWAY))
        buys = chance.happens("buys", n, 70)
        for day in np.flatnonzero(~self.settled & buys).tolist():
            self.ledger.card(day, int(cents[day]), AWAY[shop[day]], chance)
        for start, end in self.calendar.empty:
            if end - start >= ABROAD and not self.settled[start]:
                asked = francs["least"] + chance.one(f"francs {start}", francs["more"])
                paid = half_up(Decimal(asked * francs["cents"]) / 100)
                self.ledger.card(start + 2, paid, "BUFFET DU LAC GENEVE", chance, money(-asked, "CHF"))

    def _till(self, day: int, at: int, merchant: str, lines: list[ReceiptLine], chance: Chance) -> None:
        total = sum(_cents(line) for line in lines)
        if total <= 0:
            return
        cash = chance.happens("cash", 1, 12)[0]
        meal = min(total, 2500) if not cash and chance.happens("meal", 1, 8)[0] else 0
        payments = [Tender.model_construct(means="meal_voucher", amount=money(meal))] if meal else []
        rest = total - meal
        booking = None
        if rest:
            payments.append(Tender.model_construct(means="cash" if cash else "card", amount=money(rest)))
        if rest and not cash:
            booking = self.ledger.card(day, rest, merchant, self.chance)
        number = f"{chance.one('number', 9000) + 1000:04d}"
        self.tills.append(Till(day, at, merchant, number, tuple(lines), tuple(payments), booking))

    def rows(self) -> Iterator[Row]:
        """The fields of each receipt, by its time."""
        tills = sorted(self.tills, key=lambda t: (t.day, t.minute))
        at = self.clock.at(np.array([t.day * DAY + t.minute for t in tills], np.int64)).tolist()
        for till, when in zip(tills, at, strict=True):
            yield {
                "at": when,
                "merchant": till.merchant,
                "number": till.number,
                "total": money(sum(_cents(line) for line in till.lines)),
                "lines": till.lines,
                "vat": tuple(_taxes(till.lines)),
                "payments": till.payments,
            }


def _line(article: Mapping[str, Any], place: int, pieces: int, grams: int) -> ReceiptLine:
    by_weight = article.get("per") == "kg"
    quantity = Decimal(grams).scaleb(-3) if by_weight else Decimal(pieces)
    return ReceiptLine.model_construct(
        label=article["label"],
        kind="article",
        gtin=f"2{place:06d}",
        quantity=quantity,
        unit="kg" if by_weight else "1",
        unit_price=money(article["cents"]),
        amount=money(half_up(quantity * article["cents"])),
        vat=Decimal(article["vat"]),
        category=article["category"],
    )


def _negative(label: str, kind: str, cents: int) -> ReceiptLine:
    return ReceiptLine.model_construct(label=label, kind=kind, amount=money(cents), vat=Decimal("5.5"))


def _taxes(lines: tuple[ReceiptLine, ...]) -> Iterator[VatTotal]:
    """What the lines come to by rate; prices in shops include the tax."""
    for rate in sorted({line.vat for line in lines if line.vat is not None}):
        gross = sum(_cents(line) for line in lines if line.vat == rate)
        net = half_up(Decimal(gross) / (1 + rate / 100))
        yield VatTotal.model_construct(rate=rate, net=money(net), tax=money(gross - net), gross=money(gross))


def _cents(line: ReceiptLine) -> int:
    return int(line.amount.amount.scaleb(2))
