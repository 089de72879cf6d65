"""Trusted plugins, loaded one by one: one that fails is named and left out, and stops neither the host nor another."""

from __future__ import annotations

import functools
import inspect
import logging
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from importlib.metadata import entry_points
from typing import Any

import pluggy

from ..cloud import Cloud
from ..errors import PluginError, RecordTypeError, RequestError, SelfDataError
from ..importers import Importer, Importers
from ..model import REGISTRY, Record, Registry
from ..model.field import fields_of
from .hookspecs import ENTRY_POINTS, PROJECT, Hooks
from .log import logger
from .plugin import Fault, Implementation, Mistake, Plugin, implementations
from .report import RunReport, error_name

_hookimpl = pluggy.HookimplMarker(PROJECT)
_IMPORTER_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}")


class Plugins:
    """What trusted plugins add to the host.

    importers  the built-in ones and those of plugins
    registry   the record types of the model and those of plugins
    clouds     what opens a cloud, by the scheme of its URL
    faults     what was left out so far, and why
    """

    def __init__(self, plugins: Iterable[tuple[Plugin, Callable[[], object]]] = ()) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(Hooks)
        self._faults: list[Fault] = []
        self._left_out: set[Plugin] = set()
        self._givers: dict[int, tuple[object, Plugin]] = {}
        for plugin, load in plugins:
            self._register(plugin, load)
        given = {hook: self._given(hook) for hook in _PROBLEMS}
        importers = self._claimed("importer", given["selfdata_importers"], lambda: [i.name for i in Importers()])
        types = self._claimed("record type", given["selfdata_record_types"], lambda: [t.type for t in REGISTRY])
        self._openers = self._claimed("scheme", given["selfdata_clouds"], list)
        self.registry = Registry((*REGISTRY, *(kind for _, kind in types.values())))
        self.clouds: Mapping[str, Callable[[str], Cloud]] = {
            name: opener for name, (_, opener) in self._openers.items()
        }
        self.importers = Importers(
            [(str(plugin), importer) for plugin, importer in importers.values()], [f.error for f in self._faults]
        )

    @classmethod
    def load(cls) -> Plugins:
        """The installed plugins."""
        points = {(Plugin.at(point), point.value): point for point in entry_points(group=ENTRY_POINTS)}
        found = sorted(points, key=lambda key: (key[0].distribution, key[0].name, key[1]))
        return cls([(key[0], points[key].load) for key in reversed(found)])  # pluggy asks the last one first

    @classmethod
    def of(cls, **plugins: object) -> Plugins:
        """Modules or objects as plugins, by name: for the tests of whoever writes one."""
        return cls([(Plugin.of(name, p), functools.partial(_itself, p)) for name, p in reversed(plugins.items())])

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(self._faults)

    def observe(self, run: RunReport) -> None:
        """Tell every observer of a run, each with a copy. One that raises is named, and told of no other."""
        self._manager.hook.selfdata_run_ended(run=run)

    def open_cloud(self, url: str) -> Cloud:
        """The cloud at `url`. RequestError if nothing opens such a URL, PluginError if its plugin fails."""
        scheme = url.partition(":")[0].lower()
        if scheme not in self._openers:
            known = ", ".join(sorted(self._openers))
            raise RequestError(
                "Nothing installed here opens such a cloud.",
                next=f"The URL starts with one of: {known}." if known else "Install a plugin that does.",
            )
        plugin, opener = self._openers[scheme]
        try:
            cloud = opener(url)
        except (SelfDataError, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise plugin.raised("cannot open the cloud", error) from error
        if not isinstance(cloud, Cloud):
            raise plugin.error(f"What it opens is no cloud ({type(cloud).__name__}).", "Give it what Cloud has.")
        return cloud

    # Calling

    def _register(self, plugin: Plugin, load: Callable[[], object]) -> None:
        """Register what stands in for a plugin: the same hooks, none of which raises."""
        stand_in = _StandIn()
        with self._caught(plugin, "cannot be loaded"):
            for number, found in enumerate(implementations(load())):
                guarded = self._guarded_wrapper(plugin, found) if found.wraps else self._guarded(plugin, found)
                mark = _hookimpl(
                    specname=found.hook, wrapper=found.wraps, tryfirst=found.tryfirst, trylast=found.trylast
                )
                setattr(stand_in, f"hook_{number}", mark(guarded))
            self._manager.register(stand_in, repr(plugin))

    def _guarded(self, plugin: Plugin, found: Implementation) -> Callable[..., object]:
        @functools.wraps(found.function)
        def guarded(*arguments: object) -> object:
            with self._caught(plugin, f"fails in {found.hook}"):
                return self._right(plugin, found.hook, found.function(*deepcopy(arguments)))
            return None

        return guarded

    def _guarded_wrapper(self, plugin: Plugin, found: Implementation) -> Callable[..., object]:
        @functools.wraps(found.function)
        def guarded(*arguments: object) -> Generator[None, Any, Any]:
            wrapper = None
            with self._caught(plugin, f"fails in {found.hook}"):
                begun = found.function(*deepcopy(arguments))
                next(begun)
                wrapper = begun
            results = yield
            if wrapper is not None:
                with self._caught(plugin, f"fails in {found.hook}"):
                    given = _wrapped(wrapper, results, found.old)
                    if found.hook not in _PROBLEMS:
                        return given
                    right = [self._right(plugin, found.hook, one) for one in given]
                    return [one for one in right if one is not None]
            return results

        return guarded

    @contextmanager
    def _caught(self, plugin: Plugin, what: str) -> Iterator[None]:
        """Name a plugin that raises, and leave it out."""
        try:
            yield
        except KeyboardInterrupt:
            raise
        except Mistake as mistake:
            self._leave_out(plugin, plugin.error(*mistake.args))
        except BaseException as error:
            self._leave_out(plugin, plugin.raised(what, error))

    def _leave_out(self, plugin: Plugin, error: PluginError) -> None:
        self._name(plugin, error)
        self._left_out.add(plugin)
        if self._manager.has_plugin(repr(plugin)):
            self._manager.unregister(name=repr(plugin))

    def _name(self, plugin: Plugin, error: PluginError) -> None:
        self._faults.append(Fault(plugin, error))
        logger("selfdata.plugins").write(
            "plugin_fault",
            level=logging.WARNING,
            plugin=plugin.name,
            distribution=plugin.distribution,
            version=plugin.version,
            error=error_name(error.__cause__ or error),
        )

    # What is given

    def _right(self, plugin: Plugin, hook: str, given: object) -> object:
        """What a plugin gave, without what is of a wrong kind, which is named."""
        if inspect.iscoroutine(given):
            given.close()
        if hook not in _PROBLEMS:
            if given is not None:
                raise TypeError("an observer gives nothing")
            return None
        wanted = Mapping if hook == "selfdata_clouds" else Sequence
        if not isinstance(given, wanted) or isinstance(given, str):
            kind = wanted.__name__.lower()
            self._name(
                plugin, plugin.error(f"Its {hook} gives no {kind} ({type(given).__name__}).", f"Return a {kind}.")
            )
            return None
        right = []
        for item in given.items() if isinstance(given, Mapping) else given:
            if problem := _PROBLEMS[hook](item):
                self._name(plugin, plugin.error(*problem))
            else:
                right.append(item)
                thing = item[1] if isinstance(given, Mapping) else item
                self._givers.setdefault(id(thing), (thing, plugin))
        return dict(right) if isinstance(given, Mapping) else right

    def _given(self, hook: str) -> list[tuple[Plugin, str, Any]]:
        """Everything that plugins give, in the order in which they are asked: (plugin, name, thing)."""
        results = getattr(self._manager.hook, hook)()
        return [(self._givers[id(thing)][1], name, thing) for given in results for name, thing in _names(hook, given)]

    def _claimed(
        self, word: str, given: Iterable[tuple[Plugin, str, Any]], built_in: Callable[[], Iterable[str]]
    ) -> dict[str, tuple[Plugin, Any]]:
        """By name, what the first plugin gave that claims it; a name of the host's own is nobody's."""
        kept = [item for item in given if item[0] not in self._left_out]
        own = set(built_in()) if kept else set()
        found: dict[str, tuple[Plugin, Any]] = {}
        for plugin, name, thing in kept:
            if name in own or (name in found and found[name][1] is not thing):
                holder = "selfdata-sdk" if name in own else str(found[name][0])
                step = "Give it another name, or remove one of the two."
                self._name(plugin, plugin.error(f"The {word} {name} is taken by {holder}.", step))
            else:
                found.setdefault(name, (plugin, thing))
        return found


class _StandIn:
    """Holds a plugin's guarded hooks as attributes."""


def _itself(plugin: object) -> object:
    return plugin


def _wrapped(wrapper: Generator[None, Any, Any], results: object, old: bool) -> Any:
    """What becomes of `results` in a wrapper that has begun."""
    outcome = pluggy.Result.from_call(lambda: results)
    try:
        wrapper.send(outcome if old else results)
    except StopIteration as stop:
        return outcome.get_result() if old else stop.value
    wrapper.close()
    raise RuntimeError("a wrapper yields once")


def _names(hook: str, given: Any) -> Iterable[tuple[str, Any]]:
    match hook:
        case "selfdata_importers":
            return [(importer.name, importer) for importer in given]
        case "selfdata_record_types":
            return [(record_type.type, record_type) for record_type in given]
    return list(given.items())


def _importer_problem(item: object) -> tuple[str, str] | None:
    if not isinstance(item, Importer) or isinstance(item, type):
        return f"What it gives is no importer ({type(item).__name__}).", "Give it what Importer has."
    name: object = item.name
    if not (isinstance(name, str) and _IMPORTER_NAME.fullmatch(name)):
        return "Its importer has a name that cannot be used.", "Write it like grdf-xlsx."
    return None


def _record_type_problem(item: object) -> tuple[str, str] | None:
    if not (isinstance(item, type) and issubclass(item, Record)):
        return f"What it gives is no record type ({type(item).__name__}).", "Give subclasses of Record."
    try:
        Registry((item,))
        fields_of(item)
    except RecordTypeError as error:
        return error.what, error.next
    return None


def _cloud_problem(item: object) -> tuple[str, str] | None:
    match item:
        case (str(scheme), opener) if _SCHEME.fullmatch(scheme) and callable(opener):
            return None
    return "It gives a cloud without a scheme or without an opener.", 'Write it like {"folder": open_folder}.'


_PROBLEMS: Mapping[str, Callable[[object], tuple[str, str] | None]] = {
    "selfdata_importers": _importer_problem,
    "selfdata_record_types": _record_type_problem,
    "selfdata_clouds": _cloud_problem,
}
"""The hooks that give something, and what may be wrong with one thing that they give, with the next step."""
