"""A badge: what a check of a service found, for a catalogue. Whoever doubts it checks the same code again."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, Final, Literal

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..._version import __version__
from ...errors import RequestError
from ...model.text import Text
from ...service.manifest import Manifest
from .report import Outcome, Report, level_reached
from .rule import LEVEL_NAMES, Level

FORMAT: Final = 1

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]


class Badge(BaseModel):
    """One check of one service. The same code, SDK and system give the same badge, but for `date`.

    sdk       the version of selfdata whose rules were checked
    level     null if the service does not even work
    rules     what became of each rule, by its id
    manifest  SHA-256 of the manifest in canonical JSON
    code      SHA-256 of the service's own package, as a host computes it for a project's folder
    date      of the check, in UTC
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    badge: Literal[1]
    service: Annotated[str, Field(max_length=100)]
    version: Annotated[str, Field(max_length=60)]
    sdk: Annotated[str, Field(max_length=60)]
    level: Level | None
    rules: Annotated[dict[RuleId, Outcome], Field(json_schema_extra={"additionalProperties": False})]
    manifest: Sha256
    code: Sha256
    date: datetime.date

    def canonical(self) -> bytes:
        return rfc8785.dumps(self.model_dump(mode="json"))

    @classmethod
    def from_json(cls, data: bytes) -> Badge:
        """RequestError if it is none."""
        try:
            return cls.model_validate_json(data)
        except ValidationError:
            raise RequestError(
                "This is not a badge.", next="Give a file that `selfdata check --badge` wrote."
            ) from None


def badge_of(report: Report, manifest: Manifest, code: str, today: datetime.date) -> Badge:
    """The badge of a report on every rule. `code`: the digest."""
    return Badge(
        badge=FORMAT,
        service=manifest.id,
        version=manifest.version,
        sdk=__version__,
        level=report.level,
        rules={f.rule.id: f.outcome for f in report.findings},
        manifest=manifest.digest,
        code=code,
        date=today,
    )


def strangers(badge: Badge, manifest: Manifest, code: str) -> tuple[Text, ...]:
    """In what a badge is of another service, version, manifest or code: found without running any of it."""
    return tuple(_strangers(badge, manifest, code))


def _strangers(badge: Badge, manifest: Manifest, code: str) -> Iterator[Text]:
    theirs, ours = f"{badge.service} {badge.version}", f"{manifest.id} {manifest.version}"
    if theirs != ours:
        yield Text(
            en=f"The badge is of {theirs}, and this is {ours}.", fr=f"Le badge est de {theirs}, et voici {ours}."
        )
    if badge.manifest != manifest.digest:
        yield Text(
            en="The manifest is not the one that was checked: it changed since.",
            fr="Le manifeste n'est pas celui qui a été vérifié\u00a0: il a changé depuis.",
        )
    if badge.code != code:
        yield Text(
            en="The code is not the one that was checked: it changed since.",
            fr="Le code n'est pas celui qui a été vérifié\u00a0: il a changé depuis.",
        )


def contradictions(badge: Badge, report: Report) -> tuple[Text, ...]:
    """In what a check of the same code finds something else. What one of the two could not verify counts neither way."""
    found = tuple(_contradictions(badge, report))
    return found if not found or badge.sdk == __version__ else (*found, _by_other_rules(badge.sdk))


def _by_other_rules(sdk: str) -> Text:
    return Text(
        en=f"It was written by selfdata {sdk}; this is {__version__}, whose rules may be others.",
        fr=f"Il a été écrit par selfdata {sdk}\u00a0; voici {__version__}, dont les règles peuvent différer.",
    )


def _contradictions(badge: Badge, report: Report) -> Iterator[Text]:
    found = {f.rule.id: f for f in report.findings}
    for rule, finding in found.items():
        if text := _contradiction(rule, badge.rules.get(rule), finding.outcome):
            yield text
    for rule in sorted(badge.rules.keys() - found.keys()):
        yield Text(
            en=f"It names the rule {rule}, which is not known here.",
            fr=f"Il nomme la règle {rule}, qui n'est pas connue ici.",
        )
    broken = {f.rule.level for rule, f in found.items() if badge.rules.get(rule) == "broken"}
    if badge.level != (implied := level_reached(broken)):
        claimed, real = _name(badge.level), _name(implied)
        yield Text(
            en=f"It gives itself the level “{claimed.en}”; by the rules that it keeps it is “{real.en}”.",
            fr=f"Il se donne le niveau «\u00a0{claimed.fr}\u00a0»\u00a0; "
            f"d'après les règles qu'il respecte, c'est «\u00a0{real.fr}\u00a0».",
        )


def _contradiction(rule: str, claimed: Outcome | None, found: Outcome) -> Text | None:
    if claimed is None:
        return Text(en=f"It says nothing of the rule {rule}.", fr=f"Il ne dit rien de la règle {rule}.")
    if found == "broken" and claimed != "broken":
        return Text(en=f"The rule {rule} is broken here.", fr=f"La règle {rule} est enfreinte ici.")
    if found == "kept" and claimed == "broken":
        return Text(
            en=f"The rule {rule} is kept here, and broken by the badge.",
            fr=f"La règle {rule} est respectée ici, et enfreinte d'après le badge.",
        )
    return None


_NONE = Text(en="does not work", fr="ne fonctionne pas")


def _name(level: Level | None) -> Text:
    return _NONE if level is None else LEVEL_NAMES[level]
