"""Who is at home, awake or asleep, on each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...model.time import Int64s
from .chance import Bools, Chance
from .days import SATURDAY, Days, stretches
from .home import Home, Member
from .rhythm import RHYTHMS, minute

DAY = 1440
FRIDAY = 4
COMES = 45  # percent of week-ends that are spent in a second home


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """One member's days. Shape (n,) each; times in minutes after local midnight, past 1440 after the next one.

    On days that are `here`: at home and awake in [wake, leave) and [back, bed), asleep from `bed` to the next `wake`.
    Who does not go out has leave = back = bed. The last day before a journey ends at `bed`; the first day after one
    begins at `wake`.
    """

    here: Bools
    wake: Int64s
    leave: Int64s
    back: Int64s
    bed: Int64s

    @property
    def out(self) -> Bools:
        return np.asarray(self.here & (self.leave < self.back))

    @property
    def arrives(self) -> Bools:
        return np.asarray(self.here & ~np.append(True, self.here[:-1]))

    @property
    def departs(self) -> Bools:
        return np.asarray(self.here & ~np.append(self.here[1:], True))

    @property
    def sleeps(self) -> Bools:
        """Spends the night after the day at home."""
        return np.asarray(self.here & ~self.departs)

    @property
    def awake(self) -> Int64s:
        """Minutes awake at home."""
        return np.where(self.here, self.leave - self.wake + self.bed - self.back, 0)

    def awake_at(self, at: Int64s) -> Bools:
        before = (self.wake <= at) & (at < self.leave)
        return np.asarray(self.here & (before | (self.back <= at) & (at < self.bed)))

    def moment(self, spent: Int64s) -> Int64s:
        """The minute of the day at which `spent` minutes have been spent awake at home."""
        morning = self.leave - self.wake
        return np.where(spent < morning, self.wake + spent, self.back + spent - morning)

    def waking(self) -> tuple[Int64s, Int64s]:
        """(starts, ends) of the times awake at home, in local minutes since the first midnight."""
        day = np.flatnonzero(self.here)
        starts = np.concatenate([self.wake[day], self.back[day]])
        ends = np.concatenate([self.leave[day], self.bed[day]])
        return np.tile(day * DAY, 2) + starts, np.tile(day * DAY, 2) + ends

    def nights(self) -> tuple[Int64s, Int64s]:
        """(starts, ends) of the times asleep at home, in local minutes since the first midnight."""
        day = np.flatnonzero(self.sleeps[:-1])
        starts, ends = day * DAY + self.bed[day], (day + 1) * DAY + self.wake[day + 1]
        if self.here[0]:
            starts, ends = np.append(0, starts), np.append(self.wake[0], ends)
        return starts, ends


def presences(home: Home, days: Days, absent: Sequence[tuple[int, int]], chance: Chance) -> tuple[Presence, ...]:
    """One for each member. On the days of `absent`, [start, end), all are away, beside the home's own holidays."""
    here = _lived_in(home, days, chance)
    for start, end in absent:
        here[start:end] = False
    return tuple(_presence(member, home, days, here, chance.of(f"member {i}")) for i, member in enumerate(home.members))


def _lived_in(home: Home, days: Days, chance: Chance) -> Bools:
    """Days on which the household means to be here."""
    n = len(days)
    second = home.comes == "weekends"
    here = _weekends("comes", COMES, days, chance) & (days.weekday >= FRIDAY) if second else np.ones(n, bool)
    for holiday in home.holidays:
        for start, _ in stretches(holiday.during, days.first, n):
            first = start + holiday.after
            here[max(first, 0) : max(first + holiday.days, 0)] = second
    return here


def _weekends(name: str, percent: int, days: Days, chance: Chance) -> Bools:
    """True on all days of those weeks in which something happens."""
    week = (np.arange(len(days), dtype=np.int64) - days.weekday + 7) // 7
    return np.asarray(chance.happens(name, len(days) // 7 + 2, percent)[week])


def _presence(member: Member, home: Home, days: Days, lived_in: Bools, chance: Chance) -> Presence:
    n = len(days)
    here = lived_in & ~(_weekends("apart", member.apart, days, chance) & (days.weekday >= SATURDAY))
    rhythm = RHYTHMS[member.rhythm]
    *usual, goes_out, spread = rhythm.times(days, chance.one("phase", max(len(rhythm.cycle), 1))).T
    wake, leave, back, bed = (
        chance.about(name, n, time, spread) for name, time in zip(("wake", "leave", "back", "bed"), usual, strict=True)
    )
    presence = Presence(here, wake, leave, back, bed)
    wake[1:] = np.maximum(wake[1:], bed[:-1] - DAY + 120)
    wake = np.where(
        presence.arrives, chance.about("arrives", n, minute("17:00" if home.comes == "always" else "19:30"), 75), wake
    )
    out = chance.happens("out", n, goes_out) & ~presence.arrives
    # Each time leaves room for the one before it.
    leave = np.maximum(leave, wake + 36)
    back = np.maximum(back, leave + 30)
    bed = np.maximum(bed, np.where(out, back + 45, wake + 120))
    leave, back = np.where(out, leave, bed), np.where(out, back, bed)
    # Who is out when the others set off goes from there.
    last = np.where(presence.departs, np.maximum(chance.about("departs", n, minute("18:00"), 90), wake + 60), bed)
    return Presence(here, wake, np.minimum(leave, last), np.minimum(back, last), np.minimum(bed, last))


def empty(members: Sequence[Presence], n: int) -> list[tuple[int, int]]:
    """The stretches [start, end) of whole days, among the first `n`, on which nobody is at home for a minute."""
    away = ~np.any([member.here[:n] for member in members], axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], away.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
