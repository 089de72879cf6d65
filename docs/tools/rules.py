"""The page of the rules for services."""

from __future__ import annotations

from selfdata_sdk.testing.conformance.badge import Badge
from selfdata_sdk.testing.conformance.rule import LEVELS, Level, Rule
from selfdata_sdk.testing.conformance.rules import RULES

from .markdown import block, code, page, prose, table

INTRODUCTION = """
`selfdata check` tries a service on invented households and tells which of these rules it keeps. In the tests of a
project one line does the same, with a test for each rule:
"""

LINE = """
from my_service import my_service

from selfdata_sdk.testing import service_tests

TestMyService = service_tests(my_service)
"""

LEVELS_TEXT = """
Rules have levels. A service reaches a level if it breaks no rule of that level and of those before. `--level` of
`selfdata check` says which one is asked for, `service_tests(my_service, level="trustworthy")` likewise. A rule that cannot
be verified on a machine, such as one that needs the walls of the sandbox, counts neither way, and is named.
"""

MEANING: dict[Level, str] = {
    "works": "Whatever the data, the person gets an answer and no error.",
    "trustworthy": "It asks for nothing that it does not use, and says and does nothing that a person would object to.",
    "excellent": "Everybody can read what it says, and everybody can run it.",
}

BADGE = """
`selfdata check --badge FILE` writes what was found as JSON in canonical form (RFC 8785), for a catalogue of services. Its
JSON Schema is `selfdata_sdk/testing/conformance/schemas/badge-1.json`.
"""

VERIFY = """
A badge is a claim, and not signed. Who doubts it runs the same check again, on the same code, with the same version of
selfdata:

```text
selfdata check FOLDER --verify FILE
```

First the manifest and the code of the package are compared with the badge's digests: if they differ, nothing is run. Then
every rule is checked, and each difference is told. The digest is of the package alone: not of its tests, not of
`pyproject.toml`, and not of the packages that it imports.

This runs the service's code **without the sandbox**, as the check of its author did. To verify somebody else's service, do
it where nothing can be lost: in a container or a virtual machine of its own, without network and without anybody's data.
"""


def rules_page() -> str:
    return page(
        "Rules for services",
        INTRODUCTION,
        block(LINE.strip()),
        LEVELS_TEXT,
        table(("Level", "What it means"), [(level, MEANING[level]) for level in LEVELS]),
        table(("Rule", "Level", ""), [(f"[{code(r.id)}](#{r.id})", r.level, r.title.en) for r in RULES]),
        *(_rule(rule) for rule in RULES),
        "## The badge",
        BADGE,
        prose(Badge.__doc__),
        "### Verify a badge",
        VERIFY,
    )


def _rule(rule: Rule) -> str:
    """Its paragraph, under its id, which `selfdata check` names."""
    return "\n\n".join(
        [
            f"## {code(rule.id)} {{ #{rule.id} }}",
            f"**{rule.title.en}** ({rule.level})",
            rule.why.en,
            f"**To repair it:** {rule.fix.en}",
        ]
    )
