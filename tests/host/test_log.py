"""The log says what a host does and cannot say what a person has: fixed events, fixed fields, fixed forms."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.errors import CpuLimit, SelfDataError
from selfdata_sdk.host.log import EVENTS, Fields, handler, logger
from selfdata_sdk.host.report import RunReport, error_name

RUN = "0123456789abcdef" * 2
REPORT = RunReport(
    service="org.example.leaks",
    version="1.0.0",
    code="0" * 64,
    walls=("landlock", "seccomp"),
    outcome="failed",
    error="CpuLimit",
    seconds=0.5,
    cpu_seconds=0.4,
    peak_memory=30_000_000,
    blocks={"card": 2},
    run=RUN,
)


class Lines(io.StringIO):
    """What is written, as text and as objects."""

    @property
    def said(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@contextmanager
def written() -> Iterator[Lines]:
    lines, root = Lines(), logging.getLogger("selfdata")
    added, level = handler(lines), root.level
    root.addHandler(added)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(added)
        root.setLevel(level)


def test_a_run_is_one_line_with_its_time_and_all_that_its_report_says() -> None:
    with written() as log:
        logger("selfdata.host").run_ended(REPORT)
    (line,) = log.said
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {
        "level": "info",
        "logger": "selfdata.host",
        "event": "run_ended",
        "run": RUN,
        "service": "org.example.leaks",
        "version": "1.0.0",
        "code": "0" * 64,
        "walls": ["landlock", "seccomp"],
        "outcome": "failed",
        "error": "CpuLimit",
        "seconds": 0.5,
        "cpu_seconds": 0.4,
        "peak_memory": 30_000_000,
        "blocks": {"card": 2},
    }
    assert {f.name for f in fields(RunReport)} <= line.keys()


def test_no_field_can_name_a_person() -> None:
    assert not {"person", "name", "user", "holder", "message", "settings", "where"} & Fields.__annotations__.keys()


WRONG = {
    "run": "ada",
    "service": "Ada Lovelace",
    "version": "Ada",
    "code": "0" * 63,
    "walls": ("Ada Lovelace",),
    "outcome": "rich",
    "error": "AdaError",
    "seconds": float("nan"),
    "cpu_seconds": -1.0,
    "peak_memory": "12",
    "blocks": {"ada": 2},
    "plugin": "ada lovelace",
    "distribution": "x" * 65,
    "count": 1.5,
}


@pytest.mark.parametrize("name", Fields.__annotations__)
def test_a_value_that_is_not_of_its_fields_form_is_left_out_and_the_field_named(name: str) -> None:
    mistaken: Any = {"seconds": 1.0, "count": 3, name: WRONG[name]}
    with written() as log:
        logger("selfdata.host").write("run_ended", **mistaken)
    (line,) = log.said
    assert line["refused"] == [name]
    assert line.keys() & {"seconds", "count"} == {"seconds", "count"} - {name}
    assert name not in line


def test_an_event_and_a_field_that_are_not_listed_are_not_said() -> None:
    mistaken: Any = {"person": "ada"}
    with written() as log:
        logger("selfdata.host").write("ada logged in", **mistaken)  # type: ignore[arg-type]
    (line,) = log.said
    assert (line["event"], line["refused"]) == ("other", [])
    assert "ada" not in log.getvalue()
    assert "other" not in EVENTS


secrets = st.text(st.characters(categories=["L", "N", "P", "S", "Z"]), max_size=40).map(lambda t: f"Zq9 €{t}")


@given(secret=secrets, kind=st.sampled_from([ValueError, OSError, KeyError, SelfDataError, CpuLimit]))
def test_what_an_exception_says_is_nowhere(secret: str, kind: type[Exception]) -> None:
    plain = logging.getLogger("selfdata.host")
    named: Any = type(secret, (kind,), {})
    mistaken: Any = dict.fromkeys(Fields.__annotations__, secret)
    with written() as log:
        try:
            raise named(secret)
        except kind as error:
            plain.exception("failed for %s: %s", secret, error)
            plain.error(secret, extra={"selfdata": {"service": secret}, "person": secret})
            logger("selfdata.host").write("run_ended", **mistaken)
            logger("selfdata.host").write("run_ended", error=error_name(error))
    assert secret not in log.getvalue()
    assert json.dumps(secret)[1:-1] not in log.getvalue()
    assert [line.get("error") for line in log.said] == [kind.__name__, None, None, kind.__name__]


def test_a_line_stays_one_line_and_plain_ascii() -> None:
    with written() as log:
        logging.getLogger("selfdata.host").info("two\nlines \u202e")
        logger("selfdata.host").run_ended(REPORT)
    assert log.getvalue().count("\n") == 2
    assert log.getvalue().isascii()


def test_nothing_is_written_anywhere_without_a_handler(capfd: pytest.CaptureFixture[str]) -> None:
    logger("selfdata.plugins").write("plugin_fault", level=logging.WARNING, plugin="toy")
    assert capfd.readouterr() == ("", "")


def test_another_handler_sees_no_more_than_ours(caplog: pytest.LogCaptureFixture) -> None:
    mistaken: Any = {"service": "Ada Lovelace"}
    with caplog.at_level(logging.INFO, "selfdata"):
        logger("selfdata.host").write("run_ended", **mistaken)
    assert "Ada" not in repr([record.__dict__ for record in caplog.records])
    assert caplog.messages == ["run_ended"]


@pytest.mark.parametrize("name", [n for n in WRONG if n not in ("plugin", "distribution", "count")])
def test_a_report_with_a_value_that_is_not_of_its_form_cannot_be_made(name: str) -> None:
    values: Any = {f.name: getattr(REPORT, f.name) for f in fields(RunReport)}
    with pytest.raises(ValueError, match=name) as refused:
        RunReport(**{**values, name: WRONG[name]})
    assert "Ada" not in str(refused.value)
