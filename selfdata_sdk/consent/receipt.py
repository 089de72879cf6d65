"""The consent receipt: what the person keeps of what they agreed to, after ISO/IEC TS 27560:2023.

It holds everything that was shown, so that it can be read without the service, its publisher or the host.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from selfdata_sdk.model.registry import Registry
from selfdata_sdk.model.text import Language, Text
from selfdata_sdk.model.time import Granularity
from selfdata_sdk.service.manifest import Publisher
from selfdata_sdk.service.need import Precision
from selfdata_sdk.service.purpose import Purpose

from .chain import Head
from .entry import Moment, Sha256
from .grant import Decision, Event, GiverKind, Grant, Notice, State
from .order import no_longer
from .right import coarsest
from .wordings import type_words

AUTHORITY = "https://www.cnil.fr"
NAMESPACE = uuid.UUID("2d0b0c0e-6c0b-5c5e-8f5e-0d6b3f0a8a51")

RIGHTS = Text(
    en="You may see, correct and erase your data, take them elsewhere, and object to what is done with them "
    "(GDPR, articles 15 to 22). You may complain to the CNIL.",
    fr="Vous pouvez voir, corriger et effacer vos données, les emporter ailleurs, et vous opposer à ce qui en est fait "
    "(RGPD, articles 15 à 22). Vous pouvez porter plainte auprès de la CNIL.",
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Process(_Part):
    """What was agreed for one need. `granularity`, `precision`, `back` and `where` are those in effect.

    back  how far back: two durations where it depends on the date which is shorter, and both hold
    """

    need: str
    decision: Decision
    record_type: str
    title: Text
    fields: Annotated[tuple[str, ...], Field(strict=False)]
    pseudonyms: Annotated[tuple[str, ...], Field(strict=False)]
    granularity: Granularity
    at_worst: Granularity
    precision: Precision
    back: Annotated[tuple[str, ...], Field(strict=False)]
    ongoing: bool
    where: dict[str, Annotated[tuple[str, ...], Field(strict=False)]]
    until: Moment | None = None
    purpose: Purpose
    why: Text
    required: bool
    without: Text | None = None
    source: Literal["own_cloud"] = "own_cloud"
    storage: Literal["own_cloud"] = "own_cloud"
    recipients: Annotated[tuple[str, ...], Field(max_length=0, strict=False)] = ()


class Kept(_Part):
    """What the service may save in the person's cloud, and for how long ("": until erased)."""

    record_type: str
    title: Text
    retention: str


class Service(_Part):
    id: str
    version: str
    name: Text
    summary: Text
    licence: str
    source: str | None = None


class Integrity(_Part):
    """SHA-256 of the grant's canonical bytes, and where in the journal it was written down."""

    grant: Sha256
    sequence: int | None = None
    head: Sha256 | None = None


class Receipt(_Part):
    """One revision of one grant. `record` is the grant's id, and `person` a pseudonym for this service only."""

    receipt: Literal[1] = 1
    id: str
    record: str
    revision: int
    issued_at: Moment
    language: Language
    person: str
    publisher: Publisher
    jurisdiction: Literal["EU"] = "EU"
    legal_basis: Literal["GDPR 6(1)(a)"] = "GDPR 6(1)(a)"
    service: Service
    notice: Notice
    processes: Annotated[tuple[Process, ...], Field(strict=False)]
    combines: Annotated[tuple[Text, ...], Field(strict=False)]
    kept: Annotated[tuple[Kept, ...], Field(strict=False)]
    state: State
    given_at: Moment
    given_by: GiverKind
    method: str
    expires_at: Moment
    unused_after: str
    once: bool
    withdraw: str
    rights: Text = RIGHTS
    authority: str = AUTHORITY
    events: Annotated[tuple[Event, ...], Field(strict=False)]
    integrity: Integrity

    @classmethod
    def read(cls, data: bytes) -> Receipt | None:
        """A receipt that was stored; None if it is none."""
        try:
            return cls.model_validate_json(data)
        except ValidationError:
            return None

    def canonical(self) -> bytes:
        """The bytes that are stored (RFC 8785)."""
        return rfc8785.dumps(self.model_dump(mode="json", exclude_none=True))


def receipt_of(grant: Grant, head: Head | None, issued_at: datetime, registry: Registry) -> Receipt:
    """The receipt of a grant as it is. `head` is the journal's, right after the grant was written down."""
    manifest = grant.manifest
    registry = manifest.types(registry)
    processes = tuple(_process(grant, label, registry) for label in sorted(manifest.needs))
    given = [p for p in processes if p.decision == "given"]
    return Receipt(
        id=str(uuid.uuid5(NAMESPACE, f"{grant.id}/{grant.revision}")),
        record=grant.id,
        revision=grant.revision,
        issued_at=issued_at,
        language=grant.notice.language,
        person=grant.person,
        publisher=manifest.publisher,
        service=Service(
            id=manifest.id,
            version=manifest.version,
            name=manifest.name,
            summary=manifest.summary,
            licence=manifest.licence,
            source=manifest.source,
        ),
        notice=grant.notice,
        processes=processes,
        combines=tuple({p.record_type: p.title for p in given}.values()) if len(given) > 1 else (),
        kept=tuple(
            Kept(record_type=p.record_type, title=type_words(registry, p.record_type), retention=p.retention)
            for p in manifest.produces
        ),
        state=grant.state,
        given_at=grant.given_at,
        given_by=grant.given_by,
        method=grant.method,
        expires_at=grant.expires_at,
        unused_after=grant.unused_after,
        once=grant.once,
        withdraw=f"selfdata withdraw {manifest.id}",
        events=grant.events,
        integrity=Integrity(
            grant=grant.sha256, sequence=head.size - 1 if head else None, head=head.hash if head else None
        ),
    )


def _process(grant: Grant, label: str, registry: Registry) -> Process:
    need, item = grant.manifest.needs[label], grant.items[label]
    limits = item.limits
    own = registry.get(need.record_type).facts.finest if need.record_type in registry and not item.finer else None
    where = dict(need.where)
    for name, values in limits.where.items():
        where[name] = tuple(v for v in where.get(name, values) if v in values)
    return Process(
        need=label,
        decision=item.decision,
        record_type=need.record_type,
        title=type_words(registry, need.record_type),
        fields=need.fields,
        pseudonyms=need.pseudonyms,
        granularity=coarsest(g for g in (need.granularity, limits.granularity, own) if g is not None),
        at_worst=need.at_worst,
        precision=max(need.precision, limits.precision or "exact", key=("exact", "1km", "10km").index),
        back=_shortest(need.back, limits.back),
        ongoing=need.ongoing,
        where=where,
        until=item.until,
        purpose=need.purpose,
        why=need.why,
        required=need.required,
        without=need.without,
    )


def _shortest(asked: str, limit: str | None) -> tuple[str, ...]:
    if limit is None or no_longer(asked, limit):
        return (asked,)
    return (limit,) if no_longer(limit, asked) else (asked, limit)
