"""Run a service on records made in a test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ..cloud import MemoryCloud
from ..host.runner import Run, run
from ..model import Record, Table
from ..model.table import tables
from ..model.text import Language
from ..service.service import Service
from ..store import PersonalStore


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
        return run(store, service, settings=settings, now=now, language=language, tz=tz)
