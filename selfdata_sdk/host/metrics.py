"""What a host counts, as OpenMetrics text for whoever operates it, and what of it publishers may be told.

Nothing listens here: the text is written where a collector reads it, or served by the host's own server.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from os import PathLike, fspath
from typing import TypeVar

from pydantic import ConfigDict, TypeAdapter

from ..service.manifest import ServiceId
from .report import Outcome, RunReport

K = TypeVar("K", bound=Hashable)

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
MEMORY = tuple(float(2**power) for power in range(23, 31))
"""8 MiB to 1 GiB."""

FEWEST = 20
"""How many persons must stand behind a count that a publisher is told."""


class Metrics:
    """Counts runs by service and outcome, with how long they took. Needs the extra `metrics`.

    Labels hold ids of services and outcomes, nothing else; a person is in none.
    """

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Gauge, Histogram
        from prometheus_client import Counter as Total

        service = ("service",)
        self._registry = registry = CollectorRegistry()
        self._runs = Total(
            "selfdata_runs", "Runs that ended, by what they came to.", ("service", "outcome"), registry=registry
        )
        self._seconds = Histogram(
            "selfdata_run_seconds", "How long runs took.", service, buckets=SECONDS, registry=registry
        )
        self._cpu = Histogram(
            "selfdata_run_cpu_seconds", "Processor time of runs.", service, buckets=SECONDS, registry=registry
        )
        self._memory = Histogram(
            "selfdata_run_peak_memory_bytes", "Memory of runs at its peak.", service, buckets=MEMORY, registry=registry
        )
        self._refused = Total(
            "selfdata_consents_refused", "Times that persons refused a service.", service, registry=registry
        )
        self._waiting = Gauge(
            "selfdata_updates_waiting", "Persons whose agreement an update waits for.", service, registry=registry
        )
        self._faults = Gauge("selfdata_plugin_faults", "Plugins that were left out.", registry=registry)

    def observe(self, report: RunReport) -> None:
        self._runs.labels(report.service, report.outcome).inc()
        if report.outcome != "denied":  # nothing ran
            self._seconds.labels(report.service).observe(report.seconds)
            self._cpu.labels(report.service).observe(report.cpu_seconds)
            self._memory.labels(report.service).observe(report.peak_memory)

    def refused(self, service: str) -> None:
        """A person refused a service. ValueError if that is no service's id."""
        self._refused.labels(_id(service)).inc()

    def waiting(self, service: str, persons: int) -> None:
        """How many persons an update of a service waits for. ValueError if that is no service's id."""
        self._waiting.labels(_id(service)).set(persons)

    def plugin_faults(self, count: int) -> None:
        self._faults.set(count)

    def text(self) -> str:
        """OpenMetrics 1.0."""
        from prometheus_client.openmetrics.exposition import generate_latest

        text: bytes = generate_latest(self._registry)  # type: ignore[no-untyped-call]
        return text.decode()

    def write(self, path: str | PathLike[str]) -> None:
        """Write a file for a collector of text files, whole or not at all.

        Such collectors read Prometheus' own text format, so that is what it holds: the same counts as `text`.
        """
        from prometheus_client import write_to_textfile

        write_to_textfile(fspath(path), self._registry)


_SERVICE: TypeAdapter[str] = TypeAdapter(ServiceId, config=ConfigDict(hide_input_in_errors=True))


def _id(service: str) -> str:
    return _SERVICE.validate_python(service)


def published(counts: Mapping[K, int], persons: Mapping[K, int]) -> dict[K, int]:
    """The counts that a publisher may be told: those with at least twenty persons behind them.

    For a time that is over, told once: two totals of which one holds one person more would tell of that person.
    """
    return {key: count for key, count in counts.items() if persons.get(key, 0) >= FEWEST}


def shared(runs: Iterable[tuple[Hashable, RunReport]]) -> dict[tuple[str, str, Outcome], int]:
    """How many runs of each service, version and outcome a publisher may be told of; each run is with its person."""
    counts: Counter[tuple[str, str, Outcome]] = Counter()
    persons: defaultdict[tuple[str, str, Outcome], set[Hashable]] = defaultdict(set)
    for person, report in runs:
        key = report.service, report.version, report.outcome
        counts[key] += 1
        persons[key].add(person)
    return published(counts, {key: len(found) for key, found in persons.items()})
