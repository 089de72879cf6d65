"""Wheels that nobody has to trust: each rule has a wheel that breaks it, and it alone, and is refused."""

from __future__ import annotations

import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.errors import InstallRefused
from selfdata_sdk.host.package import MAX_UNPACKED, check_paths
from selfdata_sdk.host.wheel import MAX_BYTES, read_wheel
from selfdata_sdk.testing.wheels import record, service_wheel, wheel

ROOT = Path(__file__).parents[2]
INFO = "coach-1.0.0.dist-info"
PLATFORM = f"cp{sys.version_info[0]}{sys.version_info[1]}-none-any"


def test_a_good_wheel_is_read_whole(tmp_path: Path) -> None:
    path = service_wheel(tmp_path, code="x = 1\n", requires=["other>=1", "numpy"], python=">=3.11")
    package = read_wheel(path)
    assert (package.name, str(package.version)) == ("coach", "1.0.0")
    assert [str(r) for r in package.requires] == ["other>=1", "numpy"]
    assert package.services == {"coach": "coach:manifest.json"}
    assert package.files["coach/__init__.py"] == b"x = 1\n"
    assert f"{INFO}/RECORD" not in package.files, "it tells where files lay in the wheel"


def test_a_wheel_as_build_tools_make_it_is_good(tmp_path: Path) -> None:
    project = ROOT / "example_services" / "water_coach"
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet"]
    done = subprocess.run(
        [*command, "--wheel-dir", str(tmp_path), str(project)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    package = read_wheel(next(tmp_path.glob("*.whl")))
    assert package.name == "selfdata-water-coach"
    assert "water_coach/manifest.json" in package.files


def test_what_lies_in_data_for_the_import_path_goes_there_and_console_scripts_go_nowhere(tmp_path: Path) -> None:
    files = {"coach/__init__.py": "", "coach-1.0.0.data/purelib/coach/more.py": "y = 2\n"}
    package = read_wheel(wheel(tmp_path, files=files, entry_points="[console_scripts]\ncoach = coach:main\n"))
    assert package.files["coach/more.py"] == b"y = 2\n"
    assert package.services == {}


def test_folders_may_have_entries_of_their_own(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("coach/", b"")
    assert "coach/__init__.py" in read_wheel(path).files


# What a wheel holds

HOLDS: dict[str, tuple[dict[str, str | bytes], str]] = {
    "a .pth file": ({"coach.pth": "import os"}, "runs when Python starts"),
    "a .pth file in capitals": ({"coach/X.PTH": "import os"}, "runs when Python starts"),
    "a .pth file through .data": ({"coach-1.0.0.data/purelib/x.pth": "import os"}, "runs when Python starts"),
    "scripts": ({"coach-1.0.0.data/scripts/ls": "#!python\n"}, "outside of the import packages"),
    "headers": ({"coach-1.0.0.data/headers/a.h": ""}, "outside of the import packages"),
    "data for the system": ({"coach-1.0.0.data/data/etc/passwd": ""}, "outside of the import packages"),
    "a file in .data itself": ({"coach-1.0.0.data/purelib": ""}, "outside of the import packages"),
    "another package's .data": ({"other-1.0.0.data/purelib/a.py": ""}, ".data folder of another name"),
    "two .data folders": ({"coach-1.0.0.data/purelib/a.py": "", "x-1.data/purelib/b.py": ""}, "several .data"),
    "two .dist-info folders": ({"other-1.0.0.dist-info/METADATA": ""}, "several .dist-info"),
    "a name that leads out": ({"../evil.py": ""}, "leads elsewhere"),
    "a name that leads out later": ({"coach/../../evil.py": ""}, "leads elsewhere"),
    "a name that leads out through .data": ({"coach-1.0.0.data/purelib/../x.py": ""}, "leads elsewhere"),
    "an absolute name": ({"/etc/cron.d/evil": ""}, "leads elsewhere"),
    "an empty part": ({"coach//evil.py": ""}, "leads elsewhere"),
    "a part that is a dot": ({"coach/./evil.py": ""}, "leads elsewhere"),
    "a part that ends with a dot": ({"coach./evil.py": ""}, "leads elsewhere"),
    "a part that ends with a space": ({"coach /evil.py": ""}, "leads elsewhere"),
    "a part that is too long": ({f"coach/{'x' * 250}.py": ""}, "leads elsewhere"),
    "a backslash": ({"coach\\..\\evil.py": ""}, "characters"),
    "a drive": ({"C:/evil.py": ""}, "characters"),
    "a stream of a file": ({"coach/a.py:hidden": ""}, "characters"),
    "a line break": ({"coach/a\nb.py": ""}, "characters"),
    "a name that is not NFC": ({"coach/e\u0301.py": ""}, "characters"),
    "a character that turns others around": ({"coach/a\u202eyp.txt": ""}, "characters"),
    "a character that does not show": ({"coach/a\u200b.py": ""}, "characters"),
    "names that differ in case only": ({"coach/A.py": "", "coach/a.py": ""}, "there twice"),
    "names that look alike to a system": ({"coach/ſ.py": "", "coach/s.py": ""}, "there twice"),
    "two places that become one": ({"coach/a.py": "", "coach-1.0.0.data/purelib/coach/a.py": ""}, "there twice"),
    "a file that is a folder": ({"coach/a": "", "coach/a/b.py": ""}, "file for a folder"),
    "a module of Python": ({"json/__init__.py": ""}, "takes the place"),
    "a module of Python in capitals": ({"JSON.py": ""}, "takes the place"),
    "sitecustomize": ({"sitecustomize.py": ""}, "takes the place"),
    "usercustomize": ({"usercustomize/__init__.py": ""}, "takes the place"),
    "the SDK": ({"selfdata_sdk/evil.py": ""}, "takes the place"),
    "numpy": ({"numpy.py": ""}, "takes the place"),
    "a library of the SDK": ({"pydantic_core/__init__.py": ""}, "takes the place"),
    "the SDK through .data": ({"coach-1.0.0.data/purelib/selfdata_sdk/a.py": ""}, "takes the place"),
    "compiled code": ({"coach/__pycache__/a.cpython-311.pyc": b""}, "nobody can read"),
    "native code": ({"coach/fast.so": b""}, "native code"),
    "native code of a version": ({"coach/libfast.so.1.2": b""}, "native code"),
    "native code for Windows": ({"coach/fast.PYD": b""}, "native code"),
    "native code under another name": ({"coach/data.bin": b"\x7fELF\x02\x01"}, "native code"),
}


@pytest.mark.parametrize("name", HOLDS)
def test_a_wheel_that_holds_what_it_may_not_is_refused(tmp_path: Path, name: str) -> None:
    files, says = HOLDS[name]
    path = wheel(tmp_path, files={"coach/__init__.py": "", **files})
    with pytest.raises(InstallRefused) as caught:
        read_wheel(path)
    assert says in caught.value.what
    assert caught.value.where == path.name
    assert caught.value.next


# What a wheel says of itself

OTHERWISE: dict[str, tuple[dict[str, Any], str]] = {
    "a name that is no wheel's": ({"version": "x"}, "not that of a wheel"),
    "no RECORD": ({"files": {f"{INFO}/RECORD": ""}}, "RECORD and the files differ"),
    "a RECORD that is no text": ({"files": {f"{INFO}/RECORD": b"\xff\xfe"}}, "no RECORD"),
    "a RECORD of one column": ({"files": {f"{INFO}/RECORD": "a\n"}}, "no RECORD"),
    "a file that RECORD does not name": ({"unrecorded": {"coach/evil.py": ""}}, "RECORD and the files differ"),
    "a signature beside RECORD": ({"unrecorded": {f"{INFO}/RECORD.jws": ""}}, "RECORD and the files differ"),
    "another version's WHEEL": ({"files": {f"{INFO}/WHEEL": "Wheel-Version: 2.0\n"}}, "version 1 of the wheel"),
    "no version of WHEEL": ({"files": {f"{INFO}/WHEEL": "Root-Is-Purelib: true\n"}}, "version 1 of the wheel"),
    "code that is not pure": ({"pure": False}, "not Python alone"),
    "a .dist-info of another name": (
        {"files": {"other-1.0.0.dist-info/METADATA": "", "coach/a.py": ""}},
        "several .dist-info",
    ),
    "METADATA of another name": (
        {"files": {f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: other\nVersion: 1.0.0\n"}},
        "different packages",
    ),
    "METADATA of another version": (
        {"files": {f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: coach\nVersion: 9.0\n"}},
        "different packages",
    ),
    "METADATA with two names": (
        {"files": {f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: coach\nName: other\nVersion: 1.0.0\n"}},
        "METADATA cannot be read",
    ),
    "empty METADATA": ({"files": {f"{INFO}/METADATA": ""}}, "METADATA cannot be read"),
    "a requirement that is none": ({"requires": ["not a requirement"]}, "METADATA cannot be read"),
    "entry points that are none": ({"entry_points": "no section\n"}, "entry points cannot be read"),
    "an entry point given twice": (
        {"entry_points": "[selfdata.services]\na = coach:a.json\na = coach:b.json\n"},
        "entry points cannot be read",
    ),
    "another machine's tag": ({"tag": "py3-none-os390"}, "another machine"),
    "another Python's tag": ({"tag": "py2-none-any"}, "another machine"),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_a_wheel_that_says_otherwise_than_it_is_is_refused(tmp_path: Path, name: str) -> None:
    how, says = OTHERWISE[name]
    with pytest.raises(InstallRefused) as caught:
        read_wheel(wheel(tmp_path, **{**how, "files": {"coach/__init__.py": "", **how.get("files", {})}}))
    assert says in caught.value.what


def content_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    content = content_of(path)
    change(content)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def recorded_as(line: str) -> Callable[[dict[str, bytes]], None]:
    """A RECORD that says `line` of coach/__init__.py."""

    def change(content: dict[str, bytes]) -> None:
        lines = content[f"{INFO}/RECORD"].decode().splitlines()
        kept = [old for old in lines if not old.startswith("coach/__init__.py,")]
        content[f"{INFO}/RECORD"] = "\n".join([*kept, line, ""]).encode()

    return change


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("coach/__init__.py,,", "not what RECORD says"),
        ("coach/__init__.py,sha256=AAAA,0", "not what RECORD says"),
        ("coach/__init__.py,md5=1B2M2Y8AsgTpgAmY7PhCfg,0", "not what RECORD says"),
        ("coach/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n" * 2, "twice"),
        ("gone.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0", "is in one only"),
    ],
    ids=["no hash", "a wrong hash", "a weak hash", "two lines", "another file"],
)
def test_every_file_is_what_record_says_under_a_strong_hash(tmp_path: Path, line: str, says: str) -> None:
    good = recorded_as("coach/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0")
    assert read_wheel(rewritten(wheel(tmp_path), good)).files
    with pytest.raises(InstallRefused, match=says):
        read_wheel(rewritten(wheel(tmp_path), recorded_as(line)))


def test_a_file_that_was_changed_after_the_build_is_refused(tmp_path: Path) -> None:
    path = rewritten(wheel(tmp_path), lambda content: content.update({"coach/__init__.py": b"evil()\n"}))
    with pytest.raises(InstallRefused, match="is not what RECORD says"):
        read_wheel(path)


def test_a_wheel_of_another_name_than_its_content_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    renamed = path.rename(tmp_path / "numpy-1.0.0-py3-none-any.whl")
    with pytest.raises(InstallRefused, match="name and version"):
        read_wheel(renamed)


# The archive

FACTS: dict[str, tuple[Callable[[zipfile.ZipInfo], None], str]] = {
    "a link": (lambda e: setattr(e, "external_attr", (stat.S_IFLNK | 0o777) << 16), "a link or a device"),
    "a device": (lambda e: setattr(e, "external_attr", (stat.S_IFCHR | 0o666) << 16), "a link or a device"),
    "a pipe": (lambda e: setattr(e, "external_attr", (stat.S_IFIFO | 0o666) << 16), "a link or a device"),
    "compressed otherwise": (lambda e: setattr(e, "compress_type", zipfile.ZIP_LZMA), "compressed in a way"),
    "compressed as a bomb may be": (lambda e: setattr(e, "compress_type", zipfile.ZIP_BZIP2), "compressed in a way"),
}


@pytest.mark.parametrize("name", FACTS)
def test_an_entry_is_a_plain_file(tmp_path: Path, name: str) -> None:
    change, says = FACTS[name]
    path = wheel(tmp_path)
    content = content_of(path)
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in content.items():
            entry = zipfile.ZipInfo(member)
            if member == "coach/__init__.py":
                change(entry)
            archive.writestr(entry, data)
    with pytest.raises(InstallRefused, match=says):
        read_wheel(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused_even_if_both_are_the_same(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("coach/__init__.py", b"")
    with pytest.raises(InstallRefused, match="there twice"):
        read_wheel(path)


def patched(path: Path, old: bytes, new: bytes) -> Path:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


def test_a_name_that_ends_early_is_refused(tmp_path: Path) -> None:
    """Readers of archives cut names at a zero byte: what they show is not what is there."""
    with pytest.raises(InstallRefused, match="characters"):
        read_wheel(patched(wheel(tmp_path), b"coach/__init__.py", b"coach/__init\0_.py"))


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(InstallRefused, match="encrypted"):
        read_wheel(path)


def test_what_unpacks_to_far_too_much_is_refused_unread(tmp_path: Path) -> None:
    bomb = wheel(tmp_path, files={"coach/zeros.bin": bytes(30_000_000)})
    assert bomb.stat().st_size < 100_000
    with pytest.raises(InstallRefused, match="far more"):
        read_wheel(bomb)


def test_a_size_that_is_not_true_is_refused(tmp_path: Path) -> None:
    """The archive's directory says how much will come; what comes beyond that is not taken."""
    path = wheel(tmp_path, files={"coach/__init__.py": b"x" * 5000})
    assert read_wheel(path).files
    with pytest.raises(InstallRefused, match=r"damaged|RECORD"):
        read_wheel(patched(path, struct.pack("<L", 5000), struct.pack("<L", 50)))


def test_an_archive_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    with path.open("ab") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InstallRefused, match="larger than 100 MB"):
        read_wheel(path)


def test_a_sum_of_sizes_past_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_UNPACKED == 200_000_000
    monkeypatch.setattr("selfdata_sdk.host.wheel.MAX_UNPACKED", 1000)
    assert read_wheel(wheel(tmp_path / "a", files={"coach/a.txt": "x" * 300})).files
    with pytest.raises(InstallRefused, match="far more"):
        read_wheel(wheel(tmp_path / "b", files={"coach/a.txt": "x" * 600, "coach/b.txt": "y" * 600}))


def test_too_many_files_are_refused_before_they_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("selfdata_sdk.host.wheel.MAX_FILES", 10)
    assert read_wheel(wheel(tmp_path / "a")).files
    with pytest.raises(InstallRefused, match="more than 10 files"):
        read_wheel(wheel(tmp_path / "b", files={f"coach/{n}.py": "" for n in range(20)}))


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04", b"#!/bin/sh\n" * 100], ids=["empty", "two", "four", "sh"])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "coach-1.0.0-py3-none-any.whl"
    path.write_bytes(data)
    with pytest.raises(InstallRefused, match=r"not a zip|damaged"):
        read_wheel(path)


def test_an_archive_behind_something_else_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())
    with pytest.raises(InstallRefused, match="not a zip"):
        read_wheel(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InstallRefused, match="cannot be read"):
        read_wheel(tmp_path / "coach-1.0.0-py3-none-any.whl")


@given(st.data())
def test_a_damaged_wheel_is_read_or_refused_and_never_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = service_wheel(tmp_path_factory.mktemp("fuzz"))
    good, content = read_wheel(path), bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    try:
        read = read_wheel(path)
    except InstallRefused:
        return
    assert read.files == good.files, "every file has its hash"


# Native code


def test_native_code_is_the_hosts_to_approve(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"coach/__init__.py": "", "coach/fast.so": b"\x7fELF"}
    path = wheel(tmp_path, files=files, pure=False, tag=PLATFORM)
    with pytest.raises(InstallRefused) as caught:
        read_wheel(path)
    assert "--native" in caught.value.next
    assert "coach/fast.so" in read_wheel(path, native=True).files


def test_approving_native_code_approves_nothing_else(tmp_path: Path) -> None:
    for files in ({"coach.pth": ""}, {"../a.so": ""}, {"numpy/a.so": ""}, {"coach/a.pyc": ""}):
        with pytest.raises(InstallRefused):
            read_wheel(wheel(tmp_path, files={**files}), native=True)


# Names


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=5))
def test_names_that_pass_stay_inside_and_apart(names: list[str]) -> None:
    try:
        check_paths(names, "x")
    except InstallRefused:
        return
    folder = Path("/a/b")
    placed = [(folder / name).resolve() for name in names]
    assert all(folder in place.parents for place in placed)
    assert len(set(placed)) == len(names)
    assert not any(one in other.parents for one in placed for other in placed)


def test_record_is_what_the_tests_themselves_rely_on() -> None:
    assert record({"a": b""}, "i") == b"a,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\ni/RECORD,,\n"
