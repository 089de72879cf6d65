"""Every hook that a trusted plugin may implement. Entry-point group: `selfdata.plugins`."""

from __future__ import annotations

from selfdata_sdk.importers.hooks import ENTRY_POINTS, PROJECT, ImporterHooks, hookspec

HOOKS: tuple[type, ...] = (ImporterHooks,)
"""The classes whose methods are hooks, each with an example in its docstring."""

__all__ = ["ENTRY_POINTS", "HOOKS", "PROJECT", "ImporterHooks", "hookspec"]
