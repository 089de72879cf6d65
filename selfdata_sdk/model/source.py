"""Where a record came from (after W3C PROV)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from .text import Line

Method = Literal["file", "api", "manual", "derived"]


class Source(BaseModel):
    """Who held the data and how they came here.

    `locator` is the place in the file (`line 27`, `$.releves[3]`). In tables, where one source stands for
    many records, it is a template with one `{}` for the number that each record keeps.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    holder: Line
    importer: Line
    version: str
    method: Method = "file"
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    locator: str | None = None
    retrieved_at: AwareDatetime
    derived_from: tuple[str, ...] = ()

    def at(self, number: int) -> Source:
        """This source with the template in `locator` filled with `number`."""
        if self.locator is None or "{}" not in self.locator:
            return self
        return self.model_copy(update={"locator": self.locator.replace("{}", str(number))})


def manual(now: datetime, holder: str = "self") -> Source:
    """The source of what a person typed in at `now`."""
    from .._version import __version__

    return Source(holder=holder, importer="manual", version=__version__, method="manual", retrieved_at=now)
