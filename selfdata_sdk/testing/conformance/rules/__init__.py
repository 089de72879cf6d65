"""Every rule for services, in the order in which they are told: by level, and from what matters most."""

from __future__ import annotations

from ..rule import LEVELS, Rule
from . import (
    accessible,
    budgets,
    explained,
    honest,
    identifiers,
    imports,
    languages,
    project,
    stable_ids,
    steady,
    survives,
    walls,
)

_THEMES = (
    survives,
    steady,
    honest,
    walls,
    imports,
    languages,
    identifiers,
    explained,
    accessible,
    stable_ids,
    budgets,
    project,
)

RULES: tuple[Rule, ...] = tuple(
    sorted((rule for theme in _THEMES for rule in theme.RULES), key=lambda rule: LEVELS.index(rule.level))
)
