"""Installing services: by wheel, by one index, by a trusted folder; kept apart, locked by hash, never imported."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from selfdata_sdk.consent.grant import Grant, Item, Notice, give
from selfdata_sdk.consent.grant import Terms as Answers
from selfdata_sdk.errors import (
    CodeChanged,
    DamagedPage,
    InstallRefused,
    ManifestError,
    NewerFormat,
    RequestError,
    TryAgain,
)
from selfdata_sdk.host import environment, installing
from selfdata_sdk.host.choosing import choose
from selfdata_sdk.host.fetching import Folder, Index
from selfdata_sdk.host.installing import Options, install, update
from selfdata_sdk.host.lock import read_lock
from selfdata_sdk.host.package import Package
from selfdata_sdk.host.resolving import resolve
from selfdata_sdk.host.shelf import Installed, Shelf
from selfdata_sdk.host.wheel import read_wheel
from selfdata_sdk.testing.wheels import Content, service_wheel, wheel

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ID = "org.example.coach"

VERSIONED = {"needs": {"water": {
    "record_type": "water.use/1", "fields": ["litres"], "granularity": "day", "at_worst": "day", "back": "P1Y",
    "why": {"en": "Add up the water of each day", "fr": "Additionner l'eau de chaque jour"},
}}}  # fmt: skip


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "home" / "services")


@pytest.fixture(autouse=True)
def nothing_in_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "entry_points", lambda group: [])


def put(shelf: Shelf, path: Path, **options: Any) -> Installed:
    return install(shelf, str(path), Options(**options), NOW).service


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# What lies where


def test_a_wheel_is_installed_as_a_folder_that_its_hash_names(shelf: Shelf, tmp_path: Path) -> None:
    path = service_wheel(tmp_path, code="x = 1\n")
    service = put(shelf, path)
    (release,) = service.releases
    assert (service.id, service.distribution, service.enabled) == (ID, "coach", True)
    assert (release.version, release.origin, release.source) == ("1.0.0", "wheel", path.name)
    assert release.installed_at == "2026-01-02T03:04:05+00:00"
    lock = (release.folder / "lock.json").read_bytes()
    assert hashlib.sha256(lock).hexdigest() == release.digest == release.folder.name
    files = json.loads(lock)["files"]
    assert files == {name: hashlib.sha256(data).hexdigest() for name, data in tree(shelf.code(release)).items()}
    assert json.loads(lock)["parts"] == [
        {"name": "coach", "version": "1.0.0", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    ]
    assert shelf.installed() == (service,)
    assert service.manifest().function == "coach:coach"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_nothing_installed_may_be_written_or_executed(shelf: Shelf, tmp_path: Path) -> None:
    code = shelf.code(put(shelf, service_wheel(tmp_path)).newest)
    rights = {stat.S_IMODE(path.stat().st_mode) for path in code.rglob("*") if path.is_file()}
    assert rights == {0o444}


def test_dependencies_lie_beside_their_service_and_never_mix_with_anothers(shelf: Shelf, tmp_path: Path) -> None:
    for version in ("1.0", "2.0"):
        wheel(tmp_path, "shared", version, {"shared.py": f"version = '{version}'\n"})
    put(shelf, service_wheel(tmp_path, requires=["shared<2"]), wheels=tmp_path)
    put(shelf, service_wheel(tmp_path, "org.example.other", name="other", requires=["shared"]), wheels=tmp_path)
    held = {s.id: (shelf.code(s.newest) / "shared.py").read_text() for s in shelf.installed()}
    assert held == {ID: "version = '1.0'\n", "org.example.other": "version = '2.0'\n"}


def test_what_the_host_has_is_used_and_never_copied(shelf: Shelf, tmp_path: Path) -> None:
    path = service_wheel(tmp_path, requires=["numpy>=1", "pydantic", "selfdata-sdk>=0.1", "babel"])
    assert [part.name for part in put(shelf, path).newest.lock().parts] == ["coach"]
    with pytest.raises(InstallRefused, match="this host has"):
        put(shelf, service_wheel(tmp_path / "b", version="2.0.0", requires=["numpy>=9999"]))


def test_the_same_wheel_twice_is_the_same(shelf: Shelf, tmp_path: Path) -> None:
    path = service_wheel(tmp_path)
    put(shelf, path)
    before = tree(shelf.path)
    outcome = install(shelf, str(path), Options(), NOW + timedelta(days=1))
    assert not outcome.changed
    assert tree(shelf.path) == before


# Code is what was installed, or it is not loaded


def changed_content(code: Path) -> None:
    (code / "coach" / "__init__.py").chmod(0o600)
    (code / "coach" / "__init__.py").write_text("evil()\n")


def swapped_for_a_link(code: Path) -> None:
    file = code / "coach" / "__init__.py"
    outside = code.parents[2] / "outside.py"
    outside.write_bytes(file.read_bytes())
    file.unlink()
    file.symlink_to(outside)


def folder_swapped_for_a_link(code: Path) -> None:
    outside = code.parents[2] / "outside"
    (code / "coach").rename(outside)
    (code / "coach").symlink_to(outside)


def all_swapped_for_a_link(code: Path) -> None:
    outside = code.parents[2] / "outside"
    code.rename(outside)
    code.symlink_to(outside)


def lock_changed_with_the_code(code: Path) -> None:
    changed_content(code)
    file = code.parent / "lock.json"
    lock = json.loads(file.read_bytes())
    lock["files"]["coach/__init__.py"] = hashlib.sha256(b"evil()\n").hexdigest()
    file.chmod(0o600)
    file.write_text(json.dumps(lock))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file was changed": changed_content,
    "a file is missing": lambda code: (code / "coach" / "__init__.py").unlink(),
    "a file was added": lambda code: (code / "coach" / "evil.py").write_text(""),
    "a file was added at the top": lambda code: (code / "numpy.py").write_text(""),
    "an empty folder was added": lambda code: (code / "json").mkdir(),
    "compiled code was added": lambda code: (code / "coach" / "__pycache__").mkdir(),
    "a link was added": lambda code: (code / "evil").symlink_to("/"),
    "a file became a link": swapped_for_a_link,
    "a folder became a link": folder_swapped_for_a_link,
    "all became a link": all_swapped_for_a_link,
    "the lock was changed": lambda code: (code.parent / "lock.json").unlink(),
    "the lock was changed with the code": lock_changed_with_the_code,
}


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("name", CHANGES)
def test_code_that_is_not_what_was_installed_is_not_loaded(shelf: Shelf, tmp_path: Path, name: str) -> None:
    release = put(shelf, service_wheel(tmp_path)).newest
    CHANGES[name](shelf.code(release))
    with pytest.raises(CodeChanged) as caught:
        shelf.code(release)
    assert "install it again" in caught.value.next


def test_a_manifest_that_was_changed_is_not_shown(shelf: Shelf, tmp_path: Path) -> None:
    service = put(shelf, service_wheel(tmp_path))
    file = service.newest.packages / "coach" / "manifest.json"
    file.chmod(0o600)
    file.write_bytes(file.read_bytes().replace(b"Says little.", b"Says a lot.."))
    with pytest.raises(CodeChanged, match=r"manifest\.json"):
        service.manifest()


# What a service must be

NO_SERVICE: dict[str, tuple[dict[str, Any], str]] = {
    "none": ({"entry_points": ""}, "holds 0 services"),
    "two": (
        {"entry_points": "[selfdata.services]\na = coach:manifest.json\nb = coach:manifest.json\n"},
        "holds 2 services",
    ),
    "a manifest that is not there": ({"entry_points": "[selfdata.services]\na = coach:x.json\n"}, "names no manifest"),
    "an attribute": ({"entry_points": "[selfdata.services]\na = coach\n"}, "names no manifest"),
    "a manifest out of the package": (
        {"entry_points": "[selfdata.services]\na = coach:../coach/manifest.json\n"},
        "names no manifest",
    ),
    "another version": ({"manifest": {"version": "1.0.1"}}, "manifest says version 1.0.1"),
    "a function of another package": ({"manifest": {"function": "os.path:join"}}, "does not hold os.path:join"),
    "a module that is not there": ({"manifest": {"function": "coach.gone:coach"}}, "does not hold coach.gone"),
    "a newer SDK": ({"manifest": {"sdk": ">=999"}}, "needs selfdata-sdk >=999"),
    "an SDK version that is none": ({"manifest": {"sdk": "soon"}}, "needs selfdata-sdk soon"),
    "another Python": ({"python": ">=99"}, "needs Python >=99"),
    "a requirement with an address": ({"requires": ["evil @ https://example.org/e.whl"]}, "an address of its own"),
}


@pytest.mark.parametrize("name", NO_SERVICE)
def test_a_wheel_holds_one_service_that_is_what_it_says(shelf: Shelf, tmp_path: Path, name: str) -> None:
    how, says = NO_SERVICE[name]
    with pytest.raises(InstallRefused) as caught:
        put(shelf, service_wheel(tmp_path, **how))
    assert says in caught.value.what
    assert shelf.installed() == ()
    assert not list(shelf.path.glob("code/*"))


def test_a_manifest_that_is_not_valid_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="egress"):
        put(shelf, service_wheel(tmp_path, manifest={"egress": ["https://example.org"]}))


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/coach-1.0.0-py3-none-any.whl",
        "coach @ https://example.org/coach.whl",
        "coach[more]",
        "./nothing",
        "--index-url=x",
        "",
        "a b",
    ],
)
def test_what_is_no_target_is_not_given_to_anybody(shelf: Shelf, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("nothing is run"))
    with pytest.raises(RequestError, match="neither a wheel's file"):
        install(shelf, target, Options(), NOW)


# Ids and names


def test_a_service_that_another_distribution_holds_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    put(shelf, service_wheel(tmp_path, code="mine = 1\n"))
    before = tree(shelf.path)
    rogue = service_wheel(tmp_path, version="9.0.0", name="coach-better")
    with pytest.raises(RequestError, match="installed already"):
        put(shelf, rogue)
    with pytest.raises(InstallRefused, match="coach-better may not take its place"):
        update(shelf, shelf.named(ID), str(rogue), Options(), NOW)
    assert tree(shelf.path) == before


def test_a_distribution_may_not_become_another_service(shelf: Shelf, tmp_path: Path) -> None:
    put(shelf, service_wheel(tmp_path))
    other = service_wheel(tmp_path, "org.example.other", "2.0.0")
    with pytest.raises(InstallRefused, match="it may not become"):
        put(shelf, other)
    with pytest.raises(InstallRefused, match=r"not org\.example\.coach"):
        update(shelf, shelf.named(ID), str(other), Options(), NOW)


def test_a_service_that_this_python_holds_is_refused_unless_it_is_the_same_distribution(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for distribution, allowed in (("other-coach", False), ("Coach", True)):
        claim = environment.Claim(ID, "1.0.0", distribution, {})
        monkeypatch.setattr(installing, "claims", lambda claim=claim: (claim,))
        if allowed:
            assert put(shelf, service_wheel(tmp_path)).id == ID
        else:
            with pytest.raises(InstallRefused, match="held by other-coach"):
                put(shelf, service_wheel(tmp_path))


# Dependencies


def test_two_packages_that_hold_one_file_are_refused(shelf: Shelf, tmp_path: Path) -> None:
    for path in ("coach/__init__.py", "Coach/__init__.py", "coach"):
        wheel(tmp_path, "rogue", "1.0", {path: ""})
        with pytest.raises(InstallRefused, match=r"there twice|file for a folder"):
            put(shelf, service_wheel(tmp_path, requires=["rogue"]), wheels=tmp_path)


def test_a_dependency_keeps_to_the_rules_too(shelf: Shelf, tmp_path: Path) -> None:
    wheel(tmp_path, "rogue", "1.0", {"rogue.pth": "import os"})
    with pytest.raises(InstallRefused, match=r"\.pth"):
        put(shelf, service_wheel(tmp_path, requires=["rogue"]), wheels=tmp_path)
    assert shelf.installed() == ()


def package(name: str, version: str, *requires: str) -> Package:
    wants = tuple(map(Requirement, requires))
    return Package(canonicalize_name(name), Version(version), "", wants, SpecifierSet(), {}, {})


def shop(*packages: Package) -> Callable[[str, SpecifierSet], Package | None]:
    """Gives the newest that fits."""

    def fetch(name: str, versions: SpecifierSet) -> Package | None:
        found = {p.version: p for p in packages if p.name == name}
        return found[max(versions.filter(found))] if list(versions.filter(found)) else None

    return fetch


def names(packages: tuple[Package, ...]) -> list[str]:
    return [f"{p.name} {p.version}" for p in packages]


def test_the_newest_version_that_fits_everybody_is_taken() -> None:
    sold = shop(
        package("a", "1", "c<2"), package("b", "1", "c"), package("c", "1"), package("c", "2", "d"), package("d", "1")
    )
    root = package("root", "1", "b", "a")
    assert names(resolve(root, sold)) == ["a 1", "b 1", "c 1", "root 1"], "d was needed by c 2 only"


def test_packages_that_need_each_other_are_taken_once() -> None:
    root = package("root", "1", "a")
    assert names(resolve(root, shop(package("a", "1", "b"), package("b", "1", "a", "root")))) == [
        "a 1",
        "b 1",
        "root 1",
    ]


def test_a_conflict_names_both_who_want_something_else() -> None:
    sold = shop(package("a", "1", "c<2"), package("b", "1", "c>=2"), package("c", "1"), package("c", "2"))
    with pytest.raises(InstallRefused, match="no wheel of c that fits") as caught:
        resolve(package("root", "1", "a", "b"), sold)
    assert "a <2" in caught.value.what
    assert "b >=2" in caught.value.what


def test_what_does_not_come_to_rest_is_refused() -> None:
    sold = shop(
        package("a", "1", "b>=2"), package("a", "2", "b<2"), package("b", "1", "a<2"), package("b", "2", "a>=2")
    )
    with pytest.raises(InstallRefused, match="come to rest"):
        resolve(package("root", "1", "a"), sold)


def test_extras_and_markers_count() -> None:
    sold = shop(package("a", "1", 'b; extra == "more"', 'never; python_version < "3"'), package("b", "1"))
    assert names(resolve(package("root", "1", "a"), sold)) == ["a 1", "root 1"]
    assert names(resolve(package("root", "1", "a[more]"), sold)) == ["a 1", "b 1", "root 1"]


def test_an_extra_of_the_hosts_own_package_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """pydantic is the host's; what its extra `email` needs is not."""
    assert names(resolve(package("root", "1", "pydantic[email]"), shop(package("email-validator", "2")))) == [
        "email-validator 2",
        "root 1",
    ]


