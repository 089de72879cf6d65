"""`selfdata check`: what an author is told of each rule, the level that is reached, and badges that can be verified."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk import Text
from selfdata_sdk._version import __version__
from selfdata_sdk.cli.commands import check
from selfdata_sdk.testing.conformance import rule as model
from selfdata_sdk.testing.conformance import rules
from selfdata_sdk.testing.conformance.rule import NotVerified, Problem, Rule
from selfdata_sdk.testing.conformance.subject import Subject

from ..zoo.animal import HEALTHY
from ..zoo.animals_behaviour import ANIMALS

Selfdata = Callable[..., Any]

REAL = rules.RULES

HERE = Text(en="There are no walls on this machine.", fr="Il n'y a pas de murs sur cette machine.")
UNUSED = Problem(Text(en="No block ever changes with it.", fr="Aucun bloc n'en dépend."), "water.litres")


def is_held(subject: Subject) -> Iterable[Problem]:
    raise NotVerified(HERE)


def is_called_drops(subject: Subject) -> Iterable[Problem]:
    """A rule that this service keeps, and that sees the code, the manifest and the folder."""
    assert subject.folder is not None
    if subject.service.id != subject.manifest.id or subject.folder.name != "a project":
        yield UNUSED


def rule(id: str, level: model.Level, check: Callable[[Subject], Iterable[Problem]]) -> Rule:
    return Rule(
        id,
        level,
        title=Text(en=f"It keeps {id}.", fr=f"Il respecte {id}."),
        why=Text(en="It protects people.", fr="Cela protège les gens."),
        fix=Text(en="Remove the field.", fr="Retirez le champ."),
        check=check,
    )


ANSWERS = rule("answers", "works", is_called_drops)
HONEST = rule("honest", "trustworthy", lambda subject: [UNUSED])
HELD = rule("held", "trustworthy", is_held)
PLAIN = rule("plain", "excellent", lambda subject: [])


@pytest.fixture
def keeping(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes these the rules that there are."""

    def known(*those: Rule) -> None:
        monkeypatch.setattr(rules, "RULES", those)

    return known


@pytest.fixture(autouse=True)
def some_rules(keeping: Callable[..., None]) -> None:
    keeping(ANSWERS, HONEST, HELD, PLAIN)


def test_it_says_what_is_broken_where_and_how_to_repair_it_and_the_level_reached(
    selfdata: Selfdata, service: Path
) -> None:
    done = selfdata("check", service)
    assert done.code == 1
    assert done.out.splitlines() == [
        "Drops  org.example.drops 1.2.3",
        "",
        "Broken: honest (trustworthy)",
        "  It keeps honest.",
        "  - water.litres: No block ever changes with it.",
        "  -> Remove the field.",
        "  docs/reference/rules.md#honest",
        "",
        "Works: 1 of 1 kept",
        "  answers",
        "Trustworthy: 0 of 2 kept",
        "Excellent: 1 of 1 kept",
        "  plain",
        "Not verified here: held. There are no walls on this machine.",
        "Level reached: works.",
    ]
    assert done.err == "Your own code runs inside this program, and nothing holds it.\n"


def test_it_says_all_that_in_french(selfdata: Selfdata, service: Path) -> None:
    done = selfdata("check", service, "--lang", "fr")
    assert "Enfreinte\u00a0: honest (digne de confiance)" in done.out
    assert "  - water.litres\u00a0: Aucun bloc n'en dépend." in done.out
    assert "Fonctionne\u00a0: 1 règle respectée sur 1\n  answers\n" in done.out
    assert "Non vérifiée ici\u00a0: held. Il n'y a pas de murs sur cette machine." in done.out
    assert done.out.endswith("Niveau atteint\u00a0: fonctionne.\n")


@pytest.mark.parametrize(("level", "code"), [("works", 0), ("trustworthy", 1), ("excellent", 1)])
def test_it_fails_unless_the_level_asked_for_is_reached(
    level: str, code: int, selfdata: Selfdata, service: Path
) -> None:
    assert selfdata("check", service, "--level", level).code == code


