from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Codes, Ints
from selfdata_sdk.model.time import HOUR, micros

Uses = Callable[..., Table]


def source(imported: int = 0, holder: str = "veolia", method: str = "file", sha256: str | None = None) -> Source:
    """The source of import number `imported`; each number is an instant and a file of its own."""
    return Source(
        holder=holder,
        importer="test",
        version="1",
        method=method,
        sha256=sha256 or f"{imported:064x}",
        locator="line {}",
        retrieved_at=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=imported),
    )


@pytest.fixture(scope="session")
def uses() -> Uses:
    def make(
        litres: Sequence[int | float],
        start: datetime = datetime(2024, 1, 1, tzinfo=UTC),
        *,
        step: int = HOUR,
        holder: str = "veolia",
        about: str = "P1",
        register: str = "",
        cadence: str = "PT1H",
        tz: str = "Europe/Paris",
        imported: int = 0,
        method: str = "file",
        ext: str | None = None,
    ) -> Table:
        """Water uses one after the other from `start`, `step` microseconds each."""
        n = len(litres)
        starts = micros(start) + np.arange(n, dtype=np.int64) * step
        columns = {
            "start": Ints(starts),
            "end": Ints(starts + step),
            "litres": Ints(np.array([round(v * 1000) for v in litres], np.int64)),
            "locator": Ints(np.arange(2, n + 2, dtype=np.int64)),
        }
        if ext is not None:
            columns["ext"] = Codes.constant(ext, n)  # type: ignore[assignment]
        held = Series(WaterUse.type, holder, about, register, cadence, tz)
        return Table(WaterUse, held, columns, (source(imported, holder, method),))

    return make
