"""The page of the rules tells each rule where `selfdata check` says that it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.tools import rules as page
from selfdata_sdk import Text
from selfdata_sdk.testing.conformance.rule import LEVELS, Rule
from selfdata_sdk.testing.conformance.rules import RULES
from selfdata_sdk.testing.conformance.schema import FOLDER


def test_each_rule_has_its_paragraph_under_its_id(docs: Path) -> None:
    written = (docs / "reference" / "rules.md").read_text("utf-8")
    for rule in RULES:
        assert written.count(f"{{ #{rule.id} }}\n\n**{rule.title.en}** ({rule.level})\n\n") == 1
        assert rule.why.en in written
        assert f"**To repair it:** {rule.fix.en}" in written


def test_a_new_rule_is_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    title, why, fix = (Text(en=f"{what} in English.", fr=f"{what} en français.") for what in ("Title", "Why", "Fix"))
    monkeypatch.setattr(page, "RULES", (Rule("some-rule", "works", title, why, fix, lambda subject: ()),))
    made = page.rules_page()
    assert "| [`some-rule`](#some-rule) | works | Title in English. |" in made
    assert (
        "## `some-rule` { #some-rule }\n\n**Title in English.** (works)\n\nWhy in English.\n\n"
        "**To repair it:** Fix in English.\n" in made
    )


def test_every_level_is_explained_and_the_schema_lies_where_it_says(docs: Path) -> None:
    written = page.rules_page()
    for level in LEVELS:
        assert f"| {level} | " in written
    (schema,) = FOLDER.iterdir()
    path = schema.relative_to(docs.parent).as_posix()
    assert f"`{path}`" in written
