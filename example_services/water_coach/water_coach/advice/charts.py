"""Pictures: the last days, the typical week by hour, the months."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from selfdata_sdk import Chart, Point, Points, Reference, Text
from selfdata_sdk.model import Measure

from ..clock import HOUR, local_date, month_starts
from ..days import WHOLE
from ..findings import Findings
from ..habits import profile
from .words import joined, month, still_open, volume

LAST = 14
MONTHS = 13
LEAST_FOR_WEEK = 28


def charts(findings: Findings) -> Iterator[Chart]:
    """Those that there are data for."""
    if len(findings.days):
        yield _last_days(findings)
    if findings.hours.hourly and int(findings.days.whole.sum()) >= LEAST_FOR_WEEK:
        yield _week(findings)
    if (months := _months(findings)) is not None:
        yield months


def _last_days(findings: Findings) -> Chart:
    days = findings.days
    shown = range(max(0, len(days) - LAST), len(days))
    filled = days.litres
    mean = float(np.mean([filled[i] for i in shown if days.whole[i]] or [0.0]))
    reference = None
    if findings.occupants:
        reference = Reference(
            value=findings.goal * findings.occupants, label=Text(en="your goal for all", fr="votre objectif pour tous")
        )
    return Chart(
        id="last-days",
        needs=("water", "home") if reference else ("water",),
        form="bars",
        title=Text(en="Your last days", fr="Vos derniers jours"),
        summary=joined(
            Text(en="On average {mean}.", fr="En moyenne {mean}.").fill(mean=Measure(mean, "L/d")), still_open(findings)
        ),
        unit="L",
        time_unit="day",
        points=tuple(
            Point(
                at=days.date(i),
                value=round(float(filled[i]), 3) if days.whole[i] else None,
                quality=_quality(findings, i),
            )
            for i in shown
        ),
        reference=reference,
    )


def _quality(findings: Findings, day: int) -> Literal["measured", "estimated", "missing"]:
    if not findings.days.whole[day]:
        return "missing"
    hours, (start, end) = findings.hours, findings.days.bounds[day : day + 2]
    inside = (hours.start < end) & (hours.end > start)
    return "measured" if hours.trusted[inside].all() else "estimated"


def _week(findings: Findings) -> Chart:
    lived = findings.days.whole & ~findings.away
    lived &= np.arange(len(lived)) >= len(lived) - 365
    work, free = profile(findings.hours, findings.days, lived)
    busiest = int(np.argmax(5 * work + 2 * free))
    return Chart(
        id="typical-week",
        needs=("water",),
        form="compare",
        title=Text(en="Your typical week, hour by hour", fr="Votre semaine type, heure par heure"),
        summary=Text(
            en="Most water runs between {low}:00 and {high}:00. Between 2 and 5 at night it is {night}.",
            fr="C'est entre {low} h et {high} h qu'il coule le plus d'eau. Entre 2 h et 5 h, {night}.",
        ).fill(
            low=busiest,
            high=busiest + 1,
            night=Measure(float((5 * work[2:5].mean() + 2 * free[2:5].mean()) / 7), "L/h", 1),
        ),
        unit="L/h",
        label=Text(en="Weekdays", fr="Semaine"),
        points=_by_hour(work),
        second=Points(label=Text(en="Weekend", fr="Week-end"), points=_by_hour(free)),
        places=1,
    )


def _by_hour(flow: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[Point, ...]:
    return tuple(
        Point(at=Text(en=f"{hour:02d}:00", fr=f"{hour:02d} h"), value=round(float(value), 2), quality="derived")
        for hour, value in enumerate(flow)
    )


def _months(findings: Findings) -> Chart | None:
    """None before two whole months."""
    hours = findings.hours
    last = local_date(int(hours.end[-1]) - 1, findings.tz)
    firsts, bounds = month_starts(local_date(int(hours.start[0]), findings.tz), last, findings.tz)
    litres, covered = hours.used(bounds)
    coverage = covered / (np.diff(bounds) / HOUR)
    points = [
        Point(at=first, value=round(float(used / read) / 1000, 3), quality="measured" if read > 0.99 else "estimated")
        if read >= WHOLE
        else Point(at=first, value=None, quality="missing")
        for first, used, read in zip(firsts, litres, coverage, strict=True)
    ][-MONTHS:]
    known = [(p.value, first) for p, first in zip(points, firsts[-MONTHS:], strict=True) if p.value is not None]
    if len(known) < 2:
        return None
    most, when = max(known)
    return Chart(
        id="months",
        needs=("water",),
        form="bars",
        title=Text(en="Month by month", fr="Mois par mois"),
        summary=joined(
            Text(en="Most in {most}: {volume}.", fr="Le plus en {most} : {volume}.").fill(
                most=month(when), volume=volume(most * 1000)
            ),
            Text(en="Months that were read in part are left blank.", fr="Les mois relevés en partie restent vides.")
            if len(known) < len(points)
            else None,
        ),
        unit="m3",
        time_unit="month",
        points=tuple(points),
        places=1,
    )
