"""What is shown of long work, and to whom."""

from __future__ import annotations

import io
import time

import pytest

from selfdata_sdk.cli import progress
from selfdata_sdk.cli.progress import waiting


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def before_a_person(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """stderr is a terminal from here on. Not a fixture: pytest puts its own stderr back before a test begins."""
    found = Terminal()
    monkeypatch.setattr("sys.stderr", found)
    monkeypatch.setenv("TERM", "xterm")
    return found


def shown(terminal: Terminal, words: str) -> bool:
    for _ in range(500):
        if words in terminal.getvalue():
            return True
        time.sleep(0.01)
    return False


def test_long_work_is_shown_on_a_terminal_and_its_words_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AFTER_SECONDS", 0.0)
    terminal = before_a_person(monkeypatch)
    with waiting("Reading [bold]one.csv") as sign:
        assert shown(terminal, "Reading [bold]one.csv")
        sign.tell("Reading two.csv")
        assert shown(terminal, "Reading two.csv")


def test_short_work_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = before_a_person(monkeypatch)
    with waiting("Reading"):
        pass
    assert terminal.getvalue() == ""


def test_nothing_is_shown_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AFTER_SECONDS", 0.0)
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stderr", pipe)
    with waiting("Reading") as sign:
        sign.tell("Writing")
        time.sleep(0.05)
    assert pipe.getvalue() == ""
