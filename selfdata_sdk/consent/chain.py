"""The journal's chain: entries in segments, each stored as a JSON array with one header or details a line.

Canonical JSON holds no line breaks, so a segment is cut into the very bytes that were hashed without parsing it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .checkpoint import Checkpoint
from .entry import START, Entry, Header, Moment, Sha256, Written, commitment, is_committed

SEGMENT = 128
"""Entries in a full segment: a remote cloud is sent half of it, some 50 KB, for an append."""

_OPEN, _CLOSE, _NEXT = b"[\n", b"\n]", b",\n"


class Head(BaseModel):
    """How far the journal reaches: its size, the hash of its last entry, and when that was written.

    origin  a random name of this chain
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    v: Literal[1] = 1
    origin: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    size: Annotated[int, Field(ge=0)]
    hash: Sha256
    at: Moment


Fault = Literal["changed", "missing", "out_of_place", "unreadable", "details_changed", "cut", "forked"]


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that is not as it was written. `seq` counts from 0."""

    seq: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Verified:
    """How many entries are sound, and what the first is that is not."""

    size: int
    broken: Broken | None


def joined(entries: Sequence[Written], segment: bytes = b"") -> bytes:
    """A segment with entries added at its end."""
    lines = [line for e in entries for line in (e.header, e.details)]
    before = [segment.removesuffix(_CLOSE)] if segment else []
    return (b"" if segment else _OPEN) + _NEXT.join([*before, *lines]) + _CLOSE


def cut(segment: bytes) -> list[Written]:
    """The entries of a segment, as they were stored; ValueError if it is none."""
    if not (segment.startswith(_OPEN) and segment.endswith(_CLOSE)):
        raise ValueError("not a segment")
    lines = segment[len(_OPEN) : -len(_CLOSE)].split(_NEXT)
    if len(lines) % 2:
        raise ValueError("a header without details")
    return [Written(header=lines[i], details=lines[i + 1]) for i in range(0, len(lines), 2)]


def shortened(segment: bytes, size: int) -> bytes:
    """The segment without entries past the first `size`."""
    if segment.count(_NEXT) < max(1, 2 * size):
        return segment
    lines = segment.removeprefix(_OPEN).removesuffix(_CLOSE).split(_NEXT)
    return _OPEN + _NEXT.join(lines[: 2 * size]) + _CLOSE


def read(written: Written) -> Entry:
    """An entry as a value; ValueError if it is not one."""
    details = json.loads(written.details)
    return Entry(header=Header.model_validate_json(written.header), details=details[1] if details else None)


def without_details(segment: bytes, seqs: frozenset[int]) -> bytes:
    """The segment with the details and salts of these entries gone."""
    return joined([_erased(w) if json.loads(w.header)["seq"] in seqs else w for w in cut(segment)])


def _erased(written: Written) -> Written:
    return Written(header=written.header, details=b"null")


def verify(segments: Iterable[bytes], head: Head, checkpoints: Sequence[Checkpoint] = ()) -> Verified:
    """Follow the chain from its first entry to its head.

    segments     in order, as they are stored
    checkpoints  handed to the person earlier: they show that no tail was cut and no other chain put in place
    """
    marks: dict[int, set[str]] = {}
    for checkpoint in checkpoints:
        marks.setdefault(checkpoint.size, set()).add(checkpoint.hash)
    prev, seq = START, 0
    lines = _lines(segments)
    for header, details in lines:
        if not _is_next(header, details, seq, prev):
            fault = _fault(header, details, seq, prev)
            if fault == "prev":
                # It does not follow from the entry before: the one after it tells which of the two was changed.
                fault = "changed"
                if seq and _is_followed(header, next(lines, None), head):
                    seq -= 1
            return Verified(seq, Broken(seq, fault))
        prev = hashlib.sha256(header).hexdigest()
        seq += 1
        if seq in marks and marks[seq] != {prev}:
            return Verified(seq - 1, Broken(seq - 1, "forked"))
        if seq == head.size and prev != head.hash:
            return Verified(seq - 1, Broken(seq - 1, "changed"))
    if seq != head.size:
        return Verified(min(seq, head.size), Broken(min(seq, head.size), "cut" if seq < head.size else "out_of_place"))
    if max(marks, default=0) > seq:
        return Verified(seq, Broken(seq, "cut"))
    if any(c.origin != head.origin for c in checkpoints):
        return Verified(seq, Broken(0, "forked"))
    return Verified(seq, None)


def _lines(segments: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Headers and details in order; two empty ones for what is no segment."""
    for segment in segments:
        lines = segment.removeprefix(_OPEN).removesuffix(_CLOSE).split(_NEXT)
        if len(lines) % 2 or len(segment) < len(_OPEN) + len(_CLOSE):
            yield b"", b""
            return
        yield from zip(lines[::2], lines[1::2], strict=True)


def _is_next(header: bytes, details: bytes, seq: int, prev: str) -> bool:
    """True if an entry is in its place, and sound. Not parsed: canonical headers end with prev, seq and v."""
    if not header.endswith(b',"prev":"%s","seq":%d,"v":1}' % (prev.encode(), seq)):
        return False
    if details == b"null":
        return True
    try:
        found = commitment(bytes.fromhex(details[2:34].decode()), details[36:-1])
    except ValueError:
        return False
    framed = details[:2] == b'["' and details[34:36] == b'",' and details[-1:] == b"]"
    return framed and b'"commitment":"%s"' % found.encode() in header


def _is_followed(header: bytes, after: tuple[bytes, bytes] | None, head: Head) -> bool:
    """True if the entry after this one, or the head, was written after this very header."""
    found = hashlib.sha256(header).hexdigest()
    return found == head.hash if after is None else b'"prev":"%s"' % found.encode() in after[0]


def _fault(header: bytes, details: bytes, seq: int, prev: str) -> Fault | Literal["prev"]:
    """What is wrong with an entry that is not the next one."""
    try:
        body = json.loads(header)
        found, before = body["seq"], body["prev"]
    except (ValueError, KeyError, TypeError):
        return "unreadable"
    if found != seq:
        return "missing" if isinstance(found, int) and found > seq else "out_of_place"
    if before != prev:
        return "prev"
    return "changed" if is_committed(body, details) else "details_changed"
