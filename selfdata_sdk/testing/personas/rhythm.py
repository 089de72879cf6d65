"""Rhythms: when a person gets up, goes out, comes back and goes to bed, on each kind of day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...model.time import Int64s
from .days import Days

RhythmName = Literal["office", "school", "teenager", "student", "retired", "shift", "at_home"]


def minute(time: str) -> int:
    """Minutes after local midnight: 18:15 is 1095, 25:30 is half past one in the night after."""
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True, slots=True)
class Times:
    """A kind of day: the usual times, the percent of such days on which the person goes out at all, and by how many
    minutes the times vary."""

    wake: str
    leave: str
    back: str
    bed: str
    out: int = 100
    spread: int = 20

    @property
    def row(self) -> tuple[int, ...]:
        return (*(minute(t) for t in (self.wake, self.leave, self.back, self.bed)), self.out, self.spread)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`week` names the kind of each weekday in term, `free` that of days off; `cycle`, if any, goes on regardless."""

    kinds: Mapping[str, Times]
    week: tuple[str, ...]
    free: str = "free"
    cycle: tuple[str, ...] = ()
    term: bool = False
    """True if school holidays are days off."""

    def times(self, days: Days, phase: int) -> Int64s:
        """(wake, leave, back, bed, out, spread) of each day. Shape (n, 6). `phase` is the first day's place in a cycle."""
        names = list(self.kinds)
        table = np.array([times.row for times in self.kinds.values()], np.int64)
        if self.cycle:
            which = np.array([names.index(k) for k in self.cycle])[(np.arange(len(days)) + phase) % len(self.cycle)]
        else:
            week = np.array([names.index(k) for k in self.week])
            off = days.free | (~days.school & self.term)
            which = np.where(off, names.index(self.free), week[days.weekday])
        return np.asarray(table[which])


_OFFICE = Times("6:45", "8:00", "18:15", "22:50")
_FREE = Times("8:15", "14:20", "17:10", "23:40", out=55, spread=45)

RHYTHMS: Mapping[RhythmName, Rhythm] = {
    "office": Rhythm(
        {"work": _OFFICE, "home": Times("7:05", "12:20", "13:20", "22:50", out=30), "free": _FREE},
        ("work", "home", "work", "work", "home", "free", "free"),
    ),
    "school": Rhythm(
        {
            "school": Times("7:05", "8:10", "16:45", "20:45", spread=10),
            "half": Times("7:20", "13:50", "16:40", "20:45", out=60),
            "free": Times("8:10", "14:20", "17:10", "21:25", out=55, spread=30),
        },
        ("school", "school", "half", "school", "school", "free", "free"),
        term=True,
    ),
    "teenager": Rhythm(
        {
            "school": Times("6:40", "7:30", "17:35", "22:30", spread=15),
            "free": Times("9:40", "14:20", "17:40", "23:50", out=60, spread=50),
        },
        ("school", "school", "school", "school", "school", "free", "free"),
        term=True,
    ),
    "student": Rhythm(
        {
            "class": Times("8:20", "9:30", "18:10", "24:30", spread=60),
            "late": Times("9:20", "20:00", "25:30", "25:50", out=70, spread=60),
            "free": Times("10:30", "15:00", "18:40", "24:50", out=70, spread=70),
        },
        ("class", "class", "class", "class", "class", "late", "free"),
    ),
    "retired": Rhythm(
        {"day": Times("6:55", "9:45", "11:30", "22:00", out=65, spread=25)},
        ("day",) * 7,
        free="day",
    ),
    "shift": Rhythm(
        {
            "morning": Times("4:20", "5:10", "13:40", "21:45", spread=10),
            "afternoon": Times("8:30", "12:20", "21:40", "24:15", spread=20),
            "first night": Times("9:20", "20:20", "29:40", "30:15", spread=15),
            "night": Times("13:30", "20:20", "29:40", "30:15", spread=15),
            "after": Times("12:50", "16:00", "18:00", "23:30", out=40, spread=30),
            "rest": _FREE,
        },
        (),
        cycle=(
            "morning",
            "morning",
            "afternoon",
            "afternoon",
            "first night",
            "night",
            "after",
            "rest",
            "rest",
            "rest",
        ),
    ),
    "at_home": Rhythm(
        {"day": Times("7:00", "9:20", "11:00", "22:30", out=60, spread=25), "free": _FREE},
        ("day", "day", "day", "day", "day", "free", "free"),
    ),
}