def test_all_kept_is_the_highest_level(
    selfdata: Selfdata, service: Path, keeping: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping(ANSWERS, HELD, PLAIN)
    monkeypatch.chdir(service)
    done = selfdata("check")
    assert (done.code, done.out.splitlines()[-1]) == (0, "Level reached: excellent.")


def test_a_service_that_does_not_work_reaches_none(
    selfdata: Selfdata, service: Path, keeping: Callable[..., None]
) -> None:
    keeping(rule("answers", "works", lambda subject: [UNUSED]))
    done = selfdata("check", service, "--level", "works")
    assert (done.code, done.out.splitlines()[-1]) == (1, "It does not work yet.")


def test_of_many_problems_the_first_are_told_and_the_others_counted(
    selfdata: Selfdata, service: Path, keeping: Callable[..., None]
) -> None:
    keeping(rule("honest", "works", lambda subject: [UNUSED] * 12))
    out = selfdata("check", service).out
    assert out.count("No block ever changes with it.") == 10
    assert "  - … and 2 more\n" in out


def test_one_rule_can_be_checked_alone(selfdata: Selfdata, service: Path) -> None:
    kept = selfdata("check", service, "--rule", "answers", "--rule", "plain")
    assert (kept.code, kept.out.splitlines()[1:]) == (
        0,
        ["", "Works: 1 of 1 kept", "  answers", "Excellent: 1 of 1 kept", "  plain"],
    )
    broken = selfdata("check", service, "--rule", "honest")
    assert (broken.code, "Level reached" in broken.out) == (1, False)


def test_as_json_every_rule_is_there_with_its_problems(selfdata: Selfdata, service: Path) -> None:
    done = selfdata("check", service, "--json")
    found = json.loads(done.out)
    assert (done.code, found["service"], found["version"], found["level"]) == (1, "org.example.drops", "1.2.3", "works")
    assert {r["id"]: r["outcome"] for r in found["rules"]} == {
        "answers": "kept",
        "honest": "broken",
        "held": "not_verified",
        "plain": "kept",
    }
    honest, held = found["rules"][1:3]
    assert honest["problems"] == [{"what": UNUSED.what.model_dump(), "where": "water.litres"}]
    assert (honest["why"], held["why"]) == (None, HERE.model_dump())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--rule", "honset"], "There is no rule “honset”. Did you mean honest?"),
        (["--rule", "honest", "--badge", "badge.json"], "A badge is about every rule."),
        (["--badge", "a.json", "--verify", "b.json"], "A badge is about every rule."),
        (["--level", "perfect"], "perfect"),
    ],
)
def test_wrong_use_is_exit_2(words: list[str], told: str, selfdata: Selfdata, service: Path) -> None:
    done = selfdata("check", service, *words)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


@pytest.mark.parametrize("target", ["org.selfdata.water-coach", "drops:drops"])
def test_what_is_not_a_folder_is_refused_and_its_code_not_imported(target: str, selfdata: Selfdata) -> None:
    done = selfdata("check", target)
    assert (done.code, done.out) == (2, "")
    assert f"{target}: A check imports the code that it checks" in done.err


def test_a_folder_without_a_project_is_exit_1_with_the_next_step(selfdata: Selfdata, tmp_path: Path) -> None:
    done = selfdata("check", tmp_path)
    assert done.code == 1
    assert "There is no pyproject.toml." in done.err
    assert "selfdata new" in done.err


def test_the_levels_it_offers_are_those_that_there_are() -> None:
    assert check.LEVELS == model.LEVELS


