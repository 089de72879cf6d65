"""One entry of the journal: a header that is chained and kept, and details that can be erased.

The header names who did what to which kinds of data; the details (fields, numbers of rows, ids of blocks) lie beside
it, committed to under a random salt, so that erasing both leaves the chain as it was. Never a value of a record.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from selfdata_sdk.model.time import Granularity
from selfdata_sdk.service.blocks import RecordName
from selfdata_sdk.service.purpose import Purpose

FORMAT = 1
START = "0" * 64
"""What stands for the hash of the entry before the first."""

EventName = Literal[
    "run", "run_end", "save", "grant", "renew", "update", "refuse", "withdraw", "suspend", "restore",
    "import", "add", "export", "erase", "erased", "undo", "checkpoint",
]  # fmt: skip
Outcome = Literal["allowed", "denied", "partial"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Actor(_Part):
    """Who acted: a service with its version and the SHA-256 of its manifest, the host, or the person."""

    kind: Literal["service", "host", "person"]
    id: Annotated[str, Field(max_length=100)] = ""
    version: Annotated[str, Field(max_length=60)] = ""
    digest: Sha256 | None = None


class Handed(_Part):
    """What was handed over for one need: which kind of data, how fine, of which period, and for what."""

    need: Annotated[str, Field(max_length=64)]
    record_type: RecordName
    granularity: Granularity
    start: Moment
    end: Moment
    purpose: Purpose


class GrantRef(_Part):
    id: str
    revision: int


class Happening(_Part):
    """What an entry is about, before it has its place in the chain."""

    actor: Actor
    event: EventName
    outcome: Outcome = "allowed"
    grant: GrantRef | None = None
    needs: Annotated[tuple[Handed, ...], Field(strict=False)] = ()
    details: dict[str, Any] = {}


class Header(_Part):
    """The part of an entry that is chained: `prev` is the SHA-256 of the header before, as it is stored."""

    v: Literal[1] = 1
    seq: Annotated[int, Field(ge=0)]
    prev: Sha256
    at: Moment
    actor: Actor
    event: EventName
    outcome: Outcome
    grant: GrantRef | None = None
    needs: Annotated[tuple[Handed, ...], Field(strict=False)] = ()
    commitment: Sha256


class Entry(_Part):
    """A header and its details; None once they were erased."""

    header: Header
    details: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as it is stored: the canonical bytes (RFC 8785) of its header, and of [salt, details] or null."""

    header: bytes
    details: bytes

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.header).hexdigest()


def write(happening: Happening, seq: int, prev: str, at: datetime) -> Written:
    """The next entry of a chain, as it is stored."""
    body = rfc8785.dumps(happening.details)
    salt = secrets.token_bytes(16)
    header: dict[str, Any] = {
        "v": FORMAT,
        "seq": seq,
        "prev": prev,
        "at": _text(at),
        "actor": _actor(happening.actor),
        "event": happening.event,
        "outcome": happening.outcome,
        "commitment": commitment(salt, body),
    }
    if happening.grant is not None:
        header["grant"] = {"id": happening.grant.id, "revision": happening.grant.revision}
    if happening.needs:
        header["needs"] = [_handed(h) for h in happening.needs]
    return Written(header=_canonical(header), details=b'["%s",%s]' % (salt.hex().encode(), body))


def _canonical(header: dict[str, Any]) -> bytes:
    """RFC 8785, at a tenth of the cost: of ASCII keys, texts and integers the standard library writes the same."""
    return json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def commitment(salt: bytes, body: bytes) -> str:
    """SHA-256 of the salt and the canonical bytes of the details."""
    return hashlib.sha256(salt + body).hexdigest()


def is_committed(header: dict[str, Any], details: bytes) -> bool:
    """True if the stored details are those that the header was written with, or were erased."""
    if details == b"null":
        return True
    if not (details[:2] == b'["' and details[34:36] == b'",' and details[-1:] == b"]"):
        return False
    try:
        salt = bytes.fromhex(details[2:34].decode())
    except ValueError:
        return False
    return bool(commitment(salt, details[36:-1]) == header.get("commitment"))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _actor(actor: Actor) -> dict[str, str]:
    parts = {"kind": actor.kind, "id": actor.id, "version": actor.version, "digest": actor.digest}
    return {name: value for name, value in parts.items() if value}


def _handed(handed: Handed) -> dict[str, str]:
    return {
        "need": handed.need,
        "record_type": handed.record_type,
        "granularity": handed.granularity,
        "start": _text(handed.start),
        "end": _text(handed.end),
        "purpose": handed.purpose,
    }
