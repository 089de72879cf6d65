"""Any cloud made to do several changes together: all of them, or none, wherever a writer is killed."""

from __future__ import annotations

import json
import random
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from ..errors import CloudUnavailable, Conflict, DamagedPage, NewerFormat
from .cloud import Change, Cloud, Document, conflict

FORMAT = 1
INTENT = "intent"
PATIENCE_SECONDS = 5.0
WAIT_SECONDS = 30.0
_RESERVED = b"null"


class Together:
    """All changes of a commit at once, over a cloud that does one after the other.

    A commit takes the turn (the document `intent`, which only one can create), checks the versions, writes into
    that document what it will do, does it, and deletes the document. Until the changes are written there, nothing
    has happened, and anybody may take the turn away from a writer that does not answer. From then on they will
    happen: whoever meets the document does what is left to do.

    Doing a change twice is harmless, as each names the version that it replaces, and versions never come back.
    A document that is about to be made is first put as `null`, so that it has a version, too.
    """

    atomic = True

    def __init__(self, cloud: Cloud, *, patience: float = PATIENCE_SECONDS) -> None:
        """`patience` is the number of seconds after which a writer that has the turn and does nothing loses it."""
        self.cloud = cloud
        self.binary = cloud.binary
        self._patience = patience

    def get(self, name: str) -> Document | None:
        return self.get_many((name,)).get(name)

    def get_many(self, names: Collection[str]) -> Mapping[str, Document]:
        while True:
            found = dict(self.cloud.get_many([*names, INTENT]))
            document = found.pop(INTENT, None)
            if document is None or (intent := _Intent.load(document.data)).changes is None:
                return {n: d for n, d in found.items() if d.data != _RESERVED}
            self._finish(intent, document.version)

    def commit(self, changes: Sequence[Change], *, scrub: bool = False) -> None:
        if not changes:
            self.cloud.commit((), scrub=scrub)
            return
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            turn = self._take_turn(deadline)
            try:
                agreed = self._agreed(changes, scrub)
            except Conflict:
                self._end_turn(turn)
                raise
            if agreed is None:
                self._end_turn(turn)
                continue
            data = agreed.dump(binary=self.binary)
            try:
                self.cloud.commit([Change(INTENT, data, turn)])
            except Conflict:
                continue  # we lost the turn, and have done nothing yet
            document = self.cloud.get(INTENT)
            if document is not None and document.data == data:
                self._finish(agreed, document.version)
            return

    def list(self, prefix: str = "") -> Sequence[str]:
        self.get_many(())
        return [n for n in self.cloud.list(prefix) if n != INTENT]

    def close(self) -> None:
        self.cloud.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _take_turn(self, deadline: float) -> str:
        """The version of the intent that is ours; what others have begun is finished first."""
        mine = _Intent(secrets.token_hex(8)).dump(binary=self.binary)
        seen, since = "", 0.0
        while time.monotonic() < deadline:
            document = self.cloud.get(INTENT)
            if document is None:
                try:
                    self.cloud.commit([Change(INTENT, mine, None)])
                except Conflict:
                    continue
            elif document.data == mine:
                return document.version
            elif (intent := _Intent.load(document.data)).changes is not None:
                self._finish(intent, document.version)
            elif document.version != seen:
                seen, since = document.version, time.monotonic()
            elif time.monotonic() > since + self._patience:
                self._end_turn(document.version)
            else:
                time.sleep(random.uniform(0.001, 0.02))
        raise CloudUnavailable("Others keep writing into this store.", next="Try again when they are done.")

    def _end_turn(self, version: str) -> None:
        with suppress(Conflict):
            self.cloud.commit([Change(INTENT, None, version)])

    def _agreed(self, changes: Sequence[Change], scrub: bool) -> _Intent | None:
        """The changes with the versions that they replace; None if somebody else took the turn meanwhile.

        Conflict if a document is not at the version expected.
        """
        names = [c.name for c in changes]
        held = self.cloud.get_many(names)
        for change in changes:
            found = held.get(change.name)
            if (None if found is None or found.data == _RESERVED else found.version) != change.expected:
                raise Conflict(conflict(change.name))
        if new := [c.name for c in changes if c.data is not None and c.name not in held]:
            try:
                self.cloud.commit([Change(n, _RESERVED, None) for n in new])
            except Conflict:
                return None
            held = self.cloud.get_many(names)
            if not held.keys() >= set(new):
                return None
        return _Intent(
            secrets.token_hex(8),
            [Change(c.name, c.data, held[c.name].version) for c in changes if c.name in held],
            scrub,
        )

    def _finish(self, intent: _Intent, version: str) -> None:
        changes = intent.changes or ()
        try:
            self.cloud.commit(changes, scrub=intent.scrub)
        except Conflict:
            self._finish_one_by_one(changes, intent.scrub)
        with suppress(Conflict):
            self.cloud.commit([Change(INTENT, None, version)], scrub=intent.scrub)

    def _finish_one_by_one(self, changes: Iterable[Change], scrub: bool) -> None:
        for change in changes:
            with suppress(Conflict):  # it is done already
                self.cloud.commit([change], scrub=scrub)


@dataclass(frozen=True, slots=True)
class _Intent:
    """What the writer that has the turn will do; `changes` is None while it does not know yet."""

    token: str
    changes: Sequence[Change] | None = None
    scrub: bool = False

    def dump(self, *, binary: bool) -> bytes:
        body: dict[str, Any] = {"v": FORMAT, "token": self.token}
        if self.changes is not None:
            body |= {"scrub": self.scrub, "base64": binary}
            body["changes"] = [[c.name, c.expected, _written(c.data, binary)] for c in self.changes]
        return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def load(cls, data: bytes) -> _Intent:
        try:
            body = json.loads(data)
            if body["v"] > FORMAT:
                raise NewerFormat(
                    f"A write was begun in format {body['v']}; this version reads up to {FORMAT}.",
                    next="Update selfdata-sdk.",
                )
            if "changes" not in body:
                return cls(body["token"])
            changes = [Change(n, _read(text, body["base64"]), expected) for n, expected, text in body["changes"]]
            return cls(body["token"], changes, body["scrub"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DamagedPage(
                "What a writer began is not what was written.", next="Delete the document `intent`."
            ) from None


def _written(data: bytes | None, binary: bool) -> str | None:
    if data is None:
        return None
    return b64encode(data).decode() if binary else data.decode()


def _read(text: str | None, base64: bool) -> bytes | None:
    if text is None:
        return None
    return b64decode(text, validate=True) if base64 else text.encode()
