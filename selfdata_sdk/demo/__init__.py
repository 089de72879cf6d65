"""The demonstration: a year of a real water meter, and an invented household. See LICENSE for the data."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

READINGS = Path(__file__).with_name("daiad_alicante_leak_12d.csv")
HOUSEHOLD = Path(__file__).with_name("household.json")
TZ = "Europe/Madrid"
SINCE = date(2016, 3, 1)
NOW = datetime(2017, 3, 1, 8, 0, tzinfo=ZoneInfo(TZ))
"""The morning after the last reading."""
SERVICE = "org.selfdata.water-coach"
