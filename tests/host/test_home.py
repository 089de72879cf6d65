"""A person's folder on this machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from selfdata_sdk.errors import RequestError
from selfdata_sdk.host.home import Home


def test_a_home_is_made_when_it_is_opened_and_only_its_owner_can_enter(tmp_path: Path) -> None:
    home = Home(tmp_path / "a" / "my data")
    assert not home.exists
    with home.open() as store:
        assert store.summary() == ()
    assert home.exists
    if os.name == "posix":
        assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
        assert stat.S_IMODE(home.store_path.stat().st_mode) == 0o600


def test_a_folder_that_is_there_already_is_used_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    before = tmp_path.stat().st_mode
    with Home(tmp_path).open():
        pass
    assert tmp_path.stat().st_mode == before


def test_a_file_is_no_home(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for path in (file, file / "below"):
        with pytest.raises(RequestError, match="--home"):
            Home(path).open()
    assert not Home(file).writable


def test_a_home_that_is_not_there_yet_is_writable_where_its_parent_is(tmp_path: Path) -> None:
    assert Home(tmp_path / "not" / "yet").writable
    assert not (tmp_path / "not").exists()
