"""Loads: how much water, electricity and gas flow in each minute, from what happens in a home."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...model.time import DAY, HOUR, MINUTE, Int64s
from .calendar import Calendar
from .chance import Chance
from .clock import Clock
from .home import Home
from .reference import reference
from .rhythm import minute
from .truth import KINDS, Truth
from .uses import millilitres, of

ML = 1000  # in a litre
FILLS = 4  # minutes in which a machine takes its water, however long it runs
HEATS = 43  # mWh that a millilitre takes from 13 to 38 °C, with what pipes and tank lose
BOILER = 92  # percent of gas that becomes heat
HOB = 125  # percent: a gas hob takes so much more than an electric one
TANK = 2200  # W of an electric water heater
LOST = 900  # Wh a day that it loses by itself
PUMP = 45  # W of a boiler's pump
HEAT_PUMP = 30  # tenths of heat for each unit of electricity
FREE = 25  # tenths of a degree that sun, people and appliances bring
SUMMER = (6, 7, 8, 9)  # months without heating


@dataclass(frozen=True, slots=True, eq=False)
class Loads:
    """Flows in each minute of the data. Shape (minutes,) each: water in mL/h, electricity and gas in W."""

    water: Int64s
    electricity: Int64s
    gas: Int64s


def loads(home: Home, found: Calendar, truths: Sequence[Truth], clock: Clock, chance: Chance) -> Loads:
    house = _House(home, found, clock, chance)
    warmth = house.warmth()
    flows = {"water": house.water(), "electricity": house.electricity(warmth), "gas": house.gas(warmth)}
    for truth in truths:
        meter = KINDS[truth.kind].flows
        if meter is not None and truth.amount is not None:
            low, high = clock.span(truth.start, truth.end)
            flows[meter][low:high] += int(truth.amount * (ML if meter == "water" else 1))
    return Loads(**flows)


@dataclass(frozen=True)
class _House:
    home: Home
    found: Calendar
    clock: Clock
    chance: Chance

    def water(self) -> Int64s:
        begin, lasts = self._pours()
        return self._spread(begin, lasts, millilitres(self.found.events, self.home) * 60 // lasts)

    def electricity(self, warmth: Int64s) -> Int64s:
        home, events = self.home, self.found.events
        lit = of(events, "hob") if home.cooking == "gas" else np.zeros(len(events), np.int64)
        flow = self._spread(self.clock.minute(events.at), events.lasts, np.where(lit > 0, 0, of(events, "watts")))
        flow += home.standby + self._cold() + self._light()
        if home.hot_water == "electricity":
            flow += self._tank()
        match home.heating:
            case "electricity":
                flow += warmth
            case "heat_pump":
                flow += warmth * 10 // HEAT_PUMP
            case "gas":
                flow += np.where(warmth > 0, PUMP, 0)
        return flow

    def gas(self, warmth: Int64s) -> Int64s:
        home, events = self.home, self.found.events
        flow = np.zeros(self.clock.minutes, np.int64)
        if home.cooking == "gas":
            watts = of(events, "watts") * of(events, "hob") * HOB // 100
            flow += self._spread(self.clock.minute(events.at), events.lasts, watts)
        if home.hot_water == "gas":
            begin, lasts = self._pours()
            flow += self._spread(begin, lasts, self._heat() * 60 // lasts * 100 // BOILER)
        if home.heating == "gas":
            flow += warmth * 100 // BOILER
        return flow

    def warmth(self) -> Int64s:
        """W of heat that hold the temperature: less at night and when out, frost protection on journeys."""
        lengths = np.diff(self.clock.days())
        hours = np.array(reference("climate")["hours"], np.int64)
        now = self.clock.micros(self.clock.steps(1)[:-1]) % DAY // HOUR
        outside = np.repeat(self.found.weather.tenths[: self.found.n], lengths) + hours[now]
        season = np.repeat(~np.isin(self.found.days.month[: self.found.n], SUMMER), lengths)
        lived = np.repeat(self.found.lived, lengths)
        asleep = self._people(p.nights() for p in self.found.presences) > 0
        wanted = np.where(self._awake > 0, 195, np.where(asleep, 175, np.where(lived, 170, 80)))
        return np.where(season, np.maximum(wanted - FREE - outside, 0) * self.home.loss // 10, 0)

    def _pours(self) -> tuple[Int64s, Int64s]:
        """(start, length) in minutes of what each event pours; length 1 at least."""
        events = self.found.events
        lasts = np.where(of(events, "flow") > 0, events.lasts, np.minimum(events.lasts, FILLS))
        return self.clock.minute(events.at), np.maximum(lasts, 1)

    def _heat(self) -> Int64s:
        """Wh that heat the water of each event."""
        events = self.found.events
        return np.asarray(millilitres(events, self.home) * of(events, "hot") // 100 * HEATS // 1000)

    def _tank(self) -> Int64s:
        """An electric water heater makes good at night what the day drew and lost; on journeys it is off."""
        n = self.found.n
        drawn = np.zeros(n, np.int64)
        np.add.at(drawn, self.found.events.at // 1440, self._heat())
        needed = np.where(self.found.overnight, drawn + LOST, 0)
        start = self.home.off_peak[0] if self.home.off_peak else minute("23:00")
        at = self.clock.minute(np.arange(n, dtype=np.int64) * 1440 + start)
        return self._spread(at, needed * 60 // TANK, np.full(n, TANK, np.int64))

    def _cold(self) -> Int64s:
        """A fridge, and where several people live a freezer: compressors that run a part of the time."""
        fridge = self._cycle("fridge", 85, 18, 50)
        return fridge + self._cycle("freezer", 95, 22, 64) if len(self.home.members) > 1 else fridge

    def _cycle(self, name: str, watts: int, runs: int, every: int) -> Int64s:
        """`watts` in `runs` minutes of `every` so many."""
        cycle = np.roll(np.repeat([watts, 0], [runs, every - runs]), self.chance.one(name, every))
        return np.resize(cycle, self.clock.minutes)

    def _light(self) -> Int64s:
        """Lamps where somebody is awake and the sun is down."""
        rise, down = (np.array(reference("sun")[k], np.int64) for k in ("rise", "set"))
        now = self.clock.micros(self.clock.steps(1)[:-1]) % DAY // MINUTE
        month = np.repeat(self.found.days.month[: self.found.n] - 1, np.diff(self.clock.days()))
        dark = (now < rise[month] + 20) | (now > down[month] - 20)
        return np.where(dark & (self._awake > 0), 40 + 25 * self._awake, 0)

    @cached_property
    def _awake(self) -> Int64s:
        return self._people(p.waking() for p in self.found.presences)

    def _people(self, times: Iterable[tuple[Int64s, Int64s]]) -> Int64s:
        """How many are at it in each minute, from the local times at which each of them is."""
        begin, end = (self.clock.minute(np.concatenate(local)) for local in zip(*times, strict=True))
        return self._spread(begin, end - begin, np.ones(len(begin), np.int64))

    def _spread(self, begin: Int64s, lasts: Int64s, rate: Int64s) -> Int64s:
        """`rate` in each of `lasts` minutes from `begin` on, summed."""
        last = self.clock.minutes
        steps = np.zeros(last + 1, np.int64)
        np.add.at(steps, np.clip(begin, 0, last), rate)
        np.add.at(steps, np.clip(begin + lasts, 0, last), -rate)
        return np.cumsum(steps[:-1])
