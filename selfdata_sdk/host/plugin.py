"""One plugin: where it comes from, the hooks that it implements, and what may be wrong with them."""

from __future__ import annotations

import difflib
import inspect
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pluggy

from ..errors import PluginError
from ..model.text import clean
from .hookspecs import HOOKS, PROJECT, Hooks


@dataclass(frozen=True, slots=True)
class Plugin:
    """An entry point, and the distribution that has it. `package`: the first part of its modules' names."""

    name: str
    distribution: str = ""
    version: str = ""
    package: str = ""

    @classmethod
    def at(cls, point: EntryPoint) -> Plugin:
        try:
            found = (point.dist.name, point.dist.version) if point.dist is not None else ("", "")
        except Exception:  # its metadata cannot be read; the plugin may still work
            found = ("", "")
        name, distribution, version = (clean(str(text))[:80] for text in (point.name, *found))
        return cls(name, distribution, version, point.value.partition(":")[0].partition(".")[0].strip())

    @classmethod
    def of(cls, name: str, loaded: object) -> Plugin:
        """A module or an object as a plugin."""
        module = loaded.__name__ if inspect.ismodule(loaded) else type(loaded).__module__
        return cls(name, package=module.partition(".")[0])

    def __str__(self) -> str:
        return f"{self.name} ({self.distribution} {self.version})" if self.distribution else self.name

    def error(self, what: str, step: str, line: str = "") -> PluginError:
        return PluginError(what, where=f"{self}, {line}" if line else str(self), next=step)

    def raised(self, what: str, raised: BaseException) -> PluginError:
        """That the plugin raised. The exception's own message may hold anything: its class and its line are enough."""
        what = f"The plugin {what} ({type(raised).__name__})."
        error = self.error(what, "Update or remove the plugin.", self._line(raised))
        error.__cause__ = raised
        return error

    def _line(self, raised: BaseException) -> str:
        """The last file and line of the plugin's own code that an exception came through, "" if there is none."""
        if isinstance(raised, SyntaxError) and raised.filename:
            return f"{Path(raised.filename).name}, line {raised.lineno}"
        line = ""
        for frame, number in traceback.walk_tb(raised.__traceback__):
            if str(frame.f_globals.get("__name__")).partition(".")[0] == self.package:
                line = f"{Path(frame.f_code.co_filename).name}, line {number}"
        return line


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a plugin and was left out for it: all of the plugin, or what the error names."""

    plugin: Plugin
    error: PluginError


class Mistake(Exception):
    """What is wrong with how a plugin is written, and the next step: two sentences."""


@dataclass(frozen=True, slots=True)
class Implementation:
    """One hook that a plugin implements. `old`: a wrapper of the older style, which is sent a result object."""

    hook: str
    function: Callable[..., Any]
    wraps: bool
    old: bool
    tryfirst: bool
    trylast: bool


def implementations(loaded: object) -> list[Implementation]:
    """The hooks that a loaded plugin implements; Mistake if it has none, or one that cannot be called."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    found = []
    for name in dir(loaded):
        options = manager.parse_hookimpl_opts(loaded, name)
        if options is not None:
            hook = options["specname"] or name
            if hook in HOOKS:
                found.append(_implementation(hook, getattr(loaded, name), options))
            elif not options["optionalhook"]:
                raise _no_hook(hook)
        elif name.startswith(f"{PROJECT}_") and callable(getattr(loaded, name)):
            raise Mistake(f"Its {name} is not marked.", "Put @hookimpl on it.") if name in HOOKS else _no_hook(name)
    if not found:
        raise Mistake("It implements no hook.", "Name the module that does in the entry point.")
    try:
        manager.register(loaded)
    except pluggy.PluginValidationError as error:
        raise Mistake(f"{str(error).splitlines()[-1].rstrip('.')}.", "Correct the function.") from error
    return found


def _no_hook(name: str) -> Mistake:
    near = difflib.get_close_matches(name, HOOKS, 1, 0.5)
    return Mistake(
        f"There is no hook {name[:60]}.", f"Did you mean {near[0]}?" if near else f"Hooks: {', '.join(HOOKS)}."
    )


def _implementation(hook: str, function: Callable[..., Any], options: pluggy.HookimplOpts) -> Implementation:
    wraps = options["wrapper"] or options["hookwrapper"]
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise Mistake(f"Its {hook} is async, and the host is not.", "Write it with def.")
    if inspect.isgeneratorfunction(function) and not wraps:
        raise Mistake(f"Its {hook} is a generator.", "Return the whole, or mark it as a wrapper.")
    return Implementation(
        hook, function, wraps, options["hookwrapper"], bool(options["tryfirst"]), bool(options["trylast"])
    )
