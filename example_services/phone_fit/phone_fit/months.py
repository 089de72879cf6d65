"""What was used in each whole calendar month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .rows import Use

SLACK = timedelta(days=2)
"""Days without any use at either end that do not make a month a part of one."""
GB = 10**9
MESSAGES = ("sms", "mms")


@dataclass(slots=True)
class Month:
    """From `first` on: minutes called, messages sent, and GB, each with what of it was abroad."""

    first: date
    minutes: float = 0.0
    messages: float = 0.0
    data: float = 0.0
    minutes_abroad: float = 0.0
    data_abroad: float = 0.0

    @property
    def end(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)

    def add(self, use: Use) -> None:
        """What comes in takes nothing from a plan, but abroad it may cost."""
        minutes, data = (use.duration or 0) / 60, (use.volume or 0) / GB
        if use.roaming:
            self.minutes_abroad += minutes if use.kind == "voice" else 0
            self.data_abroad += data if use.kind == "data" else 0
        if use.kind == "data":
            self.data += data
        elif use.direction != "in":
            self.minutes += minutes if use.kind == "voice" else 0
            self.messages += (1 if use.count is None else use.count) if use.kind in MESSAGES else 0


def months(uses: Iterable[Use]) -> tuple[Month, ...]:
    """The whole months from the first use to the last, also those without any."""
    every = list(uses)
    if not every:
        return ()
    days = [use.at.date() for use in every]
    first, last = min(days), max(days)
    found: dict[date, Month] = {}
    month = Month(first.replace(day=1))
    while month.first <= last:
        if first - SLACK <= month.first and month.end - timedelta(days=1) <= last + SLACK:
            found[month.first] = month
        month = Month(month.end)
    for use, day in zip(every, days, strict=True):
        if (held := found.get(day.replace(day=1))) is not None:
            held.add(use)
    return tuple(found.values())