def test_a_package_that_needs_another_version_of_the_service_is_refused() -> None:
    with pytest.raises(InstallRefused, match="wheel of root that fits"):
        resolve(package("root", "1", "a"), shop(package("a", "1", "root>=2"), package("root", "2")))


@given(st.data())
def test_what_is_resolved_satisfies_everybody_and_holds_nothing_more(data: st.DataObject) -> None:
    letters = ["a", "b", "c", "d"]
    limits = st.sampled_from(["", "<2", ">=2", "==1", "!=2"])
    wants = st.lists(st.builds("{}{}".format, st.sampled_from(letters), limits), max_size=2)
    sold = [package(n, v, *data.draw(wants)) for n in letters for v in ("1", "2", "3")]
    root = package("root", "1", *data.draw(wants))
    try:
        found = {p.name: p for p in resolve(root, shop(*sold))}
    except InstallRefused:
        return
    asked = [r for p in found.values() for r in p.requires]
    assert all(r.specifier.contains(found[canonicalize_name(r.name)].version) for r in asked)
    assert found.keys() - {"root"} == {canonicalize_name(r.name) for r in asked} | set()


# A folder of wheels, and an index


def test_a_folder_of_wheels_gives_the_newest_that_fits_this_machine(tmp_path: Path) -> None:
    for version in ("1.0", "1.9", "1.10", "2.0rc1"):
        wheel(tmp_path, "shared", version, {"shared.py": ""})
    wheel(tmp_path, "shared", "3.0", {"shared.py": ""}, tag="py3-none-os390")
    (tmp_path / "not a wheel.whl").write_bytes(b"")
    source = Folder(tmp_path)

    def found(name: str, versions: str) -> str | None:
        with source.fetch(canonicalize_name(name), SpecifierSet(versions)) as path:
            return path.name.split("-")[1] if path else None

    assert found("shared", "") == "1.10"
    assert found("Shared", "<1.10") == "1.9"
    assert found("shared", ">=2.0rc1") == "2.0rc1"
    assert found("shared", ">=5") is None
    assert found("other", "") is None


