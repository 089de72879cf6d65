"""When a service is due: on new data, daily or weekly, as its manifest says and the person agreed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..consent.grant import Grant
from ..errors import SandboxUnavailable
from ..model.text import Language
from ..service.blocks import Alert
from ..service.manifest import Manifest
from ..store import Holding
from .choosing import newest_covered
from .discovery import Found
from .host import Host
from .run_record import RunRecord
from .runner import Run
from .sandbox import Sandbox

TRIES = 3
"""How often a run for one occasion is tried, where each fails."""


def occasion(manifest: Manifest, holdings: Sequence[Holding], now: datetime) -> str | None:
    """What the service is to run for now; None for one that runs only when the person opens it, or has no data to see.

    now  aware, in the zone of the home: days and weeks are local ones

    What a service saved itself is no new data.
    """
    match manifest.schedule:
        case "daily":
            return f"day {now.date().isoformat()}"
        case "weekly":
            year, week, _ = now.isocalendar()
            return f"week {year}-W{week:02d}"
        case "on_new_data":
            asked = {need.record_type for need in manifest.needs.values()}
            found = [h for h in holdings if h.series.type in asked and h.series.holder != manifest.id]
            held = [repr((h.series, h.count, h.start, h.end, h.changed)) for h in found]
            return f"data {hashlib.sha256(chr(10).join(held).encode()).hexdigest()[:16]}" if held else None
        case _:
            return None


def is_given_up(runs: Sequence[RunRecord], occasion: str) -> bool:
    """True if the last runs (the latest first) were for this occasion, and all of them failed."""
    last = runs[:TRIES]
    return len(last) == TRIES and all(r.occasion == occasion and r.error is not None for r in last)


@dataclass(frozen=True, slots=True)
class Due:
    """A service that was due, and the run or the error that came of it; neither if it was given up for this occasion."""

    found: Found
    occasion: str | None
    run: Run | None = None
    error: Exception | None = None

    @property
    def told(self) -> tuple[Alert, ...]:
        """The alerts that the person is to be told of now."""
        blocks = self.run.blocks if self.run is not None else ()
        return tuple(b for b in blocks if isinstance(b, Alert) and self.run is not None and b.id in self.run.told)


def run_due(
    host: Host,
    services: Iterable[Found],
    sandbox: Sandbox,
    *,
    opened: bool = False,
    language: Language = "en",
    quota: int | None = None,
) -> Iterator[Due]:
    """Run what is due of the services that the person agreed to, each once for its occasion, one after the other.

    opened  True if the person opens their cloud now: services that run then are due, too
    quota   how often services may run for the person in a day of UTC; None for as often as they like

    A service that asks for more than was agreed to waits, and nobody is told so each time. What happens to one service touches no other.
    """
    holdings, now = host.store.summary(), host.ledger.look().now.astimezone(host.zone)
    for found in services:
        what = occasion(found.manifest, holdings, now)
        if what is None and not (opened and found.manifest.schedule == "on_open"):
            continue
        try:
            grant = host.agreed(found.id)
            if grant is None or not _may_run(found.manifest, grant):
                continue
            if what is not None and is_given_up(host.runs(found.id, TRIES), what):
                yield Due(found, what)
                continue
            if quota is not None and host.runs_of_today() >= quota:
                return
            done = host.run(sandbox.engine(found.code()), found.manifest, language=language, occasion=what)
        except SandboxUnavailable:
            raise
        except Exception as error:
            yield Due(found, what, error=error)
        else:
            if not done.repeated:
                yield Due(found, what, done)


def _may_run(manifest: Manifest, grant: Grant) -> bool:
    """True if nothing is left to ask the person before it runs."""
    asked = grant.manifest.needs
    refused = any(need.required and grant.items[label].decision != "given" for label, need in asked.items())
    return not refused and newest_covered([manifest], grant) is not None
