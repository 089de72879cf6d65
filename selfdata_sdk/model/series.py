"""Series: the unit in which records are stored, read and compared."""

from __future__ import annotations

from dataclasses import dataclass

from .time import Duration


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """All records of one type from one holder about one thing at one cadence.

    type      `name/major`
    holder    who held the data
    about     the supply point, account or line; "" if the holder names none
    register  the meter's register, "" for the only one or the total
    cadence   ISO 8601 duration of the usual interval; "" if irregular
    tz        IANA zone in which local days are cut; a move starts a new series

    Two series that differ only in holder's cadence overlap: they are never summed.
    """

    type: str
    holder: str
    about: str = ""
    register: str = ""
    cadence: str = ""
    tz: str = "Europe/Paris"

    @property
    def key(self) -> tuple[str, ...]:
        """What makes the series itself, in a fixed order: the input of names and ids."""
        return (self.type, self.holder, self.about, self.register, self.cadence, self.tz)

    @property
    def fineness(self) -> int:
        """Nominal length of an interval in microseconds; smaller is finer, irregular counts as coarsest."""
        return Duration.parse(self.cadence).nominal if self.cadence else 2**62
