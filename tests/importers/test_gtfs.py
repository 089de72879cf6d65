"""A timetable is nobody's data: it is refused by name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from selfdata_sdk.importers import import_files
from selfdata_sdk.store import PersonalStore

FEED = Path(__file__).parents[1] / "files" / "mobility" / "gtfs_sample-feed-1.zip"


def test_a_feed_of_timetables_is_refused_in_a_sentence_of_its_own(store: PersonalStore, now: datetime) -> None:
    (file,) = import_files(store, [FEED], now=now).files
    assert file.refused is not None
    assert file.refused.what == "It is a timetable of public transport (GTFS), which says nothing about you."
    assert file.refused.next == "Import your own trips, tickets or positions."
    assert store.summary() == ()
