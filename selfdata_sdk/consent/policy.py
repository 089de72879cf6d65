"""What limits every grant: the host's own rules, and what a record type gives without a consent of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from selfdata_sdk.model.time import Granularity
from selfdata_sdk.service.need import Precision


@dataclass(frozen=True, slots=True)
class Policy:
    """The host's own limits, whatever a person agrees to. By record type; "*" is for all of them.

    refused    record types that no service is given here
    finest     the finest granularity
    back       how far back, as an ISO 8601 duration
    precision  for places
    """

    refused: frozenset[str] = frozenset()
    finest: Mapping[str, Granularity] = field(default_factory=dict)
    back: Mapping[str, str] = field(default_factory=dict)
    precision: Precision = "exact"
