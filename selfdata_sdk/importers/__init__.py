"""Holders' files into records: one importer per format, recognised by content.

`import_files` imports into a store; plugins add formats through the hook `selfdata_importers`.
"""

from __future__ import annotations

from .file import File, Sample
from .importer import Importer, Item, Options, Rejection, Remark
from .importing import import_files
from .registry import Fault, Importers
from .report import FileReport, Report, SeriesReport

__all__ = [
    "Fault",
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
