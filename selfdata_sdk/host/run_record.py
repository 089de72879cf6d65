"""A run as it is kept in the person's own cloud: what ran, behind which walls, what it took, and what it gave."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..consent.entry import Moment
from ..consent.use import Use
from ..model.text import Language
from ..model.time import DAY, micros
from ..service.blocks import Alert, Block
from ..service.deriving import written
from ..service.setting import Value
from .report import ErrorName

REMEMBERED = 64
"""Runs of which a service's use tells that they were done."""


class RunRecord(BaseModel):
    """One run of a service.

    id        random; a host's logs name the run by it, and nothing else of the person
    number    the service's runs are counted from 0
    code      SHA-256 of the code in hexadecimal; "" for code that was not pinned
    walls     what stood around the code; none for code that ran in the host's own process
    as_of     the service's clock
    occasion  what it was run for, where it was not simply asked for
    entry     the number of the journal's entry that says what it read; None if it read nothing
    given     the types of the records that it was given
    error     the class of the error that ended it
    blocks    what it gave; none if it did not end well
    told      the ids of the alerts that the person was told of, which they had not been told of lately
    saved     how many records it made or changed
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    run: Literal[1] = 1
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    number: int
    service: str
    version: str
    code: str
    walls: tuple[str, ...]
    started_at: Moment
    seconds: float
    cpu_seconds: float
    peak_memory: int
    as_of: Moment
    language: Language
    settings: dict[str, str]
    occasion: str | None
    entry: int | None
    given: tuple[str, ...]
    error: ErrorName | None
    blocks: tuple[Block, ...]
    told: tuple[str, ...]
    saved: int

    def dump(self) -> bytes:
        return self.model_dump_json().encode()

    @classmethod
    def read(cls, data: bytes) -> RunRecord | None:
        """None if it is not such a record, or one of a newer SDK."""
        try:
            return cls.model_validate_json(data)
        except ValidationError:
            return None


def key_of(code: str, settings: Mapping[str, Value], occasion: str) -> str:
    """What makes two runs of a service for one person the same: they are done once in effect. SHA-256, hexadecimal."""
    texts = {name: written(value) for name, value in settings.items()}
    return hashlib.sha256(rfc8785.dumps([code, texts, occasion])).hexdigest()


def news(alerts: Iterable[Alert], use: Use, per_week: int, now: datetime) -> dict[str, tuple[int, int]]:
    """The alerts that a person is told of now, by key, with now and until when they are not told of it again.

    At most so many a week, and each once until it expires, or once a week.
    """
    at = micros(now)
    left = per_week - len(_lately(use, at))
    found: dict[str, tuple[int, int]] = {}
    for alert in alerts:
        until = micros(alert.expires or now + timedelta(weeks=1))
        known = use.told.get(alert.key, (0, at))
        if alert.key not in found and known[1] <= at < until and len(found) < left:
            found[alert.key] = (at, until)
    return found


def _lately(use: Use, at: int) -> list[int]:
    return [told for told in use.lately if told > at - 7 * DAY]


def after(use: Use, number: int, key: str | None, told: Mapping[str, tuple[int, int]], now: datetime) -> Use:
    """The use of a service after its run `number`; `key` for one that was done and is not done again."""
    done = dict(use.done) | ({key: number} if key is not None else {})
    recent = {k: done[k] for k in sorted(done, key=done.__getitem__)[-REMEMBERED:]}
    at = micros(now)
    kept = {k: v for k, v in use.told.items() if v[1] > at}
    lately = (*_lately(use, at), *[at] * len(told))
    return use.model_copy(update={"runs": number + 1, "done": recent, "told": {**kept, **told}, "lately": lately})
