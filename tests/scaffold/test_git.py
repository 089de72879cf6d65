"""git is used where it is, and only the one that the system has."""

from __future__ import annotations

from pathlib import Path

import pytest

from selfdata_sdk.scaffold.author import author
from selfdata_sdk.scaffold.git import git, output


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """git's configuration of the user: empty, and no other."""
    file = tmp_path / "gitconfig"
    file.write_text("", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)
    return file


def test_gits_author_comes_first(configured: Path) -> None:
    configured.write_text("[user]\nname = Zoé Example\nemail = zoe@example.org\n", encoding="utf-8")
    assert next(author()) == "Zoé Example <zoe@example.org>"


def test_a_name_alone_is_an_author(configured: Path) -> None:
    configured.write_text("[user]\nname = Zoé\n", encoding="utf-8")
    assert next(author()) == "Zoé"


def test_the_systems_user_is_the_author_where_git_knows_none(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    assert list(author()) == ["ada"]


def test_nobody_is_no_error(configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert list(author()) == []


def test_a_git_in_the_working_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Windows would look first."""
    own = tmp_path / "git"
    own.write_text("#!/bin/sh\necho taken over\n", encoding="utf-8")
    own.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: str(own))
    assert output("version", folder=tmp_path) == "taken over"
    monkeypatch.chdir(tmp_path)
    assert git("version") is None
    assert output("version") == ""
