"""Many households, all different, some with a leak: to score what a service finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from .chance import Chance
from .home import Flaw, Home
from .life import DAYS, START, live
from .people import PERSONAS
from .persona import Persona
from .reference import reference
from .truth import Truth

SHARES: Mapping[str, int] = {
    "single_flat": 25,
    "shift_worker": 11,
    "slow_leak_couple": 22,
    "electric_commuter": 8,
    "family_garden": 15,
    "holiday_family": 14,
    "student_share": 5,
}
"""Of a hundred households, those that are varied from each persona."""

ELECTRIC = 12
"""Percent of the homes with gas that are varied to heat with electricity."""

SHORT = 24
"""Percent of homes in which a toilet runs for a day or two: too short for most to call it a leak."""


def households(
    n: int,
    *,
    seed: int = 0,
    leaky: int = 30,
    plant: Iterable[str | Truth] = (),
    start: date = START,
    days: int = DAYS,
) -> Iterator[Persona]:
    """`n` households, one after the other; in about `leaky` percent of them something leaks, for three days or more.

    `plant` happens in each of them where it can (see `persona`); a home without a gas meter has no gap of gas.
    Their truths say when and how much. Each is the same whatever `n` is.
    """
    planted = tuple(plant)
    for i in range(n):
        chance = Chance(f"households/{seed}/{i}")
        home = _varied(chance)
        flaws = [
            *_toilet(chance, days),
            *_gap(chance, days),
            *(_leak(chance, days) if chance.one("leaks", 100) < leaky else []),
        ]
        home = replace(home, name=f"{home.name}-{i}", flaws=tuple(flaws))
        yield live(home, seed=seed, plant=planted, start=start, days=days, strict=False)


def _varied(chance: Chance) -> Home:
    home = _drawn(chance)

    def percent(of: str, spread: int) -> int:
        return int(chance.about(of, 1, 100, spread)[0])

    loss = home.loss * percent("loss", 30) // 100
    if home.heating == "gas" and chance.one("electric", 100) < ELECTRIC:
        home = replace(home, heating="electricity", hot_water="electricity")
        loss = loss * 7 // 10
    # A family may have a child less.
    fewer = chance.one("members", 2) if len(home.members) > 2 else 0
    return replace(
        home,
        members=home.members[: len(home.members) - fewer],
        thrift=percent("thrift", 35),
        loss=loss,
        standby=home.standby * percent("standby", 40) // 100,
        garden=home.garden * percent("garden", 80) // 100,
        car=home.car if chance.one("car", 2) else 0,
        power=12,
        holidays=tuple(h for k, h in enumerate(home.holidays) if chance.one(f"holiday {k}", 100) < 75),
    )


def _drawn(chance: Chance) -> Home:
    place = chance.one("persona", sum(SHARES.values()))
    return PERSONAS[[name for name, share in SHARES.items() for _ in range(share)][place]]


def _toilet(chance: Chance, days: int) -> list[Flaw]:
    if chance.one("toilet", 100) >= SHORT:
        return []
    return [Flaw("running-toilet", chance.one("toilet day", max(days, 1)), days=1 + chance.one("toilet days", 6) // 5)]


def _gap(chance: Chance, days: int) -> list[Flaw]:
    if chance.one("gap", 3):
        return []
    return [Flaw("gap", chance.one("gap day", max(days, 1)), days=1 + chance.one("gap days", 4))]


def _leak(chance: Chance, days: int) -> list[Flaw]:
    flows = reference("leaks")["flows"]
    percent = int(chance.about("flow percent", 1, 100, 25)[0])
    tenths = int(Decimal(flows[chance.one("flow", len(flows))]) * percent) // 10
    day, lasts = chance.one("leak day", max(days - 3, 1)), 3 + chance.one("leak days", 50)
    return [Flaw("leak", day, str(Decimal(tenths).scaleb(-1)), lasts if day + lasts < days else 0)]
