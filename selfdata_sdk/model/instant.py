"""Instants and dates as fields of records.

Instants are kept in UTC: aware datetimes of one zone compare by their wall clock, so that in the autumn hour
02:30 summer time would not be before 02:00 winter time, and would not equal the same instant in UTC (PEP 495).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

_DATE_FIRST = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_as_time(value: Any) -> Any:
    """Refuse numbers, which pydantic takes for seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE_FIRST.match(value)):
        return value
    raise ValueError("is not a date and time with a zone like 2024-03-31T02:30:00+01:00")


def in_utc(value: datetime) -> datetime:
    """The same instant in UTC; ValueError if that is not between the years 1 and 9999."""
    if value.tzinfo is UTC:
        return value
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is out of range") from None


def _written_as_date(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DATE_FIRST.fullmatch(value):
        return value
    raise ValueError("is not a date like 2024-03-31")


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written_as_time, json_schema_input_type=AwareDatetime),
    AfterValidator(in_utc),
]
LocalDate = Annotated[date, BeforeValidator(_written_as_date, json_schema_input_type=date)]
