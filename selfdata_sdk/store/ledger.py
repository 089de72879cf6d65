"""A person's grants and journal as documents of their own cloud, and how a host knows that they are its own.

    grant.SERVICE       the grant of a service, sealed
    use.SERVICE         what the service was given so far, sealed
    receipt.GRANT.N     the receipt of a grant's revision N
    run.SERVICE.N       a run of a service, sealed; N counts round
    journal.head        size and last hash of the journal, sealed
    journal.00000000    its entries, in segments

The key of the seals, the last head and the revision of each grant are kept outside the cloud, by a `Keeper`. A grant
that another app wrote counts for nothing; an older head, a restore or an import suspends every grant until the person
confirms it. The head is written last by each change, together with what it stands for.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal, Protocol

from pydantic import ValidationError

from ..cloud import Change, Cloud, Document
from ..consent import chain
from ..consent.chain import SEGMENT, Head, Verified
from ..consent.checkpoint import Checkpoint
from ..consent.entry import START, Actor, Entry, GrantRef, Happening, Written, write
from ..consent.grant import Grant
from ..consent.use import Use
from ..errors import Conflict, DamagedPage, NewerFormat
from ..model.time import micros, moment
from .book import retried
from .seal import Seal, unwrapped

HEAD = "journal.head"
RUNS = 400
"""Of each service, as many of the last runs are kept: a year of one a day."""
_AT_ONCE = 64  # segments

Standing = Literal["new", "sound", "older", "foreign"]
"""new: no journal yet. sound: continues what this host wrote last. older: put back to an earlier state, or lost.
foreign: written by another host."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a host remembers of a person's ledger: the last head, and each grant's revision and SHA-256."""

    origin: str
    size: int
    hash: str
    at: int
    grants: Mapping[str, tuple[int, str]] = field(default_factory=dict)


