"""The effective right: what may be read for one need, as the meet of all that limits it.

need ∧ the person's limits ∧ the host's policy ∧ the record type's policy, on every axis, from dates at the time of
use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from selfdata_sdk.errors import ManifestError
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.record import Record
from selfdata_sdk.model.reduction import reducible
from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.time import GRANULARITIES, Duration, Granularity, Period
from selfdata_sdk.service.manifest import AskedNeed
from selfdata_sdk.service.need import Precision

from .grant import Grant, Item
from .policy import Policy

_PRECISIONS: tuple[Precision, ...] = get_args(Precision)
"""From the most precise."""


@dataclass(frozen=True, slots=True)
class Right:
    """What a service may read for one need, on every axis.

    fields      by name, those of a list as `list.field`
    pseudonyms  those that are given as pseudonyms only
    period      half-open
    given       False where nothing may be read: what a service then sees is what it sees where there are no data
    """

    record_type: type[Record]
    fields: tuple[str, ...]
    pseudonyms: tuple[str, ...]
    granularity: Granularity
    precision: Precision
    period: Period
    where: Mapping[str, tuple[str, ...]]
    given: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields with each list once, by its own name."""
        return tuple(dict.fromkeys(name.partition(".")[0] for name in self.fields))

    def items(self, name: str) -> tuple[str, ...]:
        """The fields that are given of a list."""
        return tuple(f.partition(".")[2] for f in self.fields if f.startswith(f"{name}."))


def asked(need: AskedNeed, registry: Registry, now: datetime) -> Right:
    """All that a need asks for at `now` (aware, in the zone of the home). ManifestError if there is no such thing."""
    if need.record_type not in registry:
        raise ManifestError(f"The record type {need.record_type} is not known.", next="Update the SDK.")
    record_type = registry.get(need.record_type)
    known = fields_of(record_type)
    for name in need.fields:
        head, _, inner = name.partition(".")
        given = head in known and head not in ("status", "revision", "ext")
        given = given and (known[head].kind == "list") == bool(inner)
        given = given and (not inner or inner in {item.name for item in known[head].items})
        if not given and not (name in need.pseudonyms and name in record_type.series_fields):
            raise ManifestError(f"{need.record_type} has no field {name} to give.", next="Correct the manifest.")
        if name in need.pseudonyms and name in known and (known[name].kind != "text" or known[name].choices):
            raise ManifestError(f"{name} of {need.record_type} has no pseudonym.", next="Correct the manifest.")
    period = Period(Duration.parse(need.back).before(now), now)
    return Right(record_type, need.fields, need.pseudonyms, need.granularity, need.precision, period, need.where)


def effective(
    need: AskedNeed, item: Item, grant: Grant, policy: Policy, registry: Registry, rights_now: datetime, now: datetime
) -> Right | None:
    """The right at `rights_now`, or None if there is none.

    now  the moment as of which the service runs: it can narrow the period, never widen it
    """
    if item.decision != "given" or (item.until is not None and rights_now >= item.until):
        return None
    if need.record_type in policy.refused or "*" in policy.refused:
        return None
    whole = asked(need, registry, rights_now)
    limits = item.limits
    grains = (limits.granularity, policy.finest.get(need.record_type), policy.finest.get("*"))
    own: Granularity = "raw" if item.finer else whole.record_type.facts.finest
    granularity = coarsest([need.granularity, own, *(g for g in grains if g is not None)])
    if GRANULARITIES.index(granularity) < GRANULARITIES.index(need.at_worst):
        return None
    if granularity != "raw" and not reducible(whole.record_type):
        # What is no time series has no coarser form.
        return None
    lengths = (limits.back, policy.back.get(need.record_type), policy.back.get("*"))
    backs = [Duration.parse(back) for back in (need.back, *lengths) if back is not None]
    until = now if need.ongoing else min(now, grant.given_at.astimezone(now.tzinfo))
    until = min(until, rights_now.astimezone(now.tzinfo))
    # What is not ongoing is a fixed stretch of time before the agreement; else the stretch moves along.
    counted = rights_now if need.ongoing else min(rights_now, grant.given_at.astimezone(rights_now.tzinfo))
    since = max(back.before(counted) for back in backs)
    since = max(since, *(back.before(until) for back in backs))
    where = dict(need.where)
    for name, values in limits.where.items():
        where[name] = tuple(v for v in where.get(name, values) if v in values)
    if since >= until or not all(where.values()):
        return None
    precision = max(need.precision, policy.precision, limits.precision or "exact", key=_PRECISIONS.index)
    return Right(whole.record_type, whole.fields, whole.pseudonyms, granularity, precision, Period(since, until), where)


def without_answer(
    need: AskedNeed, grant: Grant, policy: Policy, registry: Registry, rights_now: datetime, now: datetime
) -> Right:
    """What a need looks like of which nothing may be read: as one that was given whole, and has no data."""
    given = effective(need, Item(decision="given"), grant, policy, registry, rights_now, now)
    return replace(given or asked(need, registry, now), given=False)


def coarsest(granularities: Iterable[Granularity]) -> Granularity:
    return min(granularities, key=GRANULARITIES.index)
