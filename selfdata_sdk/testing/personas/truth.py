"""Truths: what really happened in a home, with dates, so that what a service finds can be scored."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from ...errors import RequestError
from ...model.text import Text
from ...model.time import zone

Commodity = Literal["water", "electricity", "gas"]
METERS: tuple[Commodity, ...] = ("water", "electricity", "gas")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of truth, and how it is written.

    unit     of the amount (UCUM): L/h, W; "" if there is none
    usual    the amount where none is said; "" if it must be said
    flows    the meter through which the amount flows all the time
    lasts    whether a length must be said, may be, or cannot
    meter    where none is said: the meter, or "" for all of the home; None if no meter can be named
    """

    title: Text
    example: str
    unit: str = ""
    usual: str = ""
    flows: Commodity | None = None
    lasts: Literal["must", "may", "never"] = "may"
    meter: str | None = None


KINDS: Mapping[str, Kind] = {
    "leak": Kind(
        Text(en="Water runs all the time", fr="De l'eau coule sans arrêt"), "leak@2026-03-12:20L/h", "L/h", "", "water"
    ),
    "running-toilet": Kind(
        Text(en="A toilet that does not close", fr="Une chasse d'eau qui ne ferme plus"),
        "running-toilet@2026-03-12:3d",
        "L/h",
        "22",
        "water",
    ),
    "standby": Kind(
        Text(en="Something stays switched on", fr="Un appareil reste allumé"),
        "standby@2026-03-12:60W",
        "W",
        "",
        "electricity",
    ),
    "absence": Kind(Text(en="Nobody is at home", fr="Personne n'est là"), "absence@2026-08-01:14d", lasts="must"),
    "gap": Kind(
        Text(en="The meter is not read", fr="Le compteur n'est pas relevé"),
        "gap@2026-03-12:3d:water",
        lasts="must",
        meter="",
    ),
    "revision": Kind(
        Text(
            en="First estimated, then measured and delivered anew",
            fr="D'abord estimé, puis mesuré et livré à nouveau",
        ),
        "revision@2026-03-12:5d:water",
        lasts="must",
        meter="",
    ),
    "meter-swap": Kind(
        Text(en="The meter is replaced", fr="Le compteur est remplacé"),
        "meter-swap@2026-03-12:water",
        lasts="never",
        meter="water",
    ),
    "rollover": Kind(
        Text(en="The dial begins again at 0", fr="Le compteur repasse par 0"),
        "rollover@2026-03-12:water",
        lasts="never",
        meter="water",
    ),
    "duplicate-bill": Kind(
        Text(en="A bill is sent twice under two numbers", fr="Une facture est envoyée deux fois sous deux numéros"),
        "duplicate-bill@2026-03-12",
        lasts="never",
    ),
    "wrong-index": Kind(
        Text(
            en="A bill of electricity rests on a wrong index", fr="Une facture d'électricité repose sur un index faux"
        ),
        "wrong-index@2026-03-12:500kW.h",
        "kW.h",
        "500",
        lasts="never",
    ),
    "double-debit": Kind(
        Text(en="A bill is paid twice", fr="Une facture est prélevée deux fois"),
        "double-debit@2026-03-12",
        lasts="never",
    ),
    "missed-payment": Kind(
        Text(en="A bill is not paid", fr="Une facture n'est pas payée"), "missed-payment@2026-03-12", lasts="never"
    ),
    "price-rise": Kind(
        Text(en="Electricity becomes dearer", fr="L'électricité devient plus chère"),
        "price-rise@2026-03-12:8%",
        "%",
        "8",
        lasts="never",
    ),
    "forgotten-subscription": Kind(
        Text(en="Something unused is paid each month", fr="Un service inutilisé est payé chaque mois"),
        "forgotten-subscription@2026-03-12:12.99EUR",
        "EUR",
        "12.99",
        lasts="never",
    ),
    "phone-overage": Kind(
        Text(en="The telephone costs more than its plan", fr="Le téléphone coûte plus que son forfait"),
        "phone-overage@2026-03-12:15EUR",
        "EUR",
        "15",
        lasts="never",
    ),
    "roaming": Kind(
        Text(en="The telephone is used abroad at a cost", fr="Le téléphone sert à l'étranger et c'est payant"),
        "roaming@2026-03-12:12.50EUR",
        "EUR",
        "12.50",
        lasts="never",
    ),
}
"""What can be planted."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Something that is so in [start, end), or that happened at `start`, which then is the end as well.

    kind    a key of `KINDS`
    start   aware, like `end`; `end` is None if it goes on to the end of the data
    amount  in `unit` (UCUM): a flow, a power, or for the others their length in days; None for what has no length
    meter   the meter that it is about: "water", "electricity", "gas", "" for all or none
    """

    kind: str
    start: datetime
    end: datetime | None = None
    amount: Decimal | None = None
    unit: str = ""
    meter: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise _no_kind(self.kind, self.kind)

    def __str__(self) -> str:
        """As it is planted: `leak@2026-03-12:20L/h:10d`."""
        parts = [f"{self.kind}@{self.start.date()}"]
        if KINDS[self.kind].unit:
            parts.append(f"{self.amount}{self.unit}")
        if self.end is not None and KINDS[self.kind].lasts != "never":
            parts.append(f"{(self.end.date() - self.start.date()).days}d")
        return ":".join([*parts, *([self.meter] if self.meter and KINDS[self.kind].meter is not None else [])])

    @classmethod
    def parse(cls, text: str, tz: str) -> Truth:
        """A truth as it is planted, from local midnight in `tz` on. RequestError says what is wrong with the text."""
        name, _, rest = text.partition("@")
        kind = KINDS.get(name)
        if kind is None:
            raise _no_kind(text, name)
        first, *parts = rest.split(":")
        start = _day(text, name, first)
        amount, days, meter = kind.usual, 0, kind.meter
        for part in parts:
            if kind.unit and re.fullmatch(rf"\d{{1,6}}(\.\d{{1,3}})?{re.escape(kind.unit)}", part, re.ASCII):
                amount = part.removesuffix(kind.unit)
            elif kind.lasts != "never" and re.fullmatch(r"\d{1,4}d", part, re.ASCII) and int(part[:-1]):
                days = int(part[:-1])
            elif kind.meter is not None and part in METERS:
                meter = part
            else:
                raise _error(text, f"“{part[:40]}” means nothing there.", name)
        if kind.unit and not Decimal(amount or 0):
            raise _error(text, f"It does not say how much, in {kind.unit}.", name)
        if kind.lasts == "must" and not days:
            raise _error(text, "It does not say for how many days.", name)
        try:
            return cls.planned(name, start, days, amount, meter or "", tz)
        except OverflowError:
            raise _error(text, "It ends after the year 9999.", name) from None

    @classmethod
    def planned(cls, kind: str, first: date, days: int, amount: str, meter: str, tz: str) -> Truth:
        """From midnight of `first` on for `days` local days, or to the end of the data if that is 0."""
        end = _midnight(first + timedelta(days=days), tz) if days else None
        known = KINDS[kind]
        if known.lasts == "never":
            # In the middle of an hour and of a half hour, on the morning of that day.
            start = _midnight(first, tz).replace(hour=10, minute=20)
            how_much = Decimal(amount or known.usual) if known.unit else None
            return cls(kind, start, start, how_much, known.unit, meter or known.meter or "")
        if known.unit:
            return cls(kind, _midnight(first, tz), end, Decimal(amount or known.usual), known.unit, known.flows or "")
        return cls(kind, _midnight(first, tz), end, Decimal(days), "d", meter)


def _midnight(day: date, tz: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone(tz))


def _day(text: str, name: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise _error(text, f"“{written[:40]}” is not a date.", name) from None


def _no_kind(text: str, name: str) -> RequestError:
    near = difflib.get_close_matches(name, KINDS, 1, 0.5)
    return _error(text, f"There is no kind of truth “{name[:40]}”.", near[0] if near else "")


def _error(text: str, what: str, kind: str) -> RequestError:
    examples = [KINDS[kind].example] if kind else [k.example for k in KINDS.values()]
    return RequestError(what, where=f"“{text[:60]}”", next=f"Write it like {', '.join(examples)}.")
