"""Two changes of one file become one where they do not meet; where they do, a person decides."""

from __future__ import annotations

import pytest

from selfdata_sdk.scaffold.merge import merge

BASE = b"".join(b"%d\n" % n for n in range(20))


def test_changes_that_do_not_meet_are_both_there() -> None:
    ours = BASE.replace(b"2\n3\n", b"2\nmine\n3\n", 1)
    theirs = BASE.replace(b"\n16\n", b"\nsixteen\n")
    assert merge(ours, BASE, theirs, "template 2") == (ours.replace(b"\n16\n", b"\nsixteen\n"), True)


def test_changes_that_meet_are_both_there_and_marked() -> None:
    found = merge(BASE.replace(b"7\n", b"mine\n", 1), BASE, BASE.replace(b"7\n", b"theirs\n", 1), "template 2")
    assert found is not None
    text, clean = found
    assert not clean
    assert b"<<<<<<< yours\nmine\n" in text
    assert b"theirs\n>>>>>>> template 2\n" in text


def test_many_conflicts_are_conflicts_still() -> None:
    """git tells their number in its exit code, which has room for 127."""
    base = b"".join(b"%d\n\n\n\n\n\n\n\n" % n for n in range(300))
    found = merge(
        base.replace(b"\n\n\n\n\n\n\n\n", b"a\n\n\n\n\n\n\n\n"),
        base,
        base.replace(b"\n\n\n\n\n\n\n\n", b"b\n\n\n\n\n\n\n\n"),
        "x",
    )
    assert found is not None
    assert not found[1]


def test_what_is_no_text_is_not_merged() -> None:
    assert merge(b"\0a", b"\0b", b"\0c", "x") is None


def test_without_git_nothing_is_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert merge(BASE, BASE, BASE, "x") is None
