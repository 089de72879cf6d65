"""Grants, receipts and the journal on their way from one home to another: the documents as they are.

In an export they lie in `consent/`, one JSON file per document. Brought into another home they are known as another
host's: every grant is suspended until the person confirms it there.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Literal

from ..cloud import Change, Cloud
from ..consent import chain
from ..errors import RequestError
from .ledger import HEAD, head_of, segment_name

PREFIXES = ("grant.", "journal.", "receipt.", "run.", "use.")
FOLDER = "consent"

Carried = Literal["none", "brought", "known", "other"]
"""none: the export has no journal. brought: it is here now. known: all of it was here. other: this home has a journal
that it does not continue, so nothing was brought in."""


def write_documents(cloud: Cloud, folder: Path) -> None:
    """Write each document of grants and journal into the new folder `consent` of `folder`."""
    target = folder / FOLDER
    target.mkdir()
    for prefix in PREFIXES:
        for name, document in cloud.get_many(cloud.list(prefix)).items():
            (target / f"{name}.json").write_bytes(document.data)


def read_documents(folder: Path, files: Collection[str]) -> dict[str, bytes]:
    """The documents of an export by name, of the `files` that its index lists.

    RequestError if its journal is not as it was written.
    """
    paths = [folder / name for name in sorted(files) if name.startswith(f"{FOLDER}/")]
    found = {p.name.removesuffix(".json"): p.read_bytes() for p in paths if p.name.startswith(PREFIXES)}
    if found:
        _verify(found)
    return found


def _verify(documents: dict[str, bytes]) -> None:
    head = head_of(documents.get(HEAD))
    broken = chain.Broken(0, "missing") if head is None else chain.verify(_segments(documents), head).broken
    if broken is not None:
        raise RequestError(
            f"The journal of this export was changed at entry {broken.seq + 1}.",
            where=FOLDER,
            next="Copy the whole export again; nothing was written.",
        )


def bring(cloud: Cloud, documents: dict[str, bytes]) -> Carried:
    """Put the documents into a cloud that has no journal, or only the beginning of theirs."""
    new, own = head_of(documents.get(HEAD)), cloud.get(HEAD)
    if new is None:
        return "none"
    old = head_of(own.data) if own else None
    if own is not None and (old is None or old.origin != new.origin):
        return "other"
    if old is not None:
        if new.size <= old.size and _hash_of(cloud, new.size) == new.hash:
            return "known"
        if new.size <= old.size or not _continues(documents, old):
            return "other"
    held = cloud.get_many(documents)
    cloud.commit([Change(n, data, held[n].version if n in held else None) for n, data in documents.items()])
    return "brought"


def _hash_of(cloud: Cloud, size: int) -> str:
    """The hash of a cloud's journal when it held so many entries."""
    number, place = divmod(max(size - 1, 0), chain.SEGMENT)
    document = cloud.get(segment_name(number))
    entries = chain.cut(document.data) if document else []
    return entries[place].hash if place < len(entries) else ""


def _continues(documents: dict[str, bytes], old: chain.Head) -> bool:
    entries = [e for segment in _segments(documents) for e in chain.cut(segment)]
    return bool(old.size) and entries[old.size - 1].hash == old.hash


def _segments(documents: dict[str, bytes]) -> list[bytes]:
    found: list[bytes] = []
    while (segment := documents.get(segment_name(len(found)))) is not None:
        found.append(segment)
    return found
