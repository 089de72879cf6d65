"""A host counts runs in a form that collectors read; publishers are told only what many persons stand behind."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

from selfdata_sdk.errors import ConsentNeeded, CpuLimit, SandboxUnavailable
from selfdata_sdk.host.metrics import FEWEST, SECONDS, Metrics, published, shared
from selfdata_sdk.host.report import OUTCOMES, Outcome, RunReport, outcome_of

REPORT = RunReport(
    service="org.example.leaks",
    version="1.0.0",
    code="0" * 64,
    walls=(),
    outcome="done",
    error=None,
    seconds=0.02,
    cpu_seconds=0.004,
    peak_memory=30 * 2**20,
    blocks={"card": 2},
)

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str, parse: Callable[[str], Any] = open_metrics) -> Samples:
    return {
        (s.name, frozenset(s.labels.items())): s.value
        for family in parse(text)
        for s in family.samples
        if not s.name.endswith("_created")
    }


def value(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((name, frozenset(labels.items())))


@given(st.lists(st.tuples(st.sampled_from(["org.example.a", "org.example.b"]), st.sampled_from(OUTCOMES))))
def test_runs_are_counted_by_service_and_outcome(runs: list[tuple[str, Outcome]]) -> None:
    metrics = Metrics()
    for service, outcome in runs:
        metrics.observe(replace(REPORT, service=service, outcome=outcome))
    found = samples(metrics.text())
    for service, outcome in set(runs):
        assert value(found, "selfdata_runs_total", service=service, outcome=outcome) == runs.count((service, outcome))
    for service in {s for s, _ in runs}:
        ran = sum(s == service and outcome != "denied" for s, outcome in runs)
        assert (value(found, "selfdata_run_seconds_count", service=service) or 0) == ran


def test_how_long_runs_took_lies_in_buckets_from_a_millisecond_to_a_minute() -> None:
    metrics = Metrics()
    metrics.observe(REPORT)
    found = samples(metrics.text())
    assert (SECONDS[0], SECONDS[-1]) == (0.001, 60.0)
    at = {"service": "org.example.leaks"}
    assert value(found, "selfdata_run_seconds_bucket", le="0.01", **at) == 0
    assert value(found, "selfdata_run_seconds_bucket", le="0.025", **at) == 1
    assert value(found, "selfdata_run_seconds_bucket", le="60.0", **at) == 1
    assert value(found, "selfdata_run_cpu_seconds_bucket", le="0.005", **at) == 1
    assert value(found, "selfdata_run_peak_memory_bytes_bucket", le="1.6777216e+07", **at) == 0
    assert value(found, "selfdata_run_peak_memory_bytes_bucket", le="3.3554432e+07", **at) == 1


def test_refusals_waiting_updates_and_plugins_left_out_are_told() -> None:
    metrics = Metrics()
    metrics.refused("org.example.leaks")
    metrics.waiting("org.example.leaks", 12)
    metrics.plugin_faults(3)
    found = samples(metrics.text())
    assert value(found, "selfdata_consents_refused_total", service="org.example.leaks") == 1
    assert value(found, "selfdata_updates_waiting", service="org.example.leaks") == 12
    assert value(found, "selfdata_plugin_faults") == 3


def test_the_text_is_whole_and_ends_as_open_metrics_do() -> None:
    metrics = Metrics()
    metrics.observe(REPORT)
    assert metrics.text().endswith("\n# EOF\n")
    with pytest.raises(ValueError, match="EOF"):
        samples(metrics.text().removesuffix("# EOF\n"))


def test_two_hosts_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.observe(REPORT)
    assert "org.example.leaks" not in other.text()


@pytest.mark.parametrize("bad", ["Ada Lovelace", "ada", "org.example.é", 'org.example.a"} 1\nforged 1\n', ""])
def test_a_label_is_the_id_of_a_service_or_nothing(bad: str) -> None:
    metrics = Metrics()
    for tell in (metrics.refused, lambda service: metrics.waiting(service, 1)):
        with pytest.raises(ValueError, match="pattern") as refused:
            tell(bad)
        assert not bad or bad not in str(refused.value)
    with pytest.raises(ValueError, match="outcome"):
        replace(REPORT, outcome=bad)  # type: ignore[arg-type]
    assert samples(metrics.text()).keys() == {("selfdata_plugin_faults", frozenset())}


def test_the_file_holds_the_same_counts_in_the_form_that_collectors_of_files_read(tmp_path: Path) -> None:
    metrics, path = Metrics(), tmp_path / "selfdata.prom"
    metrics.observe(REPORT)
    metrics.write(path)
    assert samples(path.read_text("utf-8"), prometheus) == samples(metrics.text())
    metrics.observe(REPORT)
    metrics.write(path)
    found = samples(path.read_text("utf-8"), prometheus)
    assert value(found, "selfdata_runs_total", service="org.example.leaks", outcome="done") == 2
    assert [p.name for p in tmp_path.iterdir()] == ["selfdata.prom"]


def test_a_file_that_cannot_be_written_leaves_the_old_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics, path = Metrics(), tmp_path / "selfdata.prom"
    metrics.write(path)
    before = path.read_bytes()

    def full(*_: object) -> bytes:
        raise OSError("no space")

    monkeypatch.setattr("prometheus_client.exposition.generate_latest", full)
    with pytest.raises(OSError, match="no space"):
        metrics.write(path)
    assert path.read_bytes() == before


def test_the_library_is_loaded_only_by_who_counts() -> None:
    code = "import sys, selfdata_sdk.host.metrics as m; a = 'prometheus_client' in sys.modules; m.Metrics(); print(a)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# What publishers are told


@given(st.dictionaries(st.text(), st.tuples(st.integers(0, 1000), st.integers(0, 60))))
def test_no_count_with_fewer_than_twenty_persons_behind_it_is_told(found: dict[str, tuple[int, int]]) -> None:
    told = published({k: count for k, (count, _) in found.items()}, {k: persons for k, (_, persons) in found.items()})
    assert told == {k: count for k, (count, persons) in found.items() if persons >= 20}


def test_a_count_of_nobody_knows_how_many_is_not_told() -> None:
    assert published({"runs": 1000}, {}) == {}


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(OUTCOMES)), max_size=200))
def test_runs_are_told_if_twenty_persons_had_them_and_not_if_one_had_twenty(runs: list[tuple[int, Outcome]]) -> None:
    persons: defaultdict[Outcome, set[int]] = defaultdict(set)
    for person, outcome in runs:
        persons[outcome].add(person)
    told = shared((person, replace(REPORT, outcome=outcome)) for person, outcome in runs)
    outcomes = [outcome for _, outcome in runs]
    assert told == {
        ("org.example.leaks", "1.0.0", outcome): outcomes.count(outcome)
        for outcome, found in persons.items()
        if len(found) >= FEWEST
    }


def test_the_bound_is_exact() -> None:
    assert shared((person, REPORT) for person in range(FEWEST - 1)) == {}
    assert shared((person, REPORT) for person in range(FEWEST)) == {("org.example.leaks", "1.0.0", "done"): FEWEST}
    assert shared((0, REPORT) for _ in range(1000)) == {}


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "done"),
        (ConsentNeeded("Agree."), "denied"),
        (CpuLimit("Too long."), "failed"),
        (SandboxUnavailable("No walls."), "stopped"),
        (KeyboardInterrupt(), "stopped"),
    ],
)
def test_what_a_run_came_to_is_told_by_whose_turn_it_is(error: BaseException | None, outcome: Outcome) -> None:
    assert outcome_of(error) == outcome