class Served(http.server.SimpleHTTPRequestHandler):
    """A simple index (PEP 503) over a folder of wheels, in memory."""

    asked: ClassVar[dict[int, list[str]]] = {}

    def do_GET(self) -> None:
        port = self.server.server_port  # type: ignore[attr-defined]
        self.asked[port].append(self.path)
        folder: Path = self.server.folder  # type: ignore[attr-defined]
        kind, _, name = self.path.strip("/").partition("/")
        if kind == "simple" and name:
            wheels = [p for p in folder.glob("*.whl") if canonicalize_name(p.name.split("-")[0]) == name]
            links = (
                f'<a href="/files/{p.name}#sha256={hashlib.sha256(p.read_bytes()).hexdigest()}">{p.name}</a>'
                for p in wheels
            )
            self._answer(200 if wheels else 404, "text/html", "\n".join(links).encode())
        elif kind == "files":
            self._answer(200, "application/octet-stream", (folder / name).read_bytes())
        else:
            self._answer(404, "text/plain", b"")

    def _answer(self, code: int, kind: str, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def serve() -> Iterator[Callable[[Path], tuple[str, list[str]]]]:
    """Serves a folder of wheels as an index; its address, and what it is asked."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(folder: Path) -> tuple[str, list[str]]:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Served)
        server.folder = folder  # type: ignore[attr-defined]
        asked = Served.asked[server.server_port] = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/simple/", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


Serve = Callable[[Path], tuple[str, list[str]]]


def test_an_index_gives_a_service_and_its_dependencies_and_later_a_newer_one(
    shelf: Shelf, tmp_path: Path, serve: Serve
) -> None:
    service_wheel(tmp_path, requires=["shared>=1"])
    wheel(tmp_path, "shared", "1.0", {"shared.py": ""})
    url, asked = serve(tmp_path)
    service = install(shelf, "coach", Options(index=url), NOW).service
    assert (service.newest.origin, service.newest.source) == ("index", url)
    assert [(p.name, p.version) for p in service.newest.lock().parts] == [("coach", "1.0.0"), ("shared", "1.0")]
    assert {"/simple/coach/", "/simple/shared/"} <= set(asked)
    service_wheel(tmp_path, version="1.1.0")
    assert update(shelf, service, None, Options(), NOW).service.newest.version == "1.1.0"
    assert not update(shelf, shelf.named(ID), None, Options(), NOW).changed


def test_no_other_index_is_asked_whatever_the_settings_of_pip_say(
    shelf: Shelf, tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dependency confusion: a higher version on another index would win."""
    service_wheel(tmp_path / "mine", requires=["shared"])
    wheel(tmp_path / "mine", "shared", "1.0", {"shared.py": "mine = 1\n"})
    for version in ("9.9", "99.0"):
        wheel(tmp_path / "rogue", "shared", version, {"shared.py": "evil()\n"})
    url, asked = serve(tmp_path / "mine")
    rogue, rogue_asked = serve(tmp_path / "rogue")
    settings = tmp_path / "settings" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[global]\nextra-index-url = {rogue}\nfind-links = {tmp_path / 'rogue'}\n")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", rogue)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "rogue"))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(settings.parents[1]))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(settings.parents[1]))
    control = tmp_path / "control"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(control), "--index-url", url]
    subprocess.run([*pip, "shared"], check=True, capture_output=True)
    assert [p.name for p in control.iterdir()] == ["shared-99.0-py3-none-any.whl"], "these settings do confuse pip"
    assert rogue_asked
    rogue_asked.clear()
    service = install(shelf, "coach", Options(index=url), NOW).service
    assert (shelf.code(service.newest) / "shared.py").read_text() == "mine = 1\n"
    assert rogue_asked == []
    assert "/simple/shared/" in asked


