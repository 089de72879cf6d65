"""Hypothesis strategies for records and what is made of them, valid and not; written by hand so that they shrink well.

@given(tables(WaterUse))
def test_what_is_written_is_read(table): ...

The simplest example of each is what a person would write: one record at midnight, zero, nothing that may be left out.
"""

from __future__ import annotations

from .broken import (
    MISSING,
    Flaw,
    InvalidRecord,
    bad_values,
    doubtful_column,
    doubtful_tables,
    flaws,
    invalid_records,
)
from .grant import granted, grants, narrower, terms, unfit_terms
from .manifest import AXES, asked_needs, changed, changed_needs, durations, manifests, renamed
from .record import holders, records, series, sources
from .table import deliveries, duplicates, gappy_tables, revisions, tables, tables_over_clock_change
from .text import labels, matching, unclean_texts
from .time import CADENCES, ZONES, changing_days, clock_changes, dates, instants, local_times, zones
from .value import exts, moneys, values

__all__ = [
    "AXES",
    "CADENCES",
    "MISSING",
    "ZONES",
    "Flaw",
    "InvalidRecord",
    "asked_needs",
    "bad_values",
    "changed",
    "changed_needs",
    "changing_days",
    "clock_changes",
    "dates",
    "deliveries",
    "doubtful_column",
    "doubtful_tables",
    "duplicates",
    "durations",
    "exts",
    "flaws",
    "gappy_tables",
    "granted",
    "grants",
    "holders",
    "instants",
    "invalid_records",
    "labels",
    "local_times",
    "manifests",
    "matching",
    "moneys",
    "narrower",
    "records",
    "renamed",
    "revisions",
    "series",
    "sources",
    "tables",
    "tables_over_clock_change",
    "terms",
    "unclean_texts",
    "unfit_terms",
    "values",
    "zones",
]
