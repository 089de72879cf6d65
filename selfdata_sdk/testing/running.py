"""Run a service on records made in a test, or on a persona."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol, overload, runtime_checkable

from ..cloud import MemoryCloud
from ..consent.right import Right, asked
from ..host.broker import Opened, open_datasets
from ..host.runner import Run, run
from ..model import Record, Table
from ..model.table import tables
from ..model.text import Language
from ..service.manifest import AskedNeed, Manifest
from ..service.service import Service
from ..store import PersonalStore


class OpenDoor:
    """A door that gives all that a manifest asks for: for invented data. Real data have a grant and a journal."""

    def __init__(self, store: PersonalStore) -> None:
        self.store = store
        self.registry = store.registry

    def right(self, label: str, need: AskedNeed, now: datetime) -> Right:
        return asked(need, self.registry, now)

    def open(self, manifest: Manifest, now: datetime | None, tz: str | None) -> Opened:
        return open_datasets(self.store, manifest, self.right, now or datetime.now(UTC), tz)

    def close(self, done: Run, records: Iterable[Table]) -> Run:
        saved = self.store.write(records)
        return replace(done, saved=saved.created + saved.updated)

    def failed(self, run: Run, error: BaseException) -> None:
        pass


@runtime_checkable
class Household(Protocol):
    """What writes the data of one household, and when and where it looks at them: a `Persona`."""

    @property
    def now(self) -> datetime: ...
    @property
    def tz(self) -> str: ...
    def write(self, store: PersonalStore) -> object: ...


@overload
def run_on(
    service: Service[...],
    data: Household,
    /,
    *,
    now: datetime | None = None,
    language: Language = "en",
    tz: str | None = None,
    **settings: object,
) -> Run: ...
@overload
def run_on(
    service: Service[...],
    data: Iterable[Record | Table],
    /,
    *,
    now: datetime,
    language: Language = "en",
    tz: str | None = None,
    **settings: object,
) -> Run: ...
def run_on(
    service: Service[...],
    data: Household | Iterable[Record | Table],
    /,
    *,
    now: datetime | None = None,
    language: Language = "en",
    tz: str | None = None,
    **settings: object,
) -> Run:
    """Run a service on a persona, or on these records alone, as a host would: through the store, manifest and broker.

    now       aware; the service's clock; by default the persona's. Records alone have none: TypeError without it
    settings  the service's settings by name, as values or texts

    The same errors as a host's run: OutputError, ServiceFailed, RequestError. RecordRefused if a record is not valid.
    """
    with PersonalStore(MemoryCloud()) as store:
        if isinstance(data, Household):
            data.write(store)
            now, tz = now or data.now, tz or data.tz
        else:
            if now is None:
                raise TypeError("records have no clock of their own: give now=")
            given = list(data)
            made = tables(r for r in given if isinstance(r, Record))
            store.write([*made, *(t for t in given if isinstance(t, Table))])
        return run(OpenDoor(store), service, settings=settings, now=now, language=language, tz=tz)