def test_an_index_that_does_not_answer_is_said_apart_from_one_that_has_nothing(
    shelf: Shelf, tmp_path: Path, serve: Serve
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(TryAgain, match="does not answer") as caught:
        install(shelf, "coach", Options(index=f"http://me:secret@127.0.0.1:{port}/simple/"), NOW)
    assert "secret" not in str(caught.value)
    url, _ = serve(tmp_path)
    with pytest.raises(InstallRefused, match="no wheel of coach that fits this machine"):
        install(shelf, "coach", Options(index=url), NOW)


def test_sources_are_never_built(shelf: Shelf, tmp_path: Path, serve: Serve) -> None:
    """An index that has a package as source only has nothing to install."""
    service_wheel(tmp_path, requires=["shared"])
    (tmp_path / "shared-1.0.tar.gz").write_bytes(b"")
    url, _ = serve(tmp_path)
    with pytest.raises(InstallRefused, match=r"no wheel of shared that fits what is asked for \(coach\)"):
        install(shelf, "coach", Options(index=url), NOW)


def test_a_hash_that_is_given_must_be_the_wheels(shelf: Shelf, tmp_path: Path, serve: Serve) -> None:
    path = service_wheel(tmp_path)
    url, _ = serve(tmp_path)
    with pytest.raises(InstallRefused, match="not the one that was given"):
        install(shelf, "coach", Options(index=url, sha256="0" * 64), NOW)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert install(shelf, "coach", Options(index=url, sha256=digest), NOW).service.id == ID


def test_a_password_in_the_address_of_an_index_is_not_kept() -> None:
    assert Index("https://me:secret@example.org/simple/").shown == "https://example.org/simple/"


def test_a_module_named_pip_in_the_current_folder_is_not_run(
    shelf: Shelf, tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    service_wheel(tmp_path / "wheels")
    url, _ = serve(tmp_path / "wheels")
    (tmp_path / "pip.py").write_text(f"open({str(tmp_path / 'mark')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    install(shelf, "coach", Options(index=url), NOW)
    assert not (tmp_path / "mark").exists()


def test_without_pip_it_is_said_what_to_do(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RequestError, match="ensurepip"):
        install(shelf, "coach", Options(), NOW)


# Locks


def test_a_lock_installs_the_same_elsewhere_or_nothing(shelf: Shelf, tmp_path: Path) -> None:
    path = service_wheel(tmp_path, requires=["shared"])
    shared = wheel(tmp_path, "shared", "1.0", {"shared.py": "a = 1\n"})
    digest = put(shelf, path, wheels=tmp_path).newest.digest
    lock = read_lock(shelf.named(ID).newest.folder / "lock.json")
    wheel(tmp_path, "shared", "2.0", {"shared.py": ""})
    there = Shelf(tmp_path / "there")
    assert put(there, path, wheels=tmp_path, lock=lock).newest.digest == digest, "a newer one came out meanwhile"
    wheel(tmp_path, "shared", "1.0", {"shared.py": "a = 2\n"})
    with pytest.raises(InstallRefused, match="hash is not the one in the lock"):
        put(Shelf(tmp_path / "nowhere"), path, wheels=tmp_path, lock=lock)
    shared.unlink()
    with pytest.raises(InstallRefused, match="no wheel of shared"):
        put(Shelf(tmp_path / "nowhere"), path, wheels=tmp_path, lock=lock)


def test_another_service_than_the_locks_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    lock = put(shelf, service_wheel(tmp_path)).newest.lock()
    for other in (service_wheel(tmp_path / "b", code="x = 2\n"), service_wheel(tmp_path / "b", version="1.0.1")):
        with pytest.raises(InstallRefused, match="not what the lock says"):
            put(Shelf(tmp_path / "nowhere"), other, lock=lock)
    needy = service_wheel(tmp_path / "c", requires=["shared"])
    with pytest.raises(InstallRefused, match="does not name shared"):
        put(Shelf(tmp_path / "nowhere"), needy, lock=lock, wheels=tmp_path)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"lock": 2}', b"\xff"])
def test_what_is_no_lock_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lock.json").write_bytes(content)
    with pytest.raises(InstallRefused, match="no lock"):
        read_lock(tmp_path / "lock.json")
    with pytest.raises(InstallRefused, match="cannot be read"):
        read_lock(tmp_path / "gone.json")


# An author's own folder

PYPROJECT = """
[project]
name = "Own_Coach"
version = "1.0.0"
dependencies = ["numpy", "shared"]

[project.entry-points."selfdata.services"]
coach = "coach:manifest.json"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A project's folder, which is not built."""
    folder = tmp_path / "own"
    built = service_wheel(tmp_path / "built")
    files = read_wheel(built).files
    for name in ("coach/__init__.py", "coach/manifest.json"):
        (folder / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "src" / name).write_bytes(files[name])
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "setup.py").write_text(f"open({str(tmp_path / 'mark')!r}, 'w')\n")
    (folder / "src" / "coach" / "__pycache__").mkdir()
    (folder / "src" / "coach" / "__pycache__" / "a.pyc").write_bytes(b"")
    return folder


def test_a_folder_needs_trust_and_is_copied_without_being_built(shelf: Shelf, own: Path, tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "shared", "1.0", {"shared.py": ""})
    with pytest.raises(RequestError, match="--trust"):
        put(shelf, own)
    service = put(shelf, own, trust=True, wheels=tmp_path / "wheels")
    assert (service.distribution, service.newest.origin, service.newest.source) == ("own-coach", "folder", str(own))
    assert [(p.name, bool(p.sha256)) for p in service.newest.lock().parts] == [("own-coach", False), ("shared", True)]
    names = {name for name in tree(shelf.code(service.newest)) if not name.startswith("shared")}
    assert names == {"coach/__init__.py", "coach/manifest.json"}
    assert not (tmp_path / "mark").exists()


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_folder_keeps_to_the_rules_too(shelf: Shelf, own: Path, tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "shared", "1.0", {"shared.py": ""})
    package = own / "src" / "coach"
    bad: dict[str, Callable[[], object]] = {
        "a link or a device": lambda: (package / "link").symlink_to("/etc/passwd"),
        ".pth": lambda: (package / "a.pth").write_text(""),
        "native code": lambda: (package / "a.so").write_text(""),
    }
    for says, make in bad.items():
        before = set(package.iterdir())
        make()
        with pytest.raises(InstallRefused, match=says):
            put(shelf, own, trust=True, wheels=tmp_path / "wheels")
        for path in set(package.iterdir()) - before:
            path.unlink()
    (own / "pyproject.toml").write_text(PYPROJECT.replace("numpy", "not a requirement"))
    with pytest.raises(InstallRefused, match="not written as it should be"):
        put(shelf, own, trust=True)


# Updates


def test_an_update_lies_beside_the_old_version(shelf: Shelf, tmp_path: Path) -> None:
    old = put(shelf, service_wheel(tmp_path)).newest
    outcome = update(shelf, shelf.named(ID), str(service_wheel(tmp_path, version="1.1.0")), Options(), NOW)
    assert [r.version for r in outcome.service.releases] == ["1.0.0", "1.1.0"]
    assert outcome.before == old
    assert shelf.code(old).is_dir()


@pytest.mark.parametrize(
    ("version", "code", "says"),
    [
        ("0.9.0", "", "older than 1.0.0"),
        ("1.0.0-rc.1", "", "older than 1.0.0"),
        ("1.0.0", "x = 2\n", "made of other code"),
    ],
)
def test_versions_never_go_backwards_and_stand_for_one_thing(
    shelf: Shelf, tmp_path: Path, version: str, code: str, says: str
) -> None:
    put(shelf, service_wheel(tmp_path))
    manifest = {"version": version}
    path = service_wheel(tmp_path / "b", version=str(Version(version)), manifest=manifest, code=code)
    with pytest.raises(InstallRefused, match=says):
        update(shelf, shelf.named(ID), str(path), Options(), NOW)


def test_an_update_of_what_came_from_a_file_names_the_file(shelf: Shelf, tmp_path: Path) -> None:
    service = put(shelf, service_wheel(tmp_path))
    with pytest.raises(RequestError, match="did not come from an index"):
        update(shelf, service, None, Options(), NOW)
    service_wheel(tmp_path, version="1.2.0")
    assert update(shelf, service, None, Options(wheels=tmp_path), NOW).service.newest.version == "1.2.0"


def needs(granularity: str) -> dict[str, Any]:
    water = {**VERSIONED["needs"]["water"], "granularity": granularity}
    return {"needs": {"water": water}}


def agreed(service: Installed, version: str) -> Grant:
    """A grant for one of the installed versions."""
    manifest = next(r.manifest() for r in service.releases if r.version == version)
    notice = Notice(language="en", digest="0" * 64)
    return give(manifest, Answers(items={"water": Item(decision="given")}), "0" * 16, notice, NOW)


def test_which_version_runs_is_decided_by_what_each_person_agreed_to(shelf: Shelf, tmp_path: Path) -> None:
    put(shelf, service_wheel(tmp_path, manifest=needs("day")))
    for version, granularity in (("1.1.0", "day"), ("2.0.0", "hour"), ("2.1.0", "hour")):
        path = service_wheel(tmp_path, version=version, manifest=needs(granularity))
        update(shelf, shelf.named(ID), str(path), Options(), NOW)
    service = shelf.named(ID)
    chosen = {v: choose(service, agreed(service, v)) for v in ("1.0.0", "1.1.0", "2.0.0", "2.1.0")}
    assert {v: (c.runs.version, c.waiting and c.waiting.version) for v, c in chosen.items()} == {
        "1.0.0": ("1.1.0", "2.1.0"),
        "1.1.0": ("1.1.0", "2.1.0"),
        "2.0.0": ("2.1.0", None),
        "2.1.0": ("2.1.0", None),
    }
    assert choose(service, None).runs.version == "2.1.0", "there is nothing to keep to"


def test_a_person_whose_version_is_gone_waits(shelf: Shelf, tmp_path: Path) -> None:
    old = put(shelf, service_wheel(tmp_path, manifest=needs("day")))
    grant = agreed(old, "1.0.0")
    shelf.remove(ID)
    service = put(shelf, service_wheel(tmp_path, version="2.0.0", manifest=needs("hour")))
    choice = choose(service, grant)
    assert choice.runs is choice.waiting is service.newest


# The registry


def test_services_are_found_by_id_by_its_last_part_and_by_distribution(shelf: Shelf, tmp_path: Path) -> None:
    put(shelf, service_wheel(tmp_path, "org.example.drops", name="my-coach"))
    for name in ("org.example.drops", "drops", "my-coach"):
        assert shelf.named(name).id == "org.example.drops"
    with pytest.raises(RequestError, match=r"Did you mean org\.example\.drops"):
        shelf.named("org.exemple.drops")


def test_what_is_disabled_stays_and_what_is_removed_goes(shelf: Shelf, tmp_path: Path) -> None:
    path = service_wheel(tmp_path)
    put(shelf, path)
    shelf.enable(ID, False)
    assert not shelf.named(ID).enabled
    update(shelf, shelf.named(ID), str(service_wheel(tmp_path, version="2.0.0")), Options(), NOW)
    assert not shelf.named(ID).enabled, "an update does not wake it"
    shelf.remove(ID)
    assert shelf.installed() == ()
    assert list(shelf.path.glob("code/*")) == []
    put(shelf, path)
    assert shelf.named(ID).enabled


def test_a_registry_that_cannot_be_read_is_said_and_kept(shelf: Shelf, tmp_path: Path) -> None:
    path = service_wheel(tmp_path)
    put(shelf, path)
    registry = shelf.path / "registry.json"
    for content, kind in ((b"{", DamagedPage), (b"[]", DamagedPage), (b'{"registry": 2, "services": {}}', NewerFormat)):
        registry.write_bytes(content)
        with pytest.raises(kind):
            shelf.installed()
        with pytest.raises(kind):
            put(shelf, path)
        assert registry.read_bytes() == content
    assert list(shelf.path.glob("code/*")), "no code is swept that a registry might name"


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RequestError, match="cannot be kept here") as caught:
        put(Shelf(tmp_path / "file" / "services"), service_wheel(tmp_path))
    assert "--home" in caught.value.next


