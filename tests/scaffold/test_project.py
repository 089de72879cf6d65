"""A new project is there as a whole, or not at all, and never in place of anything."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from selfdata_sdk.errors import RequestError
from selfdata_sdk.scaffold.project import create, refuse_taken

TREE = {"README.md": b"# Water\n", "water/__init__.py": b"", "water/deep/er.txt": b"x"}


def held(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_new_folder_is_made_with_all_of_it(tmp_path: Path) -> None:
    create(TREE, tmp_path / "new")
    assert held(tmp_path / "new") == TREE
    assert os.listdir(tmp_path) == ["new"]


def test_an_empty_folder_stays_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may stand in it."""
    monkeypatch.chdir(tmp_path)
    create(TREE, Path())
    assert held(tmp_path) == TREE
    assert sorted(os.listdir()) == ["README.md", "water"]


def test_files_can_be_changed_by_their_owner(tmp_path: Path) -> None:
    create(TREE, tmp_path / "new")
    assert all(os.access(p, os.W_OK) for p in (tmp_path / "new").rglob("*"))


@pytest.mark.parametrize("there", ["full", "file", "link"])
def test_what_is_there_is_refused_and_stays(tmp_path: Path, there: str) -> None:
    folder = tmp_path / "taken"
    if there == "full":
        folder.mkdir()
        (folder / ".hidden").write_text("mine")
    elif there == "file":
        folder.write_text("mine")
    else:
        folder.symlink_to(tmp_path / "nowhere")
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(RequestError) as refused:
        create(TREE, folder)
    assert refused.value.next == "Choose a new folder."
    assert sorted(os.listdir(tmp_path)) == before
    assert there != "full" or os.listdir(folder) == [".hidden"]


def test_a_folder_in_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="does not exist"):
        refuse_taken(tmp_path / "no" / "project")


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "new"])
def test_what_cannot_be_written_to_the_end_leaves_nothing(tmp_path: Path, empty: bool) -> None:
    folder = tmp_path / "half"
    if empty:
        folder.mkdir()
    with pytest.raises(RequestError, match="cannot be written"):
        create({**TREE, "README.md/inside": b"a file in a file"}, folder)
    assert not folder.exists() or not os.listdir(folder)
    assert os.listdir(tmp_path) == (["half"] if empty else [])


def test_a_move_that_fails_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def only_the_first(path: Path, target: Path) -> Path:
        if path.name == "water":
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", only_the_first)
    with pytest.raises(RequestError, match=r"cannot be written \(Permission denied\)"):
        create(TREE, tmp_path)
    assert os.listdir(tmp_path) == []
