"""The mode of a ride that no record tells, from its distance and speed, and from the person's own other rides.

Each mode has a density over (log km, log km/h): a general one, as people use it, and a small hill around each ride of one's own
in that mode; those of the same day count `same_day` times, since who rode a bike to work rides it back. The general densities
of all modes together count like `general` rides of one's own. How they share that begins with what people do, and is learned
from all rides of the person (expectation maximisation of a mixture): who has no car does not drive now and then.
Public transport gets `no_ticket` of its density where the person validates tickets at that time and none was validated on
this ride. The mode with the highest density is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .references import inference, spread, usual
from .rides import TRANSIT, Ride

Floats = NDArray[np.float64]
NEVER = 1e-300
"""The density of a ride like none that anybody makes."""


def infer(rides: Sequence[Ride]) -> list[Ride]:
    """The rides, with a mode for each that has a distance."""
    open_ones = [r for r in rides if r.mode is None and r.km is not None]
    if not open_ones:
        return list(rides)
    known = [r for r in rides if r.mode is not None and r.km is not None and not r.assumed]
    modes = sorted({*usual(), *(r.mode or "" for r in known)})
    likely = _mixed(
        _general(open_ones, modes),
        _own(open_ones, known, modes),
        np.where([m in TRANSIT for m in modes], _without_ticket(open_ones, rides)[:, None], 1.0),
        np.array([usual()[m].share if m in usual() else 0.0 for m in modes]),
        np.array([sum(r.mode == m for r in known) for m in modes], float),
    )
    best = likely.argmax(axis=1)
    found = iter(
        replace(ride, mode=modes[m], how="inferred", likely=float(p))
        for ride, m, p in zip(open_ones, best.tolist(), likely.max(axis=1).tolist(), strict=True)
    )
    return [next(found) if r.mode is None and r.km is not None else r for r in rides]


def _mixed(general: Floats, own: Floats, ticket: Floats, shares: Floats, known: Floats) -> Floats:
    """How likely each mode is, shape (rides, modes).

    general, own, ticket  shape (rides, modes)
    shares, known         shape (modes,): of people's trips, and how many of one's own rides are known to be in a mode
    """
    weight, first = inference().general, shares / shares.sum()
    share = first
    for _ in range(inference().rounds):
        density = (weight * share * general + own) * ticket + NEVER
        likely = density / density.sum(axis=1, keepdims=True)
        counted = weight * first + known + likely.sum(axis=0)
        share = counted / counted.sum()
    return np.asarray(likely)


def _general(rides: Sequence[Ride], modes: Sequence[str]) -> Floats:
    """Shape (rides, modes)."""
    points, table = _points(rides), usual()
    centres = np.log([[table[m].km, table[m].speed] if m in table else [1.0, 1.0] for m in modes])
    wide = np.array(spread())
    hills = _hill((points[:, None, :] - centres[None, :, :]) / wide) / wide.prod()
    return np.asarray(hills * [m in table for m in modes])


def _own(rides: Sequence[Ride], known: Sequence[Ride], modes: Sequence[str]) -> Floats:
    """Shape (rides, modes)."""
    if not known:
        return np.zeros((len(rides), len(modes)))
    how = inference()
    wide = np.array([how.km, how.speed])
    hills = _hill((_points(rides)[:, None, :] - _points(known)[None, :, :]) / wide) / wide.prod()
    hills *= np.where(_days(rides)[:, None] == _days(known)[None, :], how.same_day, 1)
    is_mode = np.array([[r.mode == m for m in modes] for r in known], float)
    return np.asarray(hills @ is_mode)


def _without_ticket(rides: Sequence[Ride], every: Sequence[Ride]) -> Floats:
    """`no_ticket` for rides in days around which tickets are validated, else 1: who never does may have a paper one."""
    how = inference()
    tickets = np.unique(_days([r for r in every if r.ticketed]))
    if not len(tickets):
        return np.ones(len(rides))
    near = np.abs(_days(rides)[:, None] - tickets[None, :]).min(axis=1) <= how.tickets_within_days
    return np.asarray(np.where(near, how.no_ticket, 1.0))


def _hill(distance: Floats) -> Floats:
    return np.asarray(np.exp(-(distance**2).sum(axis=-1) / 2))


def _points(rides: Sequence[Ride]) -> Floats:
    """Shape (rides, 2): logarithms of km and km/h."""
    km = np.array([r.km or 1.0 for r in rides])
    return np.asarray(np.log(np.stack([km, km / np.array([r.hours for r in rides])], axis=1)))


def _days(rides: Sequence[Ride]) -> NDArray[np.int64]:
    return np.array([r.start.toordinal() for r in rides], np.int64)
