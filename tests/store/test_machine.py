"""The store against a plain model: writes, updates, erasures, undoing and reading in any order."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import RequestError
from selfdata_sdk.model import Period, Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import DAY, micros
from selfdata_sdk.store import PersonalStore

START = datetime(2024, 1, 20, tzinfo=UTC)
HOLDERS = ("sedif", "veolia")
Key = tuple[str, int]


@dataclass
class Known:
    """One record: its value, revision, the import it came with (None: typed in), and what it was before."""

    litres: int
    revision: int
    imported: int | None
    before: list[tuple[int, int, int | None]] = field(default_factory=list)


class StoreMachine(RuleBasedStateMachine):
    cloud: ClassVar[dict[str, bool]] = {}

    @initialize(limit=st.sampled_from([600, 1_000_000]))
    def open(self, limit: int) -> None:
        self.store = PersonalStore(MemoryCloud(**self.cloud), page_limit=limit)
        self.records: dict[Key, Known] = {}
        self.imports = 0
        self.changed: list[int] = []  # imports that changed something and can be taken back

    @rule(
        holder=st.sampled_from(HOLDERS),
        days=st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True),
        values=st.lists(st.integers(0, 3), min_size=12, max_size=12),
        is_typed=st.booleans(),
    )
    def write(self, holder: str, days: list[int], values: list[int], is_typed: bool) -> None:
        self.imports += 1
        number = None if is_typed else self.imports
        written = self.store.write([_table(holder, days, values, self.imports, is_typed)])
        created = updated = 0
        for day, litres in zip(days, values, strict=False):
            known = self.records.get((holder, day))
            if known is None:
                self.records[holder, day] = Known(litres, 1, number)
                created += 1
            elif known.litres != litres:
                known.before.append((known.litres, known.revision, known.imported))
                known.litres, known.revision, known.imported = litres, known.revision + 1, number
                updated += 1
        assert (written.created, written.updated, written.unchanged) == (
            created,
            updated,
            len(days) - created - updated,
        )
        if number is not None and created + updated:
            self.changed.append(number)

    @rule(holder=st.sampled_from((None, *HOLDERS)), first=st.integers(0, 60), days=st.integers(1, 30))
    def erase(self, holder: str | None, first: int, days: int) -> None:
        period = Period(START + timedelta(days=first), START + timedelta(days=first + days))
        erased = self.store.erase(WaterUse, period, holder=holder)
        gone = [k for k in self.records if holder in (None, k[0]) and first <= k[1] < first + days]
        assert erased == len(gone)
        for key in gone:
            del self.records[key]
        held = {k.imported for k in self.records.values()}
        held |= {imported for k in self.records.values() for _, _, imported in k.before}
        self.changed = [n for n in self.changed if n in held]

    @precondition(lambda self: self.changed)
    @rule()
    def undo(self) -> None:
        number = self.changed.pop()
        try:
            undone = self.store.undo()
        except RequestError:
            # Only an import of which nothing current is left cannot be taken back.
            assert all(k.imported != number for k in self.records.values())
            return
        removed = restored = 0
        for key, known in list(self.records.items()):
            if known.imported != number:
                continue
            if known.before:
                known.litres, known.revision, known.imported = known.before.pop()
                restored += 1
            else:
                del self.records[key]
                removed += 1
        assert (undone.removed, undone.restored) == (removed, restored)

    @rule()
    def rebuild(self) -> None:
        before = deepcopy(self.store.summary())
        self.store.rebuild()
        assert self.store.summary() == before

    @rule(first=st.integers(0, 60), days=st.integers(1, 20))
    def read(self, first: int, days: int) -> None:
        period = Period(START + timedelta(days=first), START + timedelta(days=first + days))
        found = self._found(period)
        assert found == {k: v.litres for k, v in self.records.items() if first <= k[1] < first + days}

    @invariant()
    def holds_what_is_known(self) -> None:
        if not hasattr(self, "records"):
            return
        assert self._found(Period()) == {k: v.litres for k, v in self.records.items()}
        assert sum(h.count for h in self.store.summary()) == len(self.records)
        past = sorted(
            (r.source.holder, (r.start - START).days, int(r.litres), r.revision)
            for r in self.store.history(WaterUse)
            if isinstance(r, WaterUse)
        )
        assert past == sorted((h, d, v, n) for (h, d), known in self.records.items() for v, n, _ in known.before)

    def _found(self, period: Period) -> dict[Key, int]:
        found: dict[Key, int] = {}
        for table in self.store.read(WaterUse, period).tables:
            days = (table.ints("start") - micros(START)) // DAY
            for day, litres in zip(days.tolist(), (table.ints("litres") // 1000).tolist(), strict=True):
                found[table.series.holder, day] = litres
        return found


def _table(holder: str, days: list[int], values: list[int], number: int, is_typed: bool) -> Table:
    start = micros(START) + DAY * np.array(days, np.int64)
    source = Source(
        holder=holder,
        importer="test",
        version="1",
        method="manual" if is_typed else "file",
        retrieved_at=START + timedelta(days=400, minutes=number),
    )
    columns = {
        "start": Ints(start),
        "end": Ints(start + DAY),
        "litres": Ints(np.array(values[: len(days)], np.int64) * 1000),
    }
    # Each holder has a point of its own, so that their records do not overlap.
    return Table(WaterUse, Series(WaterUse.type, holder, f"P-{holder}", "", "P1D", "UTC"), columns, (source,))


@pytest.mark.parametrize(
    "kind",
    [{}, {"binary": False}, {"atomic": False}],
    ids=["packed", "plain", "one change after the other"],
)
def test_any_order_of_acts_leaves_what_a_plain_model_leaves(kind: dict[str, bool]) -> None:
    class Machine(StoreMachine):
        cloud = kind

    run_state_machine_as_test(Machine, settings=settings(max_examples=25, stateful_step_count=20, deadline=None))
