"""`selfdata doctor` says what would stand around services that nobody has to trust."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from selfdata_sdk.errors import SandboxUnavailable
from selfdata_sdk.host.sandbox import WALLS, Sandbox, launching
from selfdata_sdk.host.sandbox import sandbox as sandbox_module

from .conftest import Selfdata

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is for Linux")


def walls(selfdata: Selfdata) -> tuple[int, dict[str, Any]]:
    done = selfdata("doctor", "--json")
    (found,) = [finding for finding in json.loads(done.out) if finding["name"] == "walls"]
    return done.code, found


@linux
def test_the_walls_of_this_machine_are_named(selfdata: Selfdata) -> None:
    code, found = walls(selfdata)
    assert (code, found) == (0, {"name": "walls", "good": True, "said": ", ".join(WALLS["all"]), "next": ""})


@linux
@pytest.mark.parametrize(("mode", "lacking"), [("landlock", "namespaces"), ("namespaces", "landlock")])
def test_a_wall_that_is_lacking_is_said_and_is_no_fault(
    selfdata: Selfdata, monkeypatch: pytest.MonkeyPatch, mode: Any, lacking: str
) -> None:
    monkeypatch.setattr(Sandbox, "walls", WALLS[mode])
    code, found = walls(selfdata)
    assert (code, found["good"], lacking in found["said"]) == (0, True, False)
    assert found["next"].startswith(f"It holds without {lacking}")
    assert f"Cela tient sans {lacking}" in selfdata("doctor", "--lang", "fr").out


@pytest.mark.parametrize(("platform", "code", "good", "sign"), [("linux", 1, False, "FAUX"), ("darwin", 0, None, "-")])
def test_a_machine_without_walls_is_unsound_where_it_could_have_them(
    selfdata: Selfdata, monkeypatch: pytest.MonkeyPatch, platform: str, code: int, good: bool | None, sign: str
) -> None:
    """On other systems they can be had in a virtual machine only; what is next is said all the same."""

    def refused(modes: object = ()) -> Any:
        raise SandboxUnavailable(
            "Services of others cannot be held on this machine (OSError: no seccomp).",
            next="`selfdata doctor` says what this machine lacks; the host guide says how to give it.",
        )

    monkeypatch.setattr(launching, "launch", refused)
    monkeypatch.setattr(sandbox_module, "launch", refused)
    monkeypatch.setattr(sys, "platform", platform)
    found_code, found = walls(selfdata)
    assert (found_code, found["good"]) == (code, good)
    assert found["said"] == "Services of others cannot be held on this machine (OSError: no seccomp)."
    assert "host guide" in found["next"]
    line = next(text for text in selfdata("doctor", "--lang", "fr").out.splitlines() if "walls" in text)
    assert line.startswith(sign)
    assert "ne peuvent pas être retenus sur cette machine" in line
