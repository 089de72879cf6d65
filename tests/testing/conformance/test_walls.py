from __future__ import annotations

import sys
from pathlib import Path

import pytest

from selfdata_sdk import NoInsight, Text
from selfdata_sdk.errors import SandboxUnavailable
from selfdata_sdk.host.discovery import of_folder
from selfdata_sdk.testing.conformance.rules import walls
from selfdata_sdk.testing.conformance.subject import Subject

from ...zoo.animal import CODE, HEALTHY, Animal
from .saying import found, saying

_BEGIN = '    days = water.by("day")\n'
OWN_FILES = {
    "reads_its_own_data": (
        (CODE, "import numpy as np\n", "import numpy as np\nfrom importlib.resources import files\n"),
        (CODE, _BEGIN, f'    files(__package__).joinpath("rule.json").read_text("utf-8")\n{_BEGIN}'),
        ("healthy/rule.json", "", "{}"),
    ),
    "imports_its_own_code_late": (
        (CODE, _BEGIN, f"    from . import rule\n\n    assert rule.SHARE\n{_BEGIN}"),
        ("healthy/rule.py", "", "SHARE = 0.9\n"),
    ),
}


@pytest.mark.parametrize("name", OWN_FILES)
def test_a_service_may_read_the_files_of_its_own_package(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = Animal(name, breaks="", edits=OWN_FILES[name]).make(tmp_path)
    finding = found("keeps-to-itself", Subject(of_folder(folder).load(), folder))
    assert finding.outcome == "kept", [p.what.en for p in finding.problems]


def healthy() -> Subject:
    return Subject(of_folder(HEALTHY).load(), HEALTHY)


def test_without_walls_nobody_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> object:
        raise SandboxUnavailable("Services of others cannot be held on this machine (no seccomp).")

    monkeypatch.setattr(walls, "_sandbox", none)
    finding = found("works-in-sandbox", healthy())
    assert finding.outcome == "not_verified"
    assert finding.why is not None
    assert "no seccomp" in finding.why.en


def test_libraries_that_only_an_installed_service_sees_cannot_be_tried(tmp_path: Path) -> None:
    edit = ("pyproject.toml", '["numpy>=1.26"', '["numpy>=1.26", "pytest"')
    folder = Animal("more_libraries", breaks="", edits=(edit,)).make(tmp_path)
    finding = found("works-in-sandbox", Subject(of_folder(folder).load(), folder))
    assert finding.outcome == "not_verified"
    assert finding.why is not None
    assert "pytest" in finding.why.en


def test_a_service_without_a_folder_cannot_be_tried() -> None:
    block = NoInsight(id="none", reason="nothing_new", help=Text(en="Come back.", fr="Revenez."))
    assert found("works-in-sandbox", saying(block)).outcome == "not_verified"
