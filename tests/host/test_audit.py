"""What code reaches for beyond computing is named, in the thread that is watched, and is not stopped."""

from __future__ import annotations

import ctypes
import io
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from selfdata_sdk.host.audit import watched


def called(work: Callable[[], object]) -> set[str]:
    found: set[str] = set()
    with watched(found.add):
        work()
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "some.txt"
    path.write_text("text")
    return path


REACHING: dict[str, Callable[[Path], object]] = {
    "open": lambda file: file.read_bytes(),
    "os.remove": lambda file: file.unlink(),
    "os.rename": lambda file: file.rename(file.with_name("other")),
    "os.mkdir": lambda file: file.with_name("folder").mkdir(),
    "os.chmod": lambda file: file.chmod(0o600),
    "os.putenv": lambda file: os.environ.update(SELFDATA_TEST_OF_AUDIT="1"),
    "socket.__new__": lambda file: socket.socket().close(),
    "socket.getaddrinfo": lambda file: socket.getaddrinfo("127.0.0.1", 9),
    "subprocess.Popen": lambda file: subprocess.run([sys.executable, "-c", ""], check=True),
    "sqlite3.connect": lambda file: sqlite3.connect(":memory:").close(),
    "tempfile.mkstemp": lambda file: os.close(tempfile.mkstemp(dir=file.parent)[0]),
    "ctypes.dlopen": lambda file: ctypes.CDLL(None),
}


@pytest.mark.skipif(sys.platform == "win32", reason="some calls are named otherwise there")
@pytest.mark.parametrize("name", REACHING)
def test_a_call_beyond_computing_is_named_and_done(file: Path, name: str) -> None:
    try:
        assert name in called(lambda: REACHING[name](file))
    finally:
        os.environ.pop("SELFDATA_TEST_OF_AUDIT", None)


COMPUTING: dict[str, Callable[[], object]] = {
    "arithmetic": lambda: sum(n * n for n in range(1000)),
    "memory": lambda: io.BytesIO(b"text").read(),
    "JSON": lambda: json.loads("[1, 2]"),
    "a time zone": lambda: ZoneInfo.no_cache("Europe/Paris"),
    "an import": lambda: __import__("colorsys"),
    "reading a library's file": lambda: Path(json.__file__).read_bytes(),
    "listing a folder": lambda: os.listdir(Path(json.__file__).parent),
    "compiling": lambda: eval(compile("1 + 1", "<text>", "eval")),
}


@pytest.mark.parametrize("name", COMPUTING)
def test_what_only_computes_is_not_named(name: str) -> None:
    sys.modules.pop("colorsys", None)
    assert called(COMPUTING[name]) == set()


def test_a_library_that_is_written_to_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "library.py").write_text("")
    assert called((tmp_path / "library.py").read_bytes) == {"open"}
    monkeypatch.syspath_prepend(tmp_path)
    assert called((tmp_path / "library.py").read_bytes) == set()
    assert called(lambda: (tmp_path / "library.py").open("a").close()) == {"open"}


def test_a_folder_beside_the_libraries_is_not_one_of_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Though its name begins with theirs."""
    (tmp_path / "code-secrets").mkdir()
    (tmp_path / "code-secrets" / "key").write_text("key")
    (tmp_path / "code").mkdir()
    monkeypatch.syspath_prepend(tmp_path / "code")
    assert called((tmp_path / "code-secrets" / "key").read_bytes) == {"open"}


def test_only_while_it_is_watched(file: Path) -> None:
    found: list[str] = []
    file.read_bytes()
    with watched(found.append):
        pass
    file.read_bytes()
    assert found == []


def test_only_the_thread_that_is_watched(file: Path) -> None:
    found: list[str] = []
    with watched(found.append):
        other = threading.Thread(target=file.read_bytes)
        other.start()
        other.join()
    assert found == []


def test_one_watch_inside_another_tells_the_inner_one(file: Path) -> None:
    outer: list[str] = []
    inner: list[str] = []
    with watched(outer.append):
        with watched(inner.append):
            file.read_bytes()
        assert (outer, inner) == ([], ["open"])
        file.read_bytes()
    assert outer == ["open"]


def test_what_is_told_may_itself_open_files(file: Path) -> None:
    found: list[str] = []

    def tell(name: str) -> None:
        file.read_bytes()
        found.append(name)

    with watched(tell):
        file.read_bytes()
    assert found == ["open"]


def test_a_watch_ends_with_an_error_too(file: Path) -> None:
    found: list[str] = []
    with pytest.raises(ZeroDivisionError), watched(found.append):
        raise ZeroDivisionError
    file.read_bytes()
    assert found == []
