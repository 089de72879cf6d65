"""Pictures: the day hour by hour in the cold and in the warm season, and the months."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from selfdata_sdk import Chart, Point, Points, Text
from selfdata_sdk.model import Measure

from ..clock import Bools, Floats
from ..daily import Daily
from ..findings import Findings
from .words import energy, joined

COLD, WARM = (11, 12, 1, 2, 3), (5, 6, 7, 8, 9)
"""Months of the two seasons."""
FEWEST = 28
MONTHS = 13
WHOLE = 0.9


def charts(findings: Findings) -> Iterator[Chart]:
    if (day := _day(findings)) is not None:
        yield day
    for name, daily in (("electricity", findings.electricity), ("gas", findings.gas)):
        if (months := _months(name, daily)) is not None:
            yield months


def _day(findings: Findings) -> Chart | None:
    """None where one of the seasons is not known."""
    curve = findings.curve
    if not curve.fine:
        return None
    month = curve.day.astype("M8[M]").astype(int) % 12 + 1
    cold, warm = np.isin(month, COLD), np.isin(month, WARM)
    if min(len(np.unique(curve.day[s])) for s in (cold, warm)) < FEWEST:
        return None
    winter, summer = _by_hour(findings, cold), _by_hour(findings, warm)
    return Chart(
        id="typical-day",
        needs=("electricity",),
        form="compare",
        title=Text(en="Your typical day, hour by hour", fr="Votre journée type, heure par heure"),
        summary=Text(
            en="Most in winter at {high}:00: {most}. In summer at that hour: {then}.",
            fr="Le plus en hiver à {high} h : {most}. En été à cette heure : {then}.",
        ).fill(
            high=int(np.argmax(winter)),
            most=Measure(float(winter.max()), "W"),
            then=Measure(float(summer[np.argmax(winter)]), "W"),
        ),
        unit="W",
        label=Text(en="November to March", fr="Novembre à mars"),
        points=_points(winter),
        second=Points(label=Text(en="May to September", fr="Mai à septembre"), points=_points(summer)),
    )


def _by_hour(findings: Findings, rows: Bools) -> Floats:
    curve = findings.curve
    hour = curve.minute[rows] // 60
    watts: Floats = (
        np.bincount(hour, curve.kwh[rows], 24) / np.maximum(np.bincount(hour, curve.length[rows], 24), 1e-9) * 1000
    )
    return watts


def _points(watts: Floats) -> tuple[Point, ...]:
    return tuple(
        Point(at=Text(en=f"{hour:02d}:00", fr=f"{hour:02d} h"), value=round(float(value)), quality="derived")
        for hour, value in enumerate(watts)
    )


def _months(name: str, daily: Daily) -> Chart | None:
    """None before two whole months."""
    if not len(daily):
        return None
    months = daily.days.astype("M8[M]")
    every = np.arange(months[0], months[-1] + 1)[-MONTHS:]
    lengths = ((every + 1).astype("M8[D]") - every.astype("M8[D]")).astype(int)
    known = np.array([int((months == m).sum()) for m in every])
    # A day that lacks is counted as the mean of the month's others.
    kwh = [
        float(daily.amounts[months == m].mean()) * n if k else 0.0
        for m, n, k in zip(every, lengths, known, strict=True)
    ]
    whole = known >= WHOLE * lengths
    if whole.sum() < 2:
        return None
    title = {
        "electricity": Text(en="Electricity month by month", fr="Électricité, mois par mois"),
        "gas": Text(en="Gas month by month", fr="Gaz, mois par mois"),
    }[name]
    shown = [k for k, there in zip(kwh, whole, strict=True) if there]
    return Chart(
        id=f"months-{name}",
        needs=(name,),
        form="bars",
        title=title,
        summary=joined(
            Text(en="Between {low} and {high} in a month.", fr="Entre {low} et {high} par mois.").fill(
                low=energy(min(shown)), high=energy(max(shown))
            ),
            None
            if whole.all()
            else Text(
                en="Months that were read in part are left blank.", fr="Les mois relevés en partie restent vides."
            ),
        ),
        unit="kW.h",
        time_unit="month",
        points=tuple(
            Point(
                at=m.astype("M8[D]").astype(object),
                value=round(k, 1) if there else None,
                quality=("measured" if n == d else "estimated") if there else "missing",
            )
            for m, k, there, n, d in zip(every, kwh, whole, known, lengths, strict=True)
        ),
    )
