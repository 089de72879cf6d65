"""What a service may know of its surroundings: the same context and data give the same blocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from selfdata_sdk.model.text import Language


@dataclass(frozen=True, slots=True)
class Context:
    """The only clock and the only chance that a service has.

    now       aware, in `tz`
    tz        the IANA zone of the person's data
    language  the one that the person reads; blocks carry both
    random    seeded from the service, `now` and the settings
    """

    now: datetime
    tz: str
    language: Language
    random: Random
