"""A badge says what a check found, and is found out where the code, or what is found, is something else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from jsonschema import Draft202012Validator

from selfdata_sdk import Text
from selfdata_sdk._version import __version__
from selfdata_sdk.errors import RequestError
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.testing.conformance.badge import Badge, badge_of, contradictions, strangers
from selfdata_sdk.testing.conformance.report import Finding, Outcome, Report
from selfdata_sdk.testing.conformance.rule import Level, Rule
from selfdata_sdk.testing.conformance.schema import FOLDER, schemas, stale, write_schemas
from selfdata_sdk.testing.wheels import least_manifest

SOME = Text(en="Some text", fr="Un texte")
LEVELS: dict[str, Level] = {"answers": "works", "held": "works", "honest": "trustworthy", "plain": "excellent"}
KEPT: dict[str, Outcome] = dict.fromkeys(LEVELS, "kept")
CODE = "c0" * 32
MANIFEST = Manifest.model_validate(least_manifest("org.example.coach", "1.0.0", "coach:coach"))
DAY = date(2025, 3, 31)


def report(**outcomes: Outcome) -> Report:
    """A report on four rules, kept where nothing else is said."""

    def finding(name: str, outcome: Outcome) -> Finding:
        rule = Rule(name, LEVELS[name], SOME, SOME, SOME, lambda subject: ())
        return Finding(rule, outcome, why=SOME if outcome == "not_verified" else None)

    return Report(tuple(finding(*item) for item in {**KEPT, **outcomes}.items()))


def badge(**outcomes: Outcome) -> Badge:
    return badge_of(report(**outcomes), MANIFEST, CODE, DAY)


def test_it_says_what_was_checked_by_what_and_what_was_found() -> None:
    assert json.loads(badge(plain="broken", held="not_verified").canonical()) == {
        "badge": 1,
        "service": "org.example.coach",
        "version": "1.0.0",
        "sdk": __version__,
        "level": "trustworthy",
        "rules": {"answers": "kept", "held": "not_verified", "honest": "kept", "plain": "broken"},
        "manifest": MANIFEST.digest,
        "code": CODE,
        "date": "2025-03-31",
    }


def test_its_bytes_are_canonical_and_the_same_each_time_and_read_back() -> None:
    written = badge().canonical()
    assert written == badge().canonical() == rfc8785.dumps(json.loads(written))
    assert Badge.from_json(written) == badge()


BAD: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another format": lambda b: b.update(badge=2),
    "no format": lambda b: b.pop("badge"),
    "no code": lambda b: b.pop("code"),
    "a digest that is none": lambda b: b.update(code="c0"),
    "an unknown level": lambda b: b.update(level="perfect"),
    "an unknown outcome": lambda b: b["rules"].update(answers="maybe"),
    "a rule's id that is none": lambda b: b["rules"].update({"Answers all": "kept"}),
    "a date that is none": lambda b: b.update(date="31/03/2025"),
    "more than it has": lambda b: b.update(signature="x"),
}


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD)
def test_what_is_no_badge_is_refused_and_by_the_published_schema_too(spoil: Callable[[dict[str, Any]], Any]) -> None:
    validator = Draft202012Validator(schemas()["badge-1.json"], format_checker=Draft202012Validator.FORMAT_CHECKER)
    value = json.loads(badge().canonical())
    assert validator.is_valid(value)
    spoil(value)
    assert not validator.is_valid(value)
    with pytest.raises(RequestError, match="not a badge"):
        Badge.from_json(json.dumps(value).encode())


def test_what_is_not_json_is_no_badge() -> None:
    with pytest.raises(RequestError, match="not a badge"):
        Badge.from_json(b"\xff{")


def test_the_committed_schema_is_what_the_code_says(tmp_path: Path) -> None:
    """`python -m selfdata_sdk.testing.conformance.schema` changes nothing."""
    assert stale() == []
    assert {p.name for p in FOLDER.glob("*.json")} == set(schemas())
    write_schemas(tmp_path)
    (tmp_path / "badge-1.json").write_text("{}")
    assert stale(tmp_path) == ["badge-1.json"]


# Of the same thing


def test_it_is_at_home_with_the_code_and_manifest_that_were_checked() -> None:
    assert strangers(badge(), MANIFEST, CODE) == ()


def test_other_code_another_manifest_and_another_version_are_each_told() -> None:
    (code,) = strangers(badge(), MANIFEST, "0" * 64)
    assert code.en == "The code is not the one that was checked: it changed since."
    asks_more = MANIFEST.model_copy(update={"licence": "Apache-2.0"})
    (manifest,) = strangers(badge(), asks_more, CODE)
    assert manifest.en == "The manifest is not the one that was checked: it changed since."
    newer = MANIFEST.model_copy(update={"version": "1.1.0"})
    version, _ = strangers(badge(), newer, CODE)
    assert version.en == "The badge is of org.example.coach 1.0.0, and this is org.example.coach 1.1.0."


# With the same findings


@pytest.mark.parametrize(
    ("claimed", "found"),
    [
        ({}, {}),
        ({"honest": "broken"}, {"honest": "broken"}),
        ({}, {"held": "not_verified"}),
        ({"held": "not_verified"}, {}),
        ({"honest": "broken"}, {"honest": "not_verified"}),
    ],
    ids=["all kept", "broken in both", "not verified here", "not verified there", "broken there, not verified here"],
)
def test_it_holds_where_nothing_else_is_found(claimed: Mapping[str, Outcome], found: Mapping[str, Outcome]) -> None:
    assert contradictions(badge(**claimed), report(**found)) == ()


FORGED: dict[str, tuple[Badge, str]] = {
    "a broken rule said to be kept": (badge(), "The rule honest is broken here."),
    "a broken rule said not to be verified": (badge(honest="not_verified"), "The rule honest is broken here."),
    "a broken rule left out": (
        badge().model_copy(update={"rules": {r: o for r, o in KEPT.items() if r != "honest"}}),
        "It says nothing of the rule honest.",
    ),
    "a rule that there is not": (
        badge(honest="broken").model_copy(update={"rules": {**KEPT, "honest": "broken", "shiny": "kept"}}),
        "It names the rule shiny, which is not known here.",
    ),
    "a higher level": (
        badge(honest="broken").model_copy(update={"level": "excellent"}),
        "It gives itself the level “excellent”; by the rules that it keeps it is “works”.",
    ),
    "a lower one": (
        badge(honest="broken").model_copy(update={"level": None}),
        "It gives itself the level “does not work”; by the rules that it keeps it is “works”.",
    ),
}


@pytest.mark.parametrize(("forged", "told"), FORGED.values(), ids=FORGED)
def test_a_forged_badge_is_found_out(forged: Badge, told: str) -> None:
    (difference,) = contradictions(forged, report(honest="broken"))
    assert difference.en == told


def test_a_difference_from_another_version_of_the_rules_is_told_as_such() -> None:
    older = badge().model_copy(update={"sdk": "0.0.1"})
    assert contradictions(older, report()) == ()
    _, why = contradictions(older, report(honest="broken"))
    assert why.en == f"It was written by selfdata 0.0.1; this is {__version__}, whose rules may be others."


def test_a_rule_that_is_kept_here_and_broken_by_the_badge_is_a_difference() -> None:
    (difference,) = contradictions(badge(honest="broken"), report())
    assert difference.en == "The rule honest is kept here, and broken by the badge."