def test_writers_wait_for_each_other(shelf: Shelf, tmp_path: Path) -> None:
    paths = [service_wheel(tmp_path, f"org.example.s{n}", name=f"s{n}") for n in range(8)]
    threads = [threading.Thread(target=put, args=(Shelf(shelf.path), path)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [s.id for s in shelf.installed()] == [f"org.example.s{n}" for n in range(8)]


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from selfdata_sdk.host.installing import Options, install, update
from selfdata_sdk.host.shelf import Shelf

shelf, path, at = Shelf(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
steps = 0

def count(event, arguments):
    global steps
    if not event.startswith(("open", "os.", "shutil.")) or not arguments or sys.argv[1] not in str(arguments[0]):
        return
    steps += 1
    if steps == at:
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
update(shelf, shelf.named("org.example.coach"), path, Options(), datetime.now(UTC))
print(steps)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_killed_at_any_step_it_leaves_what_was_there_or_what_is_new(shelf: Shelf, tmp_path: Path) -> None:
    old = put(shelf, service_wheel(tmp_path, files={"coach/more.py": ""}))
    newer = service_wheel(tmp_path, version="2.0.0")
    before, step, done = tree(shelf.path), 0, False
    while not done:
        step += 1
        process = subprocess.run(
            [sys.executable, "-c", KILLED, str(shelf.path), str(newer), str(step)], capture_output=True, check=False
        )
        done = process.returncode == 0
        assert process.returncode in (0, -signal.SIGKILL), process.stderr.decode()
        versions = [r.version for r in shelf.named(ID).releases]
        assert versions in (["1.0.0"], ["1.0.0", "2.0.0"])
        for release in shelf.named(ID).releases:
            assert shelf.code(release).is_dir()
        if not done and len(versions) == 2:
            shelf.remove(ID)
            put(shelf, service_wheel(tmp_path, files={"coach/more.py": ""}))
    assert step > 10, "every step of an update was tried"
    kept = {r.digest for r in shelf.named(ID).releases}
    assert {p.name for p in shelf.path.glob("code/*")} == kept, "what was left over is swept"
    assert old.newest.digest in kept
    assert before.keys() <= tree(shelf.path).keys()


def test_listing_a_thousand_services_reads_one_file(shelf: Shelf, tmp_path: Path) -> None:
    put(shelf, service_wheel(tmp_path))
    registry = shelf.path / "registry.json"
    value = json.loads(registry.read_bytes())
    one = value["services"][ID]
    value["services"] = {f"org.example.s{n:04}": one for n in range(1000)}
    registry.write_text(json.dumps(value))
    code = (
        "import sys; from pathlib import Path; from selfdata_sdk.host.shelf import Shelf\n"
        "opened = []\n"
        "sys.addaudithook(lambda e, a: e == 'open' and sys.argv[1] in str(a[0]) and opened.append(a[0]))\n"
        "found = Shelf(Path(sys.argv[1])).installed()\n"
        "print(len(found), len(opened), sorted({'pydantic', 'numpy', 'coach'} & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(shelf.path)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1000", "1", "[]"]


# This Python's own


class Point:
    """An entry point of a distribution."""

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value
        self.dist = type("Distribution", (), {"name": "my-dist", "version": "1.2"})


MANIFESTS: dict[str, tuple[Content, bool]] = {
    "good": ({"manifest.json": '{"id": "org.example.a", "version": "1.0.0", "name": {"en": "A", "fr": "A"}}'}, True),
    "not JSON": ({"manifest.json": "{"}, False),
    "nested too deep": ({"manifest.json": "[" * 100_000}, False),
    "no id": ({"manifest.json": "{}"}, False),
    "an id that is none": (
        {"manifest.json": '{"id": "\\u001b[2J", "version": "1", "name": {"en": "", "fr": ""}}'},
        False,
    ),
    "no manifest": ({}, False),
    "a list": ({"manifest.json": "[1]"}, False),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_services_of_this_python_are_told_by_their_manifest_without_being_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    content, good = MANIFESTS[name]
    package = tmp_path / "told_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('imported')\n")
    for file, data in content.items():
        (package / file).write_text(str(data))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(environment, "entry_points", lambda group: [Point("a", "told_package:manifest.json")])
    (claim,) = environment.claims()
    assert isinstance(claim, environment.Claim) is good
    assert claim.distribution == "my-dist"
    assert "told_package" not in sys.modules
    monkeypatch.undo()


def test_a_name_that_could_deceive_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "shown_package"
    package.mkdir()
    (package / "__init__.py").touch()
    said = {"id": "org.example.a", "version": "1.0.0", "name": {"en": "A\x1b[2J", "fr": "A"}}
    (package / "manifest.json").write_text(json.dumps(said))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(environment, "entry_points", lambda group: [Point("a", "shown_package:manifest.json")])
    assert environment.claims() == (environment.Claim("org.example.a", "1.0.0", "my-dist", {}),)
    monkeypatch.undo()


@pytest.mark.parametrize(
    "value", ["told", "no_such_package:manifest.json", "json:../json/x.json", "sys:x", ":x", "a..b:c"]
)
def test_an_entry_point_that_names_no_manifest_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setattr(environment, "entry_points", lambda group: [Point("a", value)])
    assert environment.claims() == (environment.Unreadable("a", "my-dist"),)


def test_trusted_plugins_are_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "entry_points", lambda group: [Point("more", "gone:hooks")])
    assert environment.plugins() == (environment.Plugin("more", "my-dist", "1.2"),)
