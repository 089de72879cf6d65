from __future__ import annotations

import json
from pathlib import Path

import pytest

from selfdata_sdk import NoInsight, Text
from selfdata_sdk.host.discovery import of_folder
from selfdata_sdk.testing.conformance.subject import Subject

from ...zoo.animal import Animal
from .saying import found, saying

PROJECT = "pyproject.toml"
ENTRY = '[project.entry-points."selfdata.services"]\nhealthy = "healthy:manifest.json"\n'


def project(name: str, folder: Path) -> Subject:
    made = Animal(name, breaks="").make(folder)
    return Subject(of_folder(made).load(), made)


def written(subject: Subject) -> Path:
    assert subject.folder is not None
    (file,) = subject.folder.glob("*/manifest.json")
    return file


@pytest.mark.parametrize("rule", ["manifest-current", "project-complete", "declared-imports"])
def test_without_a_folder_nobody_can_tell(rule: str) -> None:
    block = NoInsight(id="none", reason="nothing_new", help=Text(en="Come back.", fr="Revenez."))
    assert found(rule, saying(block)).outcome == "not_verified"


def test_a_stale_manifest_is_told_by_what_is_different(tmp_path: Path) -> None:
    subject = project("older", tmp_path)
    manifest = json.loads(written(subject).read_bytes())
    manifest["needs"]["water"]["back"] = "P1Y"
    written(subject).write_text(json.dumps({**manifest, "version": "0.0.9"}))
    (problem,) = found("manifest-current", subject).problems
    assert problem.where == "zoo_older/manifest.json"
    assert problem.what.en.endswith(": needs, version.")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"null"])
def test_what_is_no_manifest_is_not_current(content: bytes, tmp_path: Path) -> None:
    subject = project("broken", tmp_path)
    written(subject).write_bytes(content)
    assert found("manifest-current", subject).outcome == "broken"


def test_another_way_to_write_it_is_not_current(tmp_path: Path) -> None:
    subject = project("spaced", tmp_path)
    written(subject).write_text(json.dumps(json.loads(written(subject).read_bytes()), indent=1))
    assert found("manifest-current", subject).outcome == "broken"


def test_a_package_may_lie_under_src(tmp_path: Path) -> None:
    subject = project("deep", tmp_path)
    assert subject.folder is not None
    package = written(subject).parent
    (subject.folder / "src").mkdir()
    package.rename(subject.folder / "src" / package.name)
    moved = Subject(of_folder(subject.folder).load(), subject.folder)
    for rule in ("manifest-current", "project-complete", "declared-imports", "works-in-sandbox"):
        assert found(rule, moved).outcome != "broken", rule


def test_all_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    subject = project("bare", tmp_path)
    assert subject.folder is not None
    for name in ("README.md", "LICENSE", "tests/test_healthy.py", "zoo_bare/py.typed"):
        (subject.folder / name).unlink()
    where = [p.where for p in found("project-complete", subject).problems]
    assert where == ["README.md", "LICENSE", "tests", "zoo_bare/py.typed"]
