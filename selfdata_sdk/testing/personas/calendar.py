"""The calendar of a home: who is there, and everything that happens. Meters, bills and trips all follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ...model.time import Int64s
from .chance import Bools, Chance
from .days import SATURDAY, Days
from .events import Diary, Events
from .home import Home, Member
from .presence import DAY, Presence, empty, presences
from .rhythm import minute
from .weather import Weather

LAUNDRY = 4  # days of one person fill a washing machine
MACHINES = 2  # in a day, at most
COVERS = 11  # fill a dishwasher
CHARGING = 145  # minutes for 100 km: 17.5 kWh at 7.4 kW, and what is lost
WARM = (5, 6, 7, 8, 9)  # months


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """What happened in a home on `n` local days. `days`, `weather` and `presences` reach one day further."""

    n: int
    days: Days
    weather: Weather
    presences: tuple[Presence, ...]
    events: Events

    @property
    def empty(self) -> list[tuple[int, int]]:
        """Stretches [start, end) of days on which nobody was at home at all."""
        return empty(self.presences, self.n)

    @property
    def lived(self) -> Bools:
        """Days on which somebody was at home. Shape (n,)."""
        return np.asarray(np.any([p.here[: self.n] for p in self.presences], axis=0))

    @property
    def overnight(self) -> Bools:
        """Days whose night somebody spent at home. Shape (n,)."""
        return np.asarray(np.any([p.sleeps[: self.n] for p in self.presences], axis=0))


def calendar(home: Home, first: date, n: int, absent: Sequence[tuple[int, int]], chance: Chance) -> Calendar:
    """The calendar of the `n` days from `first` on; on the days [start, end) of `absent` nobody is at home."""
    # With one day more the last day is what it is in a longer calendar.
    days = Days.of(first, n + 1)
    weather = Weather.of(days, chance)
    members = presences(home, days, absent, chance)
    diary = Diary()
    for i, (member, presence) in enumerate(zip(home.members, members, strict=True)):
        _Day(diary, i, member, presence, chance.of(f"member {i}")).write()
    _Household(diary, home, days, weather, members, chance).write()
    events = diary.events()
    return Calendar(n, days, weather, members, events.take((events.at >= 0) & (events.at < n * DAY)))


@dataclass(frozen=True, slots=True)
class _Day:
    """What one member does."""

    diary: Diary
    i: int
    member: Member
    presence: Presence
    chance: Chance

    def write(self) -> None:
        self._moves()
        self._body()
        self._shower()
        if self.member.rhythm in ("office", "student", "teenager"):
            self._desk()

    def _add(self, kind: str, when: Bools, at: Int64s, lasts: Int64s | int = 1) -> None:
        """On each day in `when`, at the minute `at` of the day."""
        lasts = lasts if isinstance(lasts, int) else lasts[when]
        self.diary.add(kind, (np.arange(len(when), dtype=np.int64) * DAY + at)[when], lasts, member=self.i)

    def _moves(self) -> None:
        p = self.presence
        self._add("wake", p.here & ~p.arrives, p.wake, 0)
        self._add("arrive", p.arrives, p.wake, 0)
        self._add("leave", p.out, p.leave, 0)
        self._add("return", p.out & (p.back < p.bed), p.back, 0)
        self._add("depart", p.departs, p.bed, 0)
        self._add("sleep", p.sleeps, p.bed, 0)

    def _body(self) -> None:
        """Toilet, hands and teeth, something to drink, and breakfast."""
        p, chance, n = self.presence, self.chance, len(self.presence.here)
        up = p.here & ~p.arrives
        self._add("toilet", up, p.wake + chance.below("toilet up", n, 12))
        self._add("toilet", p.sleeps, p.bed - 4 - chance.below("toilet down", n, 12))
        night = p.sleeps & chance.happens("night", n, self.member.night)
        self._add("toilet", night, p.bed + 60 + chance.below("toilet at night", n, 270))
        self._add("wash_hands", up, p.wake + 25 + chance.below("teeth up", n, 10), 2)
        self._add("wash_hands", p.sleeps, p.bed - 12 + chance.below("teeth down", n, 10), 2)
        for kind, most, every in (("toilet", 9, 195), ("wash_hands", 14, 110), ("drink", 8, 190)):
            self._now_and_then(kind, most, every)
        self._add("breakfast", up, p.wake + 14 + chance.below("breakfast", n, 12), 8)

    def _now_and_then(self, kind: str, most: int, every: int) -> None:
        """About once in `every` minutes awake at home, `most` times a day at most."""
        p, n = self.presence, len(self.presence.here)
        times = (p.awake + self.chance.below(f"{kind} times", n, every)) // every * (p.awake > 0)
        spent = self.chance.below(f"{kind} at", n * most, np.repeat(p.awake, most)).reshape(n, most)
        for k in range(most):
            self._add(kind, k < times, p.moment(spent[:, k]))

    def _shower(self) -> None:
        p, chance, n = self.presence, self.chance, len(self.presence.here)
        within = chance.below("shower", n, 50)
        if self.member.shower == "morning":
            can, at = p.here & ~p.arrives, p.wake + 4 + within // 3
        else:
            can, at = p.sleeps, np.maximum(p.bed - 95 + within, np.where(p.out, p.back, p.wake))
        washes = can & chance.happens("washes", n, 86)
        bath = chance.happens("bath", n, self.member.bath)
        self._add("shower", washes & ~bath, at, chance.about("shower minutes", n, 7, 4))
        self._add("bath", washes & bath, at, 11)

    def _desk(self) -> None:
        """Work or study at a computer at home."""
        p, chance, n = self.presence, self.chance, len(self.presence.here)
        at = np.where(p.out, p.back, p.wake + 60) + chance.below("desk", n, 60)
        lasts = np.minimum(chance.about("desk minutes", n, 110, 80), p.bed - at)
        self._add("computer", p.here & (lasts > 20) & chance.happens("sits", n, 70), at, lasts)


@dataclass(frozen=True, slots=True)
class _Household:
    """What is done together, or by one for all."""

    diary: Diary
    home: Home
    days: Days
    weather: Weather
    members: tuple[Presence, ...]
    chance: Chance

    def write(self) -> None:
        self._meals()
        self._evening()
        self._laundry()
        self._clean()
        if self.home.garden:
            self._garden()
        if self.home.car:
            self._car()

    def _add(self, kind: str, when: Bools, at: Int64s, lasts: Int64s | int, people: Int64s | int = 1) -> None:
        lasts = lasts if isinstance(lasts, int) else lasts[when]
        people = people if isinstance(people, int) else people[when]
        self.diary.add(kind, (np.arange(len(when), dtype=np.int64) * DAY + at)[when], lasts, people=people)

    def _awake(self, at: Int64s) -> Int64s:
        """How many are awake at home at a minute of each day."""
        return np.asarray(np.sum([p.awake_at(at) for p in self.members], axis=0, dtype=np.int64))

    @property
    def _overnight(self) -> Bools:
        return np.asarray(np.any([p.sleeps for p in self.members], axis=0))

    @property
    def _last(self) -> Int64s:
        """When the last one goes to bed or departs."""
        return np.asarray(np.max([np.where(p.here, p.bed, 0) for p in self.members], axis=0))

    @property
    def _dinner(self) -> Int64s:
        late = 45 if any(m.rhythm == "student" for m in self.home.members) else 0
        return self.chance.about("dinner", len(self.days), minute("19:25") + late, 40)

    def _meals(self) -> None:
        """Lunch and dinner of all who are there, and the dishes."""
        n = len(self.days)
        covers = np.zeros(n, np.int64)
        for meal, at, usual in (
            ("lunch", self.chance.about("lunch", n, minute("12:25"), 35), 18),
            ("dinner", self._dinner, 30),
        ):
            eat = self._awake(at)
            lasts = self.chance.about(f"{meal} minutes", n, usual, 8)
            self._add(meal, eat > 0, at, lasts, eat)
            # Pots are washed by hand where a machine takes the rest.
            self._add("wash_up", eat > 0, at + lasts + 20, 6, (eat + 1) // 2 if self.home.dishwasher else eat)
            covers += eat
        if self.home.dishwasher:
            full = np.diff(np.cumsum(covers) // COVERS, prepend=0) > 0
            at = self._dinner + 75 if self.home.off_peak is None else np.full(n, self.home.off_peak[0] + 5)
            self._add("dishwasher", full & self._overnight, at, 110)

    def _evening(self) -> None:
        n = len(self.days)
        at = self._dinner + 60
        lasts = np.minimum(self.chance.about("television minutes", n, 115, 60), self._last - at - 5)
        watch = (self._awake(at) > 0) & self.chance.happens("television", n, 80) & (lasts > 10)
        self._add("television", watch, at, lasts)

    def _laundry(self) -> None:
        n = len(self.days)
        free = self.days.weekday >= SATURDAY
        if self.home.off_peak is None:
            at = self.chance.about("laundry", n, np.where(free, minute("10:00"), minute("18:45")), 60)
            can = self._awake(at) > 0
        else:
            at, can = np.full(n, self.home.off_peak[0] + 10), self._overnight
        washes = can & (free | self.chance.happens("wash day", n, 15 + 12 * len(self.members)))
        worn = np.cumsum(np.sum([p.here for p in self.members], axis=0, dtype=np.int64)) // LAUNDRY
        wet = self.home.dryer & ~np.isin(self.days.month, WARM)
        for machine, when in enumerate(_machines(np.diff(worn, prepend=0), washes)):
            self._add("laundry", when, at + 95 * machine, 75)
            self._add("dryer", when & wet, at + 95 * machine + 80, 85)

    def _clean(self) -> None:
        at = self.chance.about("clean", len(self.days), minute("10:40"), 60)
        does = (self.days.weekday == SATURDAY) | self.chance.happens("cleans", len(self.days), 20)
        self._add("clean", does & (self._awake(at) > 0), at, 25)

    def _garden(self) -> None:
        """Watering on the evenings of warm and dry days; the car on some Saturdays or Sundays."""
        n = len(self.days)
        dry = self.weather.dry & (self.weather.tenths > 165) & np.isin(self.days.month, WARM)
        at = self.chance.about("garden", n, minute("20:25"), 40)
        waters = dry & (self._awake(at) > 0) & self.chance.happens("waters", n, 55)
        self._add("garden", waters, at, self.home.garden // 8)
        at = self.chance.about("car wash", n, minute("11:30"), 60)
        washes = (self.days.weekday >= SATURDAY) & (self._awake(at) > 0) & self.chance.happens("washes car", n, 6)
        self._add("car_wash", washes, at, 9)

    def _car(self) -> None:
        """Days on which the first member drives the electric car, and the charging in the night after them."""
        n, driver = len(self.days), self.members[0]
        km = self.chance.about("km", n, self.home.car, self.home.car // 4)
        self._add("drive", driver.out, driver.leave, driver.back - driver.leave)
        at = np.full(n, self.home.off_peak[0] + 2 if self.home.off_peak else minute("20:00"))
        self._add("charge", driver.out & driver.sleeps, at, km * CHARGING // 100)


def _machines(due: Int64s, washes: Bools) -> list[Bools]:
    """For the first machine of a day and the next: the days on which it runs. What is due waits for a day of washing."""
    ready = np.cumsum(due).tolist()
    found = [np.zeros(len(due), bool) for _ in range(MACHINES)]
    done = 0
    for day in np.flatnonzero(washes).tolist():
        for machine in found[: ready[day] - done]:
            machine[day] = True
        done += min(ready[day] - done, MACHINES)
    return found
