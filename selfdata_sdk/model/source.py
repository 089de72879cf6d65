"""Where a record came from (after W3C PROV)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .instant import Instant
from .text import Line

Method = Literal["file", "api", "manual", "derived"]


class Source(BaseModel):
    """Who held the data and how they came here.

    `locator` is the place in the file (`line 27`, `$.releves[3]`). In tables, where one source stands for
    many records, it is a template with one `{}` for the number that each record keeps.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    holder: Line = Field(title="Who held the data", description="Qui détenait les données")
    importer: Line = Field(title="Importer", description="Importateur")
    version: str = Field(title="Version of the importer", description="Version de l'importateur")
    method: Method = Field("file", title="How the data came", description="Comment les données sont venues")
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        None, title="SHA-256 of the file", description="SHA-256 du fichier"
    )
    locator: str | None = Field(None, title="Place in the file", description="Endroit dans le fichier")
    retrieved_at: Instant = Field(title="When the data came", description="Date d'arrivée des données")
    derived_from: tuple[str, ...] = Field((), title="Derived from", description="Calculé à partir de")

    def at(self, number: int) -> Source:
        """This source with the template in `locator` filled with `number`."""
        if self.locator is None or "{}" not in self.locator:
            return self
        filled = self.locator.replace("{}", str(number))
        return Source.model_construct(self.model_fields_set, **{**self.__dict__, "locator": filled})


def manual(now: datetime, holder: str = "self") -> Source:
    """The source of what a person typed in at `now`."""
    from .._version import __version__

    return Source(holder=holder, importer="manual", version=__version__, method="manual", retrieved_at=now)
