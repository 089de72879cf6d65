"""Holders' files into records: one importer per format, recognised by content.

`import_files` imports into a store.
"""

from __future__ import annotations

from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark
from .importing import import_files
from .registry import Importers
from .report import FileReport, Report, SeriesReport

__all__ = [
    "File",
    "FileReport",
    "Importer",
    "Importers",
    "Item",
    "Options",
    "Rejection",
    "Remark",
    "Report",
    "Sample",
    "SeriesReport",
    "import_files",
]
