"""What a new version of a service inherits of a grant: the answers to needs of the same record type, and no more."""

from __future__ import annotations

from datetime import datetime
from functools import reduce

from selfdata_sdk.model.time import GRANULARITIES
from selfdata_sdk.service.manifest import AskedNeed, Manifest

from .grant import Grant, Item, Limits, notice_of
from .order import covers, shorter
from .right import coarsest


def updated(grant: Grant, manifest: Manifest, now: datetime) -> Grant:
    """The grant's next revision, for a version that need not be asked for: it shrinks, and what is new is deferred."""
    items = {label: _inherited(grant, need) for label, need in manifest.needs.items()}
    return grant.moved(
        grant.state,
        now,
        "new version",
        manifest=manifest,
        digest=manifest.digest,
        notice=notice_of(manifest, grant.notice.language),
        items=items,
    )


def _inherited(grant: Grant, need: AskedNeed) -> Item:
    """The answer to a need: the meet of the limits and refusals of every earlier need of its record type.

    One that was widened keeps what it had, where limits can say so; else it is deferred.
    """
    earlier = [
        (old, grant.items[label]) for label, old in grant.manifest.needs.items() if old.record_type == need.record_type
    ]
    decisions = {item.decision for _, item in earlier}
    if "refused" in decisions:
        return Item(decision="refused")
    if decisions != {"given"}:
        return Item(decision="deferred")
    untils = [item.until for _, item in earlier if item.until is not None]
    limits: Limits | None = Limits()
    for _, item in earlier:
        limits = meet(limits, item.limits)
    finer = all(item.finer for _, item in earlier)
    for old, _ in earlier:
        limited = limits if covers(old, need) else meet(limits, _extent(old))
        held = meet(_extent(need), limited)
        if limited is None or held is None:
            continue
        narrowed = need.model_copy(update=dict(held))
        if covers(old, narrowed) and GRANULARITIES.index(narrowed.granularity) >= GRANULARITIES.index(need.at_worst):
            return Item(decision="given", limits=limited, finer=finer, until=min(untils, default=None))
    return Item(decision="deferred")


def meet(a: Limits | None, b: Limits | None) -> Limits | None:
    """Limits that hold both; None if they leave nothing."""
    if a is None or b is None:
        return None
    grains = [g for g in (a.granularity, b.granularity) if g is not None]
    precisions = [p for p in (a.precision, b.precision) if p is not None]
    backs = [d for d in (a.back, b.back) if d is not None]
    where = dict(a.where)
    for name, values in b.where.items():
        where[name] = tuple(v for v in where.get(name, values) if v in values)
    if not all(where.values()):
        return None
    return Limits(
        granularity=coarsest(grains) if grains else None,
        precision=max(precisions, key=("exact", "1km", "10km").index) if precisions else None,
        back=reduce(shorter, backs) if backs else None,
        where=where,
    )


def _extent(need: AskedNeed) -> Limits:
    """A need's own extent, as limits on one that asks for more."""
    return Limits(granularity=need.granularity, precision=need.precision, back=need.back, where=need.where)
