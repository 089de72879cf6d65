"""The importers that are known: the built-in ones, loaded when a file may need them, and those of plugins."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Literal

import pluggy

from ..errors import PluginError, RequestError
from .file import Sample
from .hooks import ENTRY_POINTS, PROJECT, ImporterHooks
from .importer import Importer

Family = Literal["text", "json", "xml", "zip"]

BUILT_IN: dict[Family, tuple[str, ...]] = {
    "text": (
        "conso",
        "eau_services",
        "enedis_index",
        "enedis_load_curve",
        "flow",
        "hourly_index",
        "veolia_idf",
    ),
    "json": ("enedis_data_connect", "grand_lyon", "grdf_json"),
    "xml": ("enedis_sge", "espi"),
    "zip": ("grdf_xlsx",),
}
"""Modules of this package by the kind of file they read; each holds `IMPORTERS`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A plugin that is left out, and why."""

    plugin: str
    error: PluginError


def family(sample: Sample) -> Family:
    """The kind of file that a sample shows."""
    if sample.is_zip:
        return "zip"
    if sample.is_xml:
        return "xml"
    return "json" if sample.is_json else "text"


class Importers:
    """Importers by name. Built-in ones win a name that a plugin claims too."""

    def __init__(self, plugins: Iterable[tuple[str, Importer]] = (), faults: Iterable[Fault] = ()) -> None:
        self._plugins: dict[str, tuple[str, Importer]] = {}
        self._faults: list[Fault] = list(faults)
        for plugin, importer in plugins:
            self._add(plugin, importer)

    @classmethod
    def load(cls) -> Importers:
        """The built-in importers and those of installed plugins."""
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(ImporterHooks)
        faults: list[Fault] = []
        for entry in entry_points(group=ENTRY_POINTS):
            try:
                manager.register(entry.load(), entry.name)
            except Exception as error:
                faults.append(_fault(entry.name, "cannot be loaded", error))
        return cls.of(manager, faults)

    @classmethod
    def of(cls, manager: pluggy.PluginManager, faults: Iterable[Fault] = ()) -> Importers:
        """The importers of the plugins registered with `manager`."""
        found: list[tuple[str, Importer]] = []
        bad = list(faults)
        for hook in manager.hook.selfdata_importers.get_hookimpls():
            try:
                given: Iterable[Importer] = hook.function()  # type: ignore[assignment]  # pluggy types it as object
                found += [(hook.plugin_name, importer) for importer in given]
            except Exception as error:
                bad.append(_fault(hook.plugin_name, "fails when it is asked for its importers", error))
        return cls(found, bad)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The plugins that were left out."""
        return tuple(self._faults)

    def __iter__(self) -> Iterator[Importer]:
        """All importers, by name."""
        found = {i.name: i for group in BUILT_IN for i in _built_in(group)}
        found |= {name: importer for name, (_, importer) in self._plugins.items()}
        return iter(sorted(found.values(), key=lambda i: i.name))

    def named(self, name: str) -> Importer:
        """The importer `name`; RequestError with the nearest names if there is none."""
        known = {i.name: i for i in self}
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, known, 3, 0.4)
        raise RequestError(
            f"There is no format “{name[:60]}”.",
            next=f"Did you mean {' or '.join(near)}?" if near else f"Formats: {', '.join(known)}.",
        )

    def recognising(self, sample: Sample) -> tuple[Importer, ...]:
        """Every importer that takes the sample for its own format."""
        found = [i for i in _built_in(family(sample)) if i.recognises(sample)]
        for plugin, importer in list(self._plugins.values()):
            try:
                if importer.recognises(sample):
                    found.append(importer)
            except Exception as error:
                del self._plugins[importer.name]
                self._faults.append(_fault(plugin, "fails when it looks at a file", error))
        return tuple(found)

    def _add(self, plugin: str, importer: Importer) -> None:
        if not isinstance(importer, Importer):
            error = PluginError(
                f"It gives a {type(importer).__name__}, which is no importer.",
                where=plugin,
                next="Give it the members of selfdata_sdk.importers.Importer.",
            )
            self._faults.append(Fault(plugin, error))
        elif importer.name in self._plugins or any(importer.name == i.name for g in BUILT_IN for i in _built_in(g)):
            error = PluginError(
                f"The format name {importer.name} is taken.", where=plugin, next="Give its importer another name."
            )
            self._faults.append(Fault(plugin, error))
        else:
            self._plugins[importer.name] = (plugin, importer)


def _built_in(group: Family) -> tuple[Importer, ...]:
    return tuple(i for name in BUILT_IN[group] for i in import_module(f"{__package__}.{name}").IMPORTERS)


def _fault(plugin: str, what: str, error: Exception) -> Fault:
    # The exception's own message may hold anything, personal values too: its type is enough to find it.
    fault = PluginError(
        f"The plugin {what} ({type(error).__name__}).", where=plugin, next="Update or remove the plugin."
    )
    fault.__cause__ = error
    return Fault(plugin, fault)
