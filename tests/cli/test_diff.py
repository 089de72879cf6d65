"""`selfdata diff`: the sentences that the person will read, and whether the version number says as much."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.host import discovery
from selfdata_sdk.service.manifest import Manifest

Selfdata = Callable[..., Any]

VECTOR = Path(__file__).parents[1] / "service" / "vectors" / "good" / "full.json"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return written(tmp_path / "old.json", version="1.2.3")


@pytest.fixture
def finer(tmp_path: Path) -> Callable[[str], Path]:
    """A version that reads finer, under the number that is given."""
    return lambda version: written(tmp_path / "finer.json", version, granularity="half_hour")


def written(path: Path, version: str, **water: Any) -> Path:
    value = json.loads(VECTOR.read_bytes())
    value["version"] = version
    value["needs"]["water"].update(water)
    path.write_bytes(Manifest.model_validate(value).canonical())
    return path


def test_it_says_the_verdict_and_then_what_the_person_reads_in_both_languages(
    selfdata: Selfdata, old: Path, finer: Callable[[str], Path]
) -> None:
    done = selfdata("diff", old, finer("2.0.0"))
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Version 2.0.0 compared with 1.2.3 is wider: it waits for the person's answer.",
        "",
        "English",
        "- It asks for more: the new version waits for your answer.",
        "- It now asks for water use by half hour instead of by hour.",
        "",
        "Français",
        "- Il demande plus\u00a0: la nouvelle version attend votre réponse.",
        "- Il demande maintenant «\u00a0Consommation d'eau\u00a0» par demi-heure, et non plus par heure.",
    ]


def test_too_small_a_step_is_exit_1_and_says_which_version_would_do(
    selfdata: Selfdata, old: Path, finer: Callable[[str], Path]
) -> None:
    done = selfdata("diff", old, finer("1.3.0"))
    assert done.code == 1
    assert "by half hour" in done.out
    assert done.err == "From 1.2.3 to 1.3.0 is too small a step for this change: 2.0.0 would do.\n"


def test_going_backwards_is_exit_1_even_if_it_asks_for_less(
    selfdata: Selfdata, old: Path, finer: Callable[[str], Path]
) -> None:
    done = selfdata("diff", finer("2.0.0"), old)
    assert done.code == 1
    assert "backwards" in done.err
    assert "2.0.1 would do" in done.err


def test_json_has_everything_for_programs(selfdata: Selfdata, old: Path, finer: Callable[[str], Path]) -> None:
    done = selfdata("diff", "--json", old, finer("1.3.0"))
    assert done.code == 1
    assert json.loads(done.out) == {
        "verdict": "wider",
        "waits": True,
        "wider": [{"axis": "granularity", "label": "water", "old": "hour", "new": "half_hour"}],
        "narrower": [],
        "reworded": [],
        "text": {
            "en": [
                "It asks for more: the new version waits for your answer.",
                "It now asks for water use by half hour instead of by hour.",
            ],
            "fr": [
                "Il demande plus\u00a0: la nouvelle version attend votre réponse.",
                "Il demande maintenant «\u00a0Consommation d'eau\u00a0» par demi-heure, et non plus par heure.",
            ],
        },
        "bump": {"needed": "major", "given": "minor", "enough": False},
    }


def test_the_same_version_twice_needs_no_step(selfdata: Selfdata, old: Path) -> None:
    done = selfdata("diff", "--json", old, old)
    report = json.loads(done.out)
    assert done.code == 0
    assert report["verdict"] == "same"
    assert report["bump"] == {"needed": "none", "given": "none", "enough": True}
    assert report["text"]["en"] == ["It asks for the same as before."]


def test_it_speaks_french_around_both(selfdata: Selfdata, old: Path, finer: Callable[[str], Path]) -> None:
    done = selfdata("--lang", "fr", "diff", old, finer("1.2.4"))
    assert done.out.startswith("La version 1.2.4 comparée à 1.2.3 est wider\u00a0: elle attend")
    assert "\nEnglish\n" in done.out
    assert "2.0.0 suffirait" in done.err


def test_a_folder_and_its_changed_copy_are_compared_as_their_code_is_now(
    selfdata: Selfdata, service: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(service, copy)
    code = copy / "drops" / "__init__.py"
    code.write_text(code.read_text("utf-8").replace('back="P1Y"', 'back="P2Y"'), encoding="utf-8")
    done = selfdata("diff", service, copy)
    assert done.code == 1
    assert "It now asks for water use of the last 2 years instead of the last year." in done.out
    assert "2.0.0 would do" in done.err


def test_an_installed_service_is_named_by_its_id(
    selfdata: Selfdata, old: Path, finer: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = Manifest.from_json(old.read_bytes())
    found = discovery.Found(manifest, "water-coach", *(lambda: pytest.fail("its code is not loaded"),) * 2)
    monkeypatch.setattr(discovery, "installed", lambda *_: discovery.Discovered((found,), ()))
    assert selfdata("diff", "org.example.water-coach", finer("2.0.0")).code == 0


def test_what_is_no_service_is_refused(selfdata: Selfdata, old: Path, tmp_path: Path) -> None:
    assert selfdata("diff", old).code == 2
    assert selfdata("diff", old, tmp_path / "nothing.json").code == 2
    page = tmp_path / "page.json"
    page.write_text("<html>")
    refused = selfdata("diff", old, page)
    assert refused.code == 1
    assert "not JSON" in refused.err