# With the rules that there are


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "selfdata_sdk.cli", "--lang", "en", "check", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_healthy_service_reaches_the_highest_level() -> None:
    done = run(HEALTHY, "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["level"]) == (0, "excellent")
    assert [r["id"] for r in found["rules"]] == [r.id for r in REAL]
    assert "kept" in {r["outcome"] for r in found["rules"]}


def test_a_service_that_breaks_a_rule_does_not(tmp_path: Path) -> None:
    animal = next(a for a in ANIMALS if a.breaks.startswith("survives"))
    done = run(animal.make(tmp_path), "--level", "works")
    assert done.returncode == 1
    assert f"Broken: {animal.breaks} (works)" in done.stdout
    assert done.stdout.endswith("It does not work yet.\n")


# Badges


@pytest.fixture
def badge(selfdata: Selfdata, service: Path, tmp_path: Path) -> Path:
    """The badge of the service, which breaks one rule."""
    file = tmp_path / "badge.json"
    assert selfdata("check", service, "--badge", file).code == 1
    return file


def test_a_badge_is_written_whatever_the_level(badge: Path) -> None:
    said = json.loads(badge.read_bytes())
    assert (said["service"], said["level"], said["sdk"]) == ("org.example.drops", "works", __version__)
    assert said["rules"]["honest"] == "broken"


def test_it_names_the_code_by_the_digest_that_a_host_computes(badge: Path, service: Path) -> None:
    from selfdata_sdk.host.discovery import find

    found = find(str(service))
    said = json.loads(badge.read_bytes())
    assert (said["code"], said["manifest"]) == (found.code().digest, found.manifest.digest)


def test_a_badge_that_is_true_holds(badge: Path, selfdata: Selfdata, service: Path) -> None:
    done = selfdata("check", service, "--verify", badge)
    assert done.code == 0
    assert done.out.startswith("The badge holds.\n")
    assert "Not verified here: held." in done.out
    assert json.loads(selfdata("check", service, "--verify", badge, "--json").out) == {
        "holds": True,
        "differences": [],
    }


def test_code_that_changed_is_told_and_not_run(badge: Path, selfdata: Selfdata, service: Path, tmp_path: Path) -> None:
    code, trace = service / "drops" / "__init__.py", tmp_path / "trace"
    code.write_text(f"open({str(trace)!r}, 'w').close()\n{code.read_text('utf-8')}", encoding="utf-8")
    del sys.modules["drops"]  # as in a program of its own
    done = selfdata("check", service, "--verify", badge)
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines() == [
        "The badge does not hold:",
        "- The code is not the one that was checked: it changed since.",
    ]
    assert not trace.exists()
    selfdata("check", service)
    assert trace.exists()


def test_a_forged_badge_does_not_hold(badge: Path, selfdata: Selfdata, service: Path) -> None:
    said = json.loads(badge.read_bytes())
    said["rules"]["honest"], said["level"] = "kept", "excellent"
    badge.write_text(json.dumps(said))
    done = selfdata("check", service, "--verify", badge, "--lang", "fr")
    assert (done.code, done.out) == (1, "Le badge ne tient pas\u00a0:\n- La règle honest est enfreinte ici.\n")


def test_a_difference_from_another_version_of_the_rules_says_so(
    badge: Path, selfdata: Selfdata, service: Path, keeping: Callable[..., None]
) -> None:
    said = json.loads(badge.read_bytes())
    badge.write_text(json.dumps({**said, "sdk": "0.0.1"}))
    keeping(ANSWERS, HONEST, HELD, PLAIN, rule("newer", "excellent", lambda subject: []))
    done = selfdata("check", service, "--verify", badge)
    assert done.code == 1
    assert done.out.splitlines()[1:] == [
        "- It says nothing of the rule newer.",
        f"- It was written by selfdata 0.0.1; this is {__version__}, whose rules may be others.",
    ]


def test_what_is_no_badge_or_cannot_be_read_is_exit_2(selfdata: Selfdata, service: Path, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    assert "This is not a badge." in selfdata("check", service, "--verify", tmp_path / "other.json").err
    missing = selfdata("check", service, "--verify", tmp_path / "none.json")
    assert (missing.code, "cannot be read" in missing.err) == (2, True)


def test_a_badge_that_cannot_be_written_is_exit_2(selfdata: Selfdata, service: Path, tmp_path: Path) -> None:
    done = selfdata("check", service, "--badge", tmp_path / "none" / "badge.json")
    assert (done.code, "The badge cannot be written" in done.err) == (2, True)


def test_without_a_manifest_in_the_package_there_is_no_badge(selfdata: Selfdata, service: Path, tmp_path: Path) -> None:
    (service / "drops" / "manifest.json").unlink()
    done = selfdata("check", service, "--badge", tmp_path / "badge.json")
    assert (done.code, done.out) == (2, "")
    assert "selfdata manifest --write" in done.err
    assert not (tmp_path / "badge.json").exists()
