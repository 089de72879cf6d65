"""The importers that are known: the built-in ones, loaded when a file may need them, and those given by plugins."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Literal

from ..errors import PluginError, RequestError
from .file import Sample
from .importer import Importer

Family = Literal["text", "json", "xml", "zip", "pdf"]

BUILT_IN: dict[Family, tuple[str, ...]] = {
    "text": (
        "bank_csv",
        "cdr_csv",
        "ofx",
        "qif",
        "receipt_text",
        "conso",
        "eau_services",
        "enedis_index",
        "enedis_load_curve",
        "flow",
        "hourly_index",
        "owntracks",
        "vcard",
        "veolia_idf",
    ),
    "json": (
        "cozy",
        "bill_extracted",
        "enedis_data_connect",
        "geojson",
        "google_timeline",
        "grand_lyon",
        "grdf_json",
        "insurance_maif",
        "owntracks",
        "parcel",
        "receipt_mesinfos",
        "telecom_json",
    ),
    "xml": ("camt", "cii", "ubl", "ofx", "enedis_sge", "espi", "gpx"),
    "zip": (
        "cozy",
        "grdf_xlsx",
    ),
    "pdf": ("factur_x",),
}
"""Modules of this package by the kind of file they read; each holds `IMPORTERS`."""


def family(sample: Sample) -> Family:
    """The kind of file that a sample shows."""
    if sample.is_zip:
        return "zip"
    if sample.is_pdf:
        return "pdf"
    if sample.is_xml:
        return "xml"
    return "json" if sample.is_json else "text"


class Importers:
    """Importers by name: the built-in ones and those of plugins, whose names differ from all others.

    plugins  each with what names the plugin that brings it
    faults   what was left out before
    """

    def __init__(self, plugins: Iterable[tuple[str, Importer]] = (), faults: Iterable[PluginError] = ()) -> None:
        self._plugins = {importer.name: (plugin, importer) for plugin, importer in plugins}
        self._faults = list(faults)

    @property
    def faults(self) -> tuple[PluginError, ...]:
        """What was left out, and why."""
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
            except (Exception, SystemExit) as error:
                del self._plugins[importer.name]
                # The exception's own message may hold what the file holds: its class is enough to find it.
                fault = PluginError(
                    f"The plugin fails when it looks at a file ({type(error).__name__}).",
                    where=plugin,
                    next="Update or remove the plugin.",
                )
                fault.__cause__ = error
                self._faults.append(fault)
        return tuple(found)


def _built_in(group: Family) -> tuple[Importer, ...]:
    return tuple(i for name in BUILT_IN[group] for i in import_module(f"{__package__}.{name}").IMPORTERS)
