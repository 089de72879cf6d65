"""Run a service on records made in a test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

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

    def open(self, manifest: Manifest, now: datetime | None, tz: str | None) -> Opened:
        def right(label: str, need: AskedNeed, now: datetime) -> Right:
            return asked(need, self.registry, now)

        return open_datasets(self.store, manifest, right, now or datetime.now(UTC), tz)

    def close(self, done: Run, records: Iterable[Table]) -> Run:
        saved = self.store.write(records)
        return replace(done, saved=saved.created + saved.updated)

    def failed(self, run: Run, error: BaseException) -> None:
        pass


def run_on(
    service: Service[...],
    records: Iterable[Record | Table],
    *,
    now: datetime,
    language: Language = "en",
    tz: str | None = None,
    **settings: object,
) -> Run:
    """Run a service on these records alone, as a host would: through the store, its manifest and the broker.

    now       aware; the service's clock
    settings  the service's settings by name, as values or texts

    The same errors as a host's run: OutputError, ServiceFailed, RequestError. RecordRefused if a record is not valid.
    """
    given = list(records)
    made = tables(r for r in given if isinstance(r, Record))
    with PersonalStore(MemoryCloud()) as store:
        store.write([*made, *(t for t in given if isinstance(t, Table))])
        return run(OpenDoor(store), service, settings=settings, now=now, language=language, tz=tz)
