"""A city of invented persons, and the service of `drops` for workers to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.host.code import Code, digest_of
from selfdata_sdk.host.engine import Engine, InProcess
from selfdata_sdk.host.people import People
from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.service.deriving import manifest_of

if TYPE_CHECKING:
    from .drops import HOURS, drops
else:  # workers find it by its bare name, as the sandbox does
    from drops import HOURS, drops

NOW = datetime(2025, 6, 15, tzinfo=UTC)
MANIFEST = manifest_of(drops)
_PACKAGES = {"drops": Path(__file__).with_name("drops.py")}
CODE = Code("drops:drops", _PACKAGES, digest_of(_PACKAGES))


@contextmanager
def in_the_worker() -> Iterator[Engine]:
    """Our own code needs no walls: what ends its process ends the worker."""
    yield InProcess(drops)


def make(path: Path, litres: Mapping[str, int], ungranted: Iterable[str] = ()) -> dict[str, str]:
    """Persons by login, each with so many litres an hour for two days; their ids."""
    ids = {}
    with People(path) as people:
        people.practise(NOW)
        for login, each in litres.items():
            ids[login] = people.add(login)
            with people.host(ids[login]) as host:
                host.store.write([_hours(each)])
                if login not in ungranted:
                    host.grant(MANIFEST, Terms(items={"water": Item(decision="given", finer=True)}, lasts="P12M"))
    return ids


def _hours(litres: int) -> Table:
    start = micros(NOW - timedelta(hours=HOURS)) + np.arange(HOURS, dtype=np.int64) * HOUR
    source = Source(holder="holder", importer="test", version="1", retrieved_at=NOW)
    columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(np.full(HOURS, litres * 1000))}
    return Table(WaterUse, Series("water.use/1", "holder", "P1", "", "PT1H"), columns, (source,))
