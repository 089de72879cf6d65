"""A grant: what a person agreed to for one service, need by need, and until when.

Values only. Where grants are kept, and how another app's forgery is told from one, is `selfdata_sdk.store.ledger`.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field

from selfdata_sdk.errors import RequestError
from selfdata_sdk.model.text import Language
from selfdata_sdk.model.time import GRANULARITIES, Duration, Granularity
from selfdata_sdk.service.blocks import Label
from selfdata_sdk.service.manifest import IsoDuration, Line, Manifest
from selfdata_sdk.service.need import Precision

from .entry import Moment

FORMAT = 1
LASTS = "P6M"
MAX_LASTS = "P13M"
UNUSED_AFTER = "P90D"

State = Literal[
    "requested",
    "deferred",
    "given",
    "renewed",
    "refused",
    "withdrawn",
    "expired",
    "invalidated",
    "superseded",
    "suspended",
]
Decision = Literal["given", "refused", "deferred"]
GiverKind = Literal["self", "legal_representative"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Limits(_Part):
    """What narrows a need on each axis; what is not set does not narrow it."""

    granularity: Granularity | None = None
    precision: Precision | None = None
    back: IsoDuration | None = None
    where: dict[Label, Annotated[tuple[Line, ...], Field(min_length=1, strict=False)]] = {}


class Item(_Part):
    """The answer to one need.

    finer  the person agreed, on its own, to a granularity finer than the record type gives by itself
    until  when this item ends, if earlier than the grant
    """

    decision: Decision
    limits: Limits = Limits()
    finer: bool = False
    until: Moment | None = None


class Notice(_Part):
    """What was shown to the person: in which language, and the SHA-256 of its text."""

    language: Language
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Event(_Part):
    """A change of a grant's state."""

    at: Moment
    state: State
    version: str
    method: Line


class Grant(_Part):
    """One person's agreement with one service, `manifest` being what was asked.

    person        a pseudonym of the person, for this service only
    revision      counts the changes of this service's grant, so that an older one is not taken for the newest
    unused_after  for how long it may lie unused before it is suspended
    once          it ends with its first use
    """

    grant: Literal[1] = 1
    id: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]
    revision: Annotated[int, Field(ge=1)]
    person: Annotated[str, Field(pattern=r"^[0-9a-f]{16,64}$")]
    manifest: Manifest
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    notice: Notice
    items: dict[Label, Item]
    state: State
    given_at: Moment
    given_by: GiverKind = "self"
    method: Line
    expires_at: Moment
    unused_after: IsoDuration = UNUSED_AFTER
    once: bool = False
    supersedes: Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")] | None = None
    events: Annotated[tuple[Event, ...], Field(strict=False)]

    @property
    def service(self) -> str:
        return self.manifest.id

    def canonical(self) -> bytes:
        """The bytes that are stored and sealed (RFC 8785)."""
        return rfc8785.dumps(self.model_dump(mode="json", exclude_none=True))

    @property
    def sha256(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def state_at(self, now: datetime, last_used: datetime | None = None) -> State:
        """The state at `now`: what was given ends by expiry, or by lying unused."""
        if self.state not in ("given", "renewed"):
            return self.state
        if now >= self.expires_at:
            return "expired"
        used = max(self.events[-1].at, last_used or self.given_at)
        return "suspended" if Duration.parse(self.unused_after).before(now) >= used else self.state

    def moved(self, state: State, now: datetime, method: str, **changes: Any) -> Grant:
        """The next revision, in another state."""
        event = Event(at=now, state=state, version=self.manifest.version, method=method)
        update = {"state": state, "revision": self.revision + 1, "events": (*self.events, event), **changes}
        return self.model_copy(update=update)


class Terms(_Part):
    """What a person answers: an item for each need that is not deferred, and for how long."""

    items: Mapping[str, Item]
    lasts: IsoDuration = LASTS
    once: bool = False
    given_by: GiverKind = "self"
    method: Line = "command line"
    language: Language = "en"


def give(
    manifest: Manifest, terms: Terms, person: str, notice: Notice, now: datetime, earlier: Grant | None = None
) -> Grant:
    """A new grant; RequestError names an answer that does not fit what is asked.

    A need without an answer is deferred. `earlier` is this service's grant so far, which the new one replaces.
    """
    for label in terms.items:
        if label not in manifest.needs:
            raise RequestError(
                f"{manifest.id} has no need “{label[:60]}”.", next=f"It has {', '.join(sorted(manifest.needs))}."
            )
    items = {label: terms.items.get(label, Item(decision="deferred")) for label in manifest.needs}
    for label, item in items.items():
        check_limits(manifest, label, item.limits)
    if _later(now, terms.lasts) > _later(now, MAX_LASTS):
        raise RequestError("A grant lasts 13 months at most.", next="Give a shorter time; it can be renewed.")
    answered = {item.decision for item in items.values()}
    state: State = "refused" if "refused" in answered and "given" not in answered else "given"
    if earlier is not None and state == "given" and earlier.state in ("given", "renewed", "suspended", "expired"):
        state = "renewed"
    event = Event(at=now, state=state, version=manifest.version, method=terms.method)
    return Grant(
        id=str(uuid.uuid4()),
        revision=earlier.revision + 1 if earlier else 1,
        person=person,
        manifest=manifest,
        digest=manifest.digest,
        notice=notice,
        items=items,
        state=state,
        given_at=now,
        given_by=terms.given_by,
        method=terms.method,
        expires_at=_later(now, terms.lasts),
        once=terms.once,
        supersedes=earlier.id if earlier else None,
        events=(*(earlier.events if earlier else ()), event),
    )


def check_limits(manifest: Manifest, label: str, limits: Limits) -> None:
    """RequestError for a limit that is finer than what is asked, or too coarse to be of use."""
    need = manifest.needs[label]
    rank = GRANULARITIES.index
    if limits.granularity is not None and rank(limits.granularity) < rank(need.at_worst):
        raise RequestError(
            f"By {limits.granularity} is too coarse for {label}: it needs {need.at_worst} at least.",
            next="Give a finer limit, or refuse the need.",
        )


def notice_of(manifest: Manifest, language: Language) -> Notice:
    """The notice of a manifest that was shown whole, in one language."""
    texts = {"language": language, "manifest": manifest.digest}
    return Notice(language=language, digest=hashlib.sha256(rfc8785.dumps(texts)).hexdigest())


def _later(now: datetime, duration: str) -> datetime:
    """`now` and a duration more, on the calendar (day 31 becomes the last)."""
    length = Duration.parse(duration)
    return Duration(-length.months, -length.days, -length.seconds).before(now)
