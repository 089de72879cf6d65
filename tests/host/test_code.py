"""A service's code as it is shown to its run: the digest stands for what it holds, and for nothing else."""

from __future__ import annotations

import os
import py_compile
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.host.code import digest_of

FILES = {"__init__.py": b"x = 1\n", "inner/part.py": b"y = 2\n", "inner/data.json": b"{}", "manifest.json": b"[]"}


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def coach(tmp_path: Path) -> Path:
    return put(tmp_path / "coach", FILES)


def test_the_same_content_has_the_same_digest_wherever_it_lies(coach: Path, tmp_path: Path) -> None:
    other = put(tmp_path / "elsewhere" / "coach", dict(reversed(FILES.items())))
    os.utime(other / "manifest.json", (0, 0))
    assert digest_of({"coach": coach}) == digest_of({"coach": other})
    assert len(digest_of({"coach": coach})) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"__init__.py": b"x = 2\n"},
        {"inner/data.json": b"{ }"},
        {"more.py": b""},
        {"inner/empty": b""},
        {"made.pyc": b"code without a source is code"},
    ],
)
def test_a_file_that_is_changed_or_added_changes_the_digest(coach: Path, change: Mapping[str, bytes]) -> None:
    before = digest_of({"coach": coach})
    put(coach, change)
    assert digest_of({"coach": coach}) != before


def test_a_file_that_is_removed_or_renamed_changes_the_digest(coach: Path) -> None:
    found = {digest_of({"coach": coach})}
    (coach / "inner" / "part.py").rename(coach / "inner" / "other.py")
    found.add(digest_of({"coach": coach}))
    (coach / "inner" / "other.py").rename(coach / "other.py")
    found.add(digest_of({"coach": coach}))
    (coach / "other.py").unlink()
    found.add(digest_of({"coach": coach}))
    assert len(found) == 4


def test_what_python_compiled_does_not_count(coach: Path) -> None:
    """Else the first run would change the code."""
    before = digest_of({"coach": coach})
    py_compile.compile(str(coach / "__init__.py"))
    assert (coach / "__pycache__").is_dir()
    assert digest_of({"coach": coach}) == before


def test_a_dependency_counts_with_its_name(coach: Path, tmp_path: Path) -> None:
    one = put(tmp_path / "one", {"__init__.py": b"1"})
    two = put(tmp_path / "two", {"__init__.py": b"2"})
    digests = [
        digest_of(packages)
        for packages in (
            {"coach": coach},
            {"coach": coach, "one": one},
            {"coach": coach, "one": two},
            {"coach": coach, "two": one},
            {"coach": coach, "one": one, "two": two},
            {"coach": coach, "one": two, "two": one},
        )
    ]
    assert len(set(digests)) == len(digests)
    assert digest_of({"one": one, "coach": coach}) == digests[1], "the order says nothing"


def test_where_a_packages_name_ends_counts(tmp_path: Path) -> None:
    one, two = put(tmp_path / "1", {"ab.py": b""}), put(tmp_path / "2", {"b.py": b""})
    assert digest_of({"x": one}) != digest_of({"xa": two})


def test_a_module_that_is_one_file_is_code_too(tmp_path: Path) -> None:
    file = put(tmp_path, {"six.py": b"a"}) / "six.py"
    before = digest_of({"six": file})
    file.write_bytes(b"b")
    assert digest_of({"six": file}) != before


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_is_what_it_points_to(coach: Path, tmp_path: Path) -> None:
    shutil.move(coach / "manifest.json", tmp_path / "kept.json")
    (coach / "manifest.json").symlink_to(tmp_path / "kept.json")
    before = digest_of({"coach": coach})
    (tmp_path / "kept.json").write_bytes(b"[1]")
    assert digest_of({"coach": coach}) != before


NAMES = st.sampled_from(["a", "b", "ab", "a/b", "a/a", "b/a.py", "ab.py"])
TREES = st.dictionaries(NAMES, st.sampled_from([b"", b"a", b"b", b"a\0b", b"ab"]), min_size=1).filter(
    lambda files: not any(other.startswith(f"{name}/") for name in files for other in files)
)


@given(TREES, TREES)
def test_two_trees_have_one_digest_only_if_they_are_the_same(
    tmp_path_factory: pytest.TempPathFactory, one: dict[str, bytes], other: dict[str, bytes]
) -> None:
    """No name and content can be read as other ones."""
    folder = tmp_path_factory.mktemp("trees")
    digests = [digest_of({"x": put(folder / str(n), files)}) for n, files in enumerate((one, other))]
    assert (digests[0] == digests[1]) == (one == other)
