"""One person's cloud and host under a clock that a test sets, and a service that gives what a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import numpy as np

from selfdata_sdk import Alert, Block, Card, Context, Dataset, Metric, Need, Row, Save, Setting, Text, service
from selfdata_sdk.cloud import Change, Cloud, MemoryCloud
from selfdata_sdk.consent.grant import Item, Terms
from selfdata_sdk.consent.use import Use
from selfdata_sdk.host.engine import InProcess
from selfdata_sdk.host.host import Host
from selfdata_sdk.host.keeper import SqliteKeeper
from selfdata_sdk.host.report import RunReport
from selfdata_sdk.host.runner import Run
from selfdata_sdk.model import Series, Source, SupplyAlert, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.service import Service
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.store.ledger import Ledger

NOW = datetime(2025, 6, 15, 10, 30, tzinfo=UTC)
ID = "org.example.water"
CODE = "c0de" * 16
WALLS = ("limits", "seccomp")
LITRES = 7919
"""What the person used in each hour."""
SOME = Text(en="Some text", fr="Un texte")
GOAL = Setting(SOME, ge=0, le=500)
STREET = Setting(SOME)
WATER = Need(
    why=Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos"),
    granularity="hour",
    back="P30D",
)


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


Gives = Callable[[Context, Dataset[Hour]], Iterable[object]]


def giving(gives: Gives | Iterable[object] = (), id: str = ID) -> Service[...]:
    """A service that gives these blocks."""

    @service(id=id, name=SOME, summary=SOME, produces=[SupplyAlert])
    def water(
        context: Context,
        water: Annotated[Dataset[Hour], WATER],
        goal: Annotated[int, GOAL] = 120,
        street: Annotated[str, STREET] = "",
    ) -> Iterator[Block]:
        yield from gives(context, water) if callable(gives) else gives  # type: ignore[misc]

    return water


def manifest(id: str = ID, **changes: Any) -> Manifest:
    return manifest_of(giving(id=id)).model_copy(update=changes)


MANIFEST = manifest()


def card(value: float = 0, id: str = "card") -> Card:
    return Card(id=id, headline=SOME, body=SOME, why=SOME, metric=Metric(value=value, unit="L"))


def alert(id: str = "leak", **more: Any) -> Alert:
    return Alert(id=id, severity="urgent", what=SOME, what_to_do=SOME, **more)


def leak(at: datetime = NOW) -> Save:
    return Save.of("kept", SupplyAlert, at=at, commodity="water", kind="leak")


class Pinned(InProcess):
    """An engine of this process that says which code it runs, and behind which walls."""

    def __init__(self, service: Service[...], code: str = CODE, walls: tuple[str, ...] = WALLS) -> None:
        super().__init__(service)
        self.code = code
        self.walls = walls


class Person:
    """A person's cloud, host and clock. `reports` are what an observer of the host was told."""

    def __init__(
        self, cloud: Cloud | None = None, keeper: SqliteKeeper | None = None, name: str = "self", now: datetime = NOW
    ) -> None:
        self.now = now
        self.cloud = MemoryCloud() if cloud is None else cloud
        self.keeper = keeper or SqliteKeeper(":memory:")
        self.reports: list[RunReport] = []
        self.store = PersonalStore(self.cloud)
        self.ledger = Ledger(self.store.cloud, self.keeper, name, clock=lambda: self.now)
        self.host = Host(self.store, self.ledger, observe=self.reports.append)

    def close(self) -> None:
        self.store.close()
        self.keeper.close()

    def later(self, **more: float) -> None:
        self.now += timedelta(**more)

    def fill(self, hours: int = 48, about: str = "P1", end: datetime | None = None) -> None:
        """So many hours of water, up to an hour of the clock."""
        last = micros(end or self.now) // HOUR * HOUR
        start = last - np.arange(hours, 0, -1, dtype=np.int64) * HOUR
        source = Source(holder="holder", importer="test", version="1", retrieved_at=NOW)
        columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(np.full(hours, LITRES * 1000))}
        self.store.write([Table(WaterUse, Series("water.use/1", "holder", about, "", "PT1H"), columns, (source,))])

    def agree(self, manifest: Manifest = MANIFEST, **terms: Any) -> None:
        items = {label: Item(decision="given", finer=True) for label in manifest.needs}
        self.host.grant(manifest, Terms(**{"items": items, "lasts": "P12M", **terms}))

    def run(
        self,
        gives: Gives | Iterable[object] = (),
        occasion: str | None = None,
        *,
        code: str = CODE,
        manifest: Manifest = MANIFEST,
        **more: Any,
    ) -> Run:
        engine = Pinned(giving(gives, manifest.id), code)
        return self.host.run(engine, manifest, occasion=occasion, **more)

    def put(self, name: str, data: bytes | None) -> None:
        """What another app does that may write into the cloud."""
        held = self.cloud.get(name)
        self.cloud.commit([Change(name, data, held.version if held else None)])

    def data(self, name: str) -> bytes:
        document = self.cloud.get(name)
        assert document is not None
        return document.data

    def outcomes(self, event: str = "run", id: str = ID) -> list[str]:
        headers = (entry.header for entry in self.ledger.entries())
        return [h.outcome for h in headers if h.event == event and h.actor.id == id]

    def leaks(self) -> int:
        """How many records the service keeps here."""
        return len(self.store.read(SupplyAlert).records())

    def use(self, id: str = ID) -> Use:
        use = self.ledger.look(id).use
        assert use is not None
        return use


def at_home() -> Person:
    """A person with two days of water, who agreed."""
    person = Person()
    person.fill()
    person.agree()
    return person
