"""Personas from homes: the whole of a household's time, and what its holders deliver of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import date, timedelta

from ...errors import RequestError
from .affairs import Affairs
from .calendar import calendar
from .chance import Chance
from .clock import Clock
from .holders import Holders, held
from .home import Home
from .loads import loads
from .meters import meters
from .people import PERSONAS
from .persona import Persona
from .truth import Truth

START = date(2025, 9, 27)
DAYS = 400
LONGEST = 3660
TZ = "Europe/Paris"


def persona(
    name: str, *, seed: int = 0, plant: Iterable[str | Truth] = (), start: date = START, days: int = DAYS
) -> Persona:
    """The persona `name` over `days` local days from `start` on.

    seed   another seed is another life of the same household; the same seed gives the same bytes on any platform
    plant  what happens beside, as `leak@2026-03-12:20L/h` or a Truth; see `KINDS`

    RequestError if there is no such persona, if a text to plant is wrong lies outside the data or shows nowhere in them, or for too
    many days.
    """
    if name not in PERSONAS:
        near = difflib.get_close_matches(name, PERSONAS, 1, 0.4)
        raise RequestError(
            f"There is no persona “{name[:60]}”.",
            next=f"Did you mean {near[0]}?" if near else f"There are {', '.join(PERSONAS)}.",
        )
    return live(PERSONAS[name], seed=seed, plant=plant, start=start, days=days)


def live(
    home: Home,
    *,
    seed: int = 0,
    plant: Iterable[str | Truth] = (),
    start: date = START,
    days: int = DAYS,
    strict: bool = True,
) -> Persona:
    """What becomes of a home; see `persona`. Unless `strict`, what cannot be planted there is left out."""
    if not 0 <= days <= LONGEST:
        raise RequestError("A persona lives for 0 days or more, up to ten years.", next=f"Give 0 to {LONGEST} days.")
    chance = Chance(f"{home.name}/{seed}")
    clock = Clock(start, days, TZ)
    planted = []
    for item in plant:
        truth = Truth.parse(item, clock.tz) if isinstance(item, str) else item
        misfit = _misfit(truth, home, clock)
        if misfit is None:
            planted.append(truth)
        elif strict:
            raise misfit
    own = [
        Truth.planned(f.kind, start + timedelta(days=f.day), f.days, f.amount, f.meter, TZ)
        for f in home.flaws
        if f.day < days
    ]
    absent = [
        (clock.day_of(t.start), clock.day_of(t.end or clock.moment(clock.minutes)))
        for t in planted
        if t.kind == "absence"
    ]
    found = calendar(home, start, days, absent, chance)
    away = [Truth.planned("absence", start + timedelta(days=a), b - a, "", "", TZ) for a, b in found.empty]
    truths = sorted(
        [*own, *(t for t in planted if t.kind != "absence"), *away], key=lambda t: (t.start, t.kind, t.meter)
    )
    flows = loads(home, found, truths, clock, chance)
    holders = Holders(home, clock, meters(home, flows, truths, clock, chance), flows, tuple(truths), chance)
    deliveries = holders.deliveries()
    affairs = Affairs(home, clock, found, holders.meters, {c: holders.point(c) for c in home.meters}, truths, chance)
    outcome = affairs.outcome(holders.last)
    if strict and outcome.idle:
        raise RequestError(
            "Nothing would show it in the data.",
            where=f"“{min(map(str, outcome.idle))}”",
            next="Plant it earlier, or in longer data: it shows on a bill or a payment that follows.",
        )
    deliveries = (*deliveries[:-1], (*deliveries[-1], *outcome.tables)) if deliveries else (outcome.tables,)
    return Persona(
        name=home.name,
        title=home.title,
        story=home.story,
        tz=TZ,
        now=holders.now,
        tables=held(deliveries),
        deliveries=deliveries,
        truths=tuple(t for t in truths if t not in outcome.idle),
        links=outcome.links,
        ways=outcome.ways,
        home=home,
        calendar=found,
    )


def _misfit(truth: Truth, home: Home, clock: Clock) -> RequestError | None:
    """Why `truth` cannot be planted."""
    low = clock.minute_of(truth.start)
    if not 0 <= low < clock.minutes:
        return RequestError(
            "It lies outside the data.",
            where=f"“{truth}”",
            next=f"They go from {clock.first} to {clock.first + timedelta(days=clock.n - 1)}.",
        )
    if truth.meter and truth.meter not in home.meters:
        return RequestError(
            f"This home has no {truth.meter} meter.", where=f"“{truth}”", next=f"It has {', '.join(home.meters)}."
        )
    return None