class Keeper(Protocol):
    """Where a host keeps keys and anchors: outside the persons' clouds."""

    def key(self, person: str) -> bytes:
        """32 bytes, the same at every call."""
        ...

    def secret(self, name: str) -> bytes:
        """32 bytes of the host's own, the same at every call."""
        ...

    def anchor(self, person: str) -> Anchor | None: ...

    def advance(self, person: str, anchor: Anchor, *, durable: bool = False, force: bool = False) -> None:
        """Remember a later anchor; one that is not later changes nothing, unless `force` sets it.

        Grants are merged: of each service's, the one of the higher revision. `durable`: before returning.
        """
        ...

    def forget(self, person: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Held:
    """A grant as it lies in the cloud. `counts`: this host wrote it, and it is the newest that it wrote."""

    grant: Grant
    counts: bool
    version: str


@dataclass(frozen=True, slots=True)
class View:
    """The ledger at one moment. `held` and `use` are those of the service that was asked about."""

    standing: Standing
    now: datetime
    head: Head | None
    anchor: Anchor | None
    held: Held | None
    use: Use | None
    documents: Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class Batch:
    """What is written together: entries, and documents beside them.

    sealed   documents beside them that count only if this host wrote them
    revoked  services of which no grant that was ever written counts any more, wherever it is now
    """

    happenings: Sequence[Happening]
    grants: Sequence[Grant] = ()
    uses: Mapping[str, Use] = field(default_factory=dict)
    documents: Callable[[Head], Mapping[str, bytes]] = lambda head: {}
    sealed: Mapping[str, bytes] = field(default_factory=dict)
    revoked: Sequence[str] = ()


class Ledger:
    """Grants and journal of one person. `clock` gives the time of this machine, aware."""

    def __init__(
        self, cloud: Cloud, keeper: Keeper, person: str = "self", clock: Callable[[], datetime] | None = None
    ) -> None:
        self.cloud = cloud
        self.person = person
        self._keeper = keeper
        self._seal = Seal(keeper.key(person))
        self._clock = clock or (lambda: datetime.now(UTC))

    # Looking

    def look(self, service: str | None = None) -> View:
        """The ledger as it is now, with one service's grant."""
        # First the anchor: the cloud can only be later than it.
        anchor = self._keeper.anchor(self.person)
        names = [HEAD] if service is None else [HEAD, grant_name(service), use_name(service)]
        documents = self.cloud.get_many(names)
        document = documents.get(HEAD)
        if anchor is None and document is not None and self._keeper.anchor(self.person) is not None:
            return self.look(service)  # begun by another writer between the two
        head = head_of(document.data) if document else None
        standing = self._standing(document, head, anchor)
        held = use = None
        if service is not None:
            held = self._held(documents.get(grant_name(service)), service, standing, head, anchor)
            use = self._use(documents.get(use_name(service)), service, head)
        times = [self._clock()]
        times += [head.at] if head and standing == "sound" else []
        times += [moment(anchor.at)] if anchor else []
        return View(standing, max(times), head, anchor, held, use, documents)

    def now(self, view: View) -> datetime:
        """The time by which rights are judged: of this machine's clock, unless the ledger was later already."""
        return max(view.now, self._clock())

    def version_of(self, service: str) -> str | None:
        """The version of the document of a service's grant: it changes with every change of the grant."""
        document = self.cloud.get(grant_name(service))
        return document.version if document else None

    def grants(self) -> list[Held]:
        """Every grant, by service."""
        view = self.look()
        documents = self.cloud.get_many(self.cloud.list("grant."))
        found = [
            self._held(document, name.removeprefix("grant."), view.standing, view.head, view.anchor)
            for name, document in sorted(documents.items())
        ]
        return [held for held in found if held is not None]

    def _standing(self, document: Document | None, head: Head | None, anchor: Anchor | None) -> Standing:
        if document is None or head is None:
            return "new" if document is None and (anchor is None or not anchor.size) else "older"
        if not self._seal.is_ours(HEAD, document.data) or anchor is None:
            return "foreign"
        if head.origin != anchor.origin or head.size < anchor.size:
            return "older"
        if head.size == anchor.size:
            return "sound" if head.hash == anchor.hash else "older"
        # Written by us, but not remembered: killed in between, or written by another process just now.
        return "sound" if not anchor.size or self._hash_of(anchor.size - 1) == anchor.hash else "older"

    def _hash_of(self, seq: int) -> str:
        document = self.cloud.get(segment_name(seq // SEGMENT))
        if document is None:
            return ""
        entries = _cut(document.data)
        return entries[seq % SEGMENT].hash if seq % SEGMENT < len(entries) else ""

    def _held(
        self, document: Document | None, service: str, standing: Standing, head: Head | None, anchor: Anchor | None
    ) -> Held | None:
        body = unwrapped(document.data) if document else None
        if document is None or body is None or (grant := _grant(body)) is None or grant.service != service:
            return None
        ours = head is not None and self._seal.is_ours(_sealed(head, grant_name(service)), document.data)
        known = anchor.grants.get(service) if anchor else None
        newest = known is None or grant.revision > known[0] or known == (grant.revision, _sha256(body))
        return Held(grant, ours and newest and standing == "sound", document.version)

    def _use(self, document: Document | None, service: str, head: Head | None) -> Use | None:
        if document is None or head is None or not self._seal.is_ours(_sealed(head, use_name(service)), document.data):
            return None
        return Use.model_validate_json(unwrapped(document.data) or b"")

    def sealed(self, names: Sequence[str]) -> dict[str, bytes]:
        """What is in these documents, by name, of those that this host wrote into this journal's cloud."""
        head = self.look().head
        if head is None:
            return {}
        documents = self.cloud.get_many(names)
        ours = {n: d.data for n, d in documents.items() if self._seal.is_ours(_sealed(head, n), d.data)}
        return {name: body for name, data in ours.items() if (body := unwrapped(data)) is not None}

    # Writing

    def append(
        self, make: Callable[[View], Batch | None], service: str | None = None, view: View | None = None
    ) -> Head | None:
        """Write what `make` says of the ledger as it is, durably and all together; None if it says nothing.

        It is asked again when somebody else wrote meanwhile. Where the ledger is not what this host wrote last, every
        grant that is not written anew is suspended first, and the journal says so.

        view  the ledger as it was just seen, to be asked about first: if anything changed since, so has the head
        """
        seen = [view] if view is not None else []

        def once() -> Head | None:
            now = seen.pop() if seen else self.look(service)
            batch = make(now)
            return None if batch is None else self._commit(now, batch)

        return retried(once)

    def note(self, *happenings: Happening) -> Head:
        """Write entries that depend on nothing."""
        head = self.append(lambda view: Batch(happenings))
        assert head is not None
        return head

    def _commit(self, view: View, batch: Batch) -> Head:
        happenings, grants = list(batch.happenings), list(batch.grants)
        if view.standing in ("older", "foreign"):
            suspended = self._suspended(view, {g.service for g in grants})
            happenings.insert(0, _restored(view, suspended))
            grants += suspended
        documents = dict(view.documents)
        before = self._end(view)
        origin, size, last = (before.origin, before.size, before.hash) if before else self._begun(view)
        names = [segment_name(size // SEGMENT), segment_name(size // SEGMENT + 1)]
        names += [n for g in grants if (n := grant_name(g.service)) not in documents]
        names += [n for s in batch.uses if (n := use_name(s)) not in documents]
        names += batch.sealed
        documents |= self.cloud.get_many(names)
        if view.standing == "foreign" and size:
            self._refuse_incoherent(documents, size, last)
        entries: list[Written] = []
        for happening in happenings:
            entries.append(write(happening, size + len(entries), last, view.now))
            last = entries[-1].hash
        head = Head(origin=origin, size=size + len(entries), hash=last, at=view.now)
        puts = dict(self._segments(documents, size, entries))
        bodies = {grant_name(g.service): g.canonical() for g in grants}
        bodies |= {use_name(s): u.model_dump_json().encode() for s, u in batch.uses.items()}
        bodies |= batch.sealed
        puts |= {name: self._seal.wrap(_sealed(head, name), body) for name, body in bodies.items()}
        if beside := batch.documents(head):
            # Whatever another app wrote there: it must not stand in the way of a withdrawal.
            documents |= self.cloud.get_many(beside)
            puts |= beside
        puts[HEAD] = self._seal.wrap(HEAD, head.model_dump_json().encode())
        self.cloud.commit(
            [Change(n, data, documents[n].version if n in documents else None) for n, data in puts.items()]
        )
        known = {**(view.anchor.grants if view.anchor else {}), **self._missed(view)}
        known |= {g.service: (g.revision, _sha256(g.canonical())) for g in grants}
        known |= {s: (known.get(s, (0, ""))[0] + 1, "") for s in batch.revoked}
        anchor = Anchor(head.origin, head.size, head.hash, micros(head.at), known)
        durable = bool(grants or batch.revoked)
        self._keeper.advance(self.person, anchor, durable=durable, force=view.standing in ("older", "foreign"))
        return head

    def _end(self, view: View) -> Head | None:
        """The head that the next entry follows: what is remembered, where only the head was lost or put back."""
        anchor = view.anchor
        if view.standing != "older" or not anchor or not anchor.size:
            return view.head
        if self._hash_of(anchor.size - 1) != anchor.hash:
            return view.head
        return Head(origin=anchor.origin, size=anchor.size, hash=anchor.hash, at=moment(anchor.at))

    def _begun(self, view: View) -> tuple[str, int, str]:
        """The origin of a new journal, remembered before anything is written: whoever comes first gives it."""
        if view.standing != "new":
            return secrets.token_hex(16), 0, START
        self._keeper.advance(self.person, Anchor(secrets.token_hex(16), 0, START, micros(view.now)), durable=True)
        anchor = self._keeper.anchor(self.person)
        if anchor is None or anchor.size:
            raise Conflict("Others keep changing the same pages.", next="Try again when they are done.")
        return anchor.origin, 0, START

    def _segments(
        self, documents: Mapping[str, Document], size: int, entries: Sequence[Written]
    ) -> Iterator[tuple[str, bytes]]:
        left = list(entries)
        while left:
            name = segment_name(size // SEGMENT)
            room = SEGMENT - size % SEGMENT
            held = documents[name].data if size % SEGMENT and name in documents else b""
            yield name, chain.joined(left[:room], chain.shortened(held, size % SEGMENT))
            size += len(left[:room])
            left = left[room:]

    def _missed(self, view: View) -> dict[str, tuple[int, str]]:
        """The grants that were written, but not remembered, as the process was killed in between."""
        if view.standing != "sound" or view.anchor is None or view.head is None or view.head.size == view.anchor.size:
            return {}
        return {h.grant.service: (h.grant.revision, _sha256(h.grant.canonical())) for h in self.grants() if h.counts}

    def _suspended(self, view: View, but: set[str]) -> list[Grant]:
        """Each grant of the cloud that was in force, as suspended until the person confirms it."""
        known = view.anchor.grants if view.anchor else {}
        found = []
        for held in self.grants():
            grant = held.grant
            if grant.service in but:
                continue
            state = "suspended" if grant.state in ("given", "renewed") else grant.state
            revision = max(grant.revision, known.get(grant.service, (0, ""))[0])
            moved = grant.model_copy(update={"revision": revision})
            found.append(moved.moved(state, view.now, "restored or imported"))
        return found

    def _refuse_incoherent(self, documents: Mapping[str, Document], size: int, last: str) -> None:
        if self._hash_of(size - 1) != last:
            raise DamagedPage(
                "The journal's end is not what its head says.", next="Import the export again, or restore a backup."
            )

    # The journal

    def entries(self, first: int = 0) -> Iterator[Entry]:
        """Every entry from the one numbered `first` on, in order. DamagedPage at one that cannot be read or is missing."""
        head = self.look().head
        seq, size = first // SEGMENT * SEGMENT, head.size if head else None
        segments = self._all_segments(first // SEGMENT)
        for segment in segments if size is None else _first(segments, size - seq):
            try:
                entries = [chain.read(written) for written in chain.cut(segment)]
            except (ValueError, ValidationError):
                raise _unreadable() from None
            yield from (e for e in entries if e.header.seq >= first)
            seq += len(entries)
        if size is not None and seq < size:
            raise _unreadable()

    def first_since(self, since: datetime) -> int:
        """The number of an entry from which on all that were written at `since` or later are found."""
        view = self.look()
        low, high = 0, (view.head.size // SEGMENT if view.head else 0)
        while low < high:
            middle = (low + high + 1) // 2
            document = self.cloud.get(segment_name(middle))
            entries = _cut(document.data) if document else []
            if entries and chain.read(entries[0]).header.at < since:
                low = middle
            else:
                high = middle - 1
        return low * SEGMENT

    def verify(self, checkpoints: Sequence[Checkpoint] = ()) -> Verified:
        """Follow the whole journal. What another process writes meanwhile is left out."""
        view = self.look()
        if view.head is None:
            lost = bool(view.anchor and view.anchor.size) or bool(checkpoints)
            return Verified(0, chain.Broken(0, "cut") if lost else None)
        anchor = view.anchor
        marks = list(checkpoints)
        if anchor is not None and anchor.size:
            marks.append(Checkpoint(origin=anchor.origin, size=anchor.size, hash=anchor.hash, at=moment(anchor.at)))
        found = chain.verify(_first(self._all_segments(), view.head.size), view.head, marks)
        if found.broken is None and not self._seal.is_ours(HEAD, view.documents[HEAD].data):
            return Verified(found.size, chain.Broken(found.size, "forked"))
        return found

    def _all_segments(self, first: int = 0) -> Iterator[bytes]:
        number = first
        while True:
            names = [segment_name(n) for n in range(number, number + _AT_ONCE)]
            documents = self.cloud.get_many(names)
            for name in names:
                if name not in documents:
                    return
                yield documents[name].data
            number += _AT_ONCE

    def erase_details(self, wanted: Callable[[Entry], bool]) -> int:
        """Erase the details of the entries that are wanted so; how many. Their headers stay, and the chain holds."""
        seqs = frozenset(e.header.seq for e in self.entries() if e.details is not None and wanted(e))
        if not seqs:
            return 0

        def once() -> None:
            names = sorted({segment_name(seq // SEGMENT) for seq in seqs})
            documents = self.cloud.get_many(names)
            changes = [Change(n, chain.without_details(d.data, seqs), d.version) for n, d in documents.items()]
            self.cloud.commit(changes, scrub=True)

        retried(once)
        self.note(Happening(actor=Actor(kind="person"), event="erased", details={"entries": len(seqs)}))
        return len(seqs)

    def erase(self, names: Sequence[str]) -> None:
        """Erase documents beside the journal, for good."""

        def once() -> None:
            documents = self.cloud.get_many(names)
            self.cloud.commit([Change(n, None, d.version) for n, d in documents.items()], scrub=True)

        if names:
            retried(once)

    def signing_key(self) -> bytes:
        """The host's private key for signatures (Ed25519), 32 bytes."""
        return self._keeper.secret("signing")

    def forget(self) -> None:
        """Forget what is remembered of a ledger that was erased with everything else."""
        self._keeper.forget(self.person)


def grant_name(service: str) -> str:
    return f"grant.{service}"


def use_name(service: str) -> str:
    return f"use.{service}"


def receipt_name(grant: Grant) -> str:
    return f"receipt.{grant.id}.{grant.revision}"


RUN = "run."


def run_name(service: str, number: int) -> str:
    return f"{RUN}{service}.{number % RUNS:03d}"


def segment_name(number: int) -> str:
    return f"journal.{number:08d}"


def ref(grant: Grant) -> GrantRef:
    return GrantRef(id=grant.id, revision=grant.revision)


def _sealed(head: Head, name: str) -> str:
    """What a document is sealed as: of this journal, so that one from before everything was erased counts no more."""
    return f"{name}@{head.origin}"


def head_of(data: bytes | None) -> Head | None:
    """The head that a document holds, whoever sealed it; None if it is none. NewerFormat for one of a newer SDK."""
    body = unwrapped(data) if data is not None else None
    if body is None:
        return None
    try:
        return Head.model_validate_json(body)
    except ValidationError:
        if (version := _version(body)) > 1:
            raise NewerFormat(
                f"The journal has format {version}; this version reads up to 1.", next="Update selfdata-sdk."
            ) from None
        return None


def _version(body: bytes) -> int:
    try:
        found = json.loads(body)["v"]
    except (ValueError, KeyError, TypeError):
        return 0
    return found if isinstance(found, int) else 0


@lru_cache(maxsize=64)
def _grant(body: bytes) -> Grant | None:
    try:
        return Grant.model_validate_json(body)
    except ValidationError:
        return None


def _cut(segment: bytes) -> list[Written]:
    try:
        return chain.cut(segment)
    except ValueError:
        return []


def _unreadable() -> DamagedPage:
    return DamagedPage("An entry of the journal cannot be read.", next="`selfdata journal verify` names it.")


def _first(segments: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The segments, without entries past the first `size`, which were written since."""
    left = size
    for segment in segments:
        if left <= 0:
            return
        yield chain.shortened(segment, left)
        left -= SEGMENT


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _restored(view: View, suspended: Sequence[Grant]) -> Happening:
    details = {
        "standing": view.standing,
        "expected": view.anchor.size if view.anchor else 0,
        "found": view.head.size if view.head else 0,
        "suspended": sorted(g.service for g in suspended if g.state == "suspended"),
    }
    return Happening(actor=Actor(kind="host"), event="restore", details=details)
