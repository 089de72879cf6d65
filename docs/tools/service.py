"""The page of the service contract."""

from __future__ import annotations

from dataclasses import MISSING, fields

from selfdata_sdk import Context, Dataset, Measure, Need, OwnRecord, Row, Setting, Text
from selfdata_sdk.service.purpose import PURPOSES, REFUSED
from selfdata_sdk.service.row import WITHHELD
from selfdata_sdk.service.service import service

from .markdown import block, code, page, prose, signature, table

INTRODUCTION = """
Everything that an author needs is imported from `selfdata_sdk`; the record types are in `selfdata_sdk.model`.
Other modules may change. The [tutorial](../tutorial/first-service.md) builds a service with these names.

```python
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from selfdata_sdk import Block, Context, Dataset, Need, NoInsight, Row, Setting, Text, service
from selfdata_sdk.model import WaterUse


class Hour(Row[WaterUse]):
    start: datetime
    litres: float | None


WATER = Need(
    why=Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos"),
    granularity="hour",
    at_worst="day",
    back="P1Y",
)
GOAL = Setting(Text(en="Litres a day", fr="Litres par jour"), ge=20, le=2000)


@service(
    id="org.example.leaks",
    name=Text(en="Leaks", fr="Fuites"),
    summary=Text(en="Finds leaks in your water use.", fr="Repère les fuites dans votre consommation d'eau."),
)
def leaks(
    context: Context,
    water: Annotated[Dataset[Hour], WATER],
    goal: Annotated[int, GOAL] = 300,
) -> Iterable[Block]: ...
```

The signature is the data request: each parameter that is a `Dataset` is one need, each `Setting` is something that
the person may adjust. A mistake in it is a [`ServiceMistake`](errors.md#servicemistake) when the module is imported,
with the parameter's name and the repair. `Need` and `Setting` are values of the module, where type checkers look at
their arguments.
"""

DATASET_PROPERTIES = ("granularity", "tz", "period", "series", "provisional", "coverage")
DATASET_METHODS = ("column", "by", "latest", "to_pandas", "to_polars")


def service_page() -> str:
    return page(
        "Service contract",
        INTRODUCTION,
        "## `service`",
        block(signature("@service", service)),
        prose(service.__doc__),
        "The result is a `Service`: the function with what it asks for. Calling it calls the function.",
        "## `Row`",
        prose(Row.__doc__),
        "Never given to a service, whatever the row asks for:",
        "\n".join(f"- {code(name)}: {reason}." for name, reason in WITHHELD.items()),
        "Which Python types a field may be asked for as: see the [kinds](model.md#kinds).",
        "## `OwnRecord`",
        prose(OwnRecord.__doc__),
        "What a schema may say: see the [manifest](manifest.md#record-types-of-a-services-own).",
        "## `Need`",
        _dataclass(Need),
        "### Purposes",
        "Terms of the W3C Data Privacy Vocabulary. `purpose` is one of",
        table(("Purpose", "Said as", ""), [(code(p), t.en, t.fr) for p, t in PURPOSES.items()]),
        "Refused, as no person can be asked for them here: " + ", ".join(map(code, REFUSED)) + ".",
        "## `Setting`",
        _dataclass(Setting),
        "The annotation is `int`, `float`, `bool`, `str` or a `Literal` of texts; the parameter's default holds until "
        "the person says otherwise (`selfdata run SERVICE --set name=value`).",
        "## `Context`",
        _dataclass(Context),
        "## `Dataset`",
        prose(Dataset.__doc__),
        *(f"### {code(name)}\n\n{prose(getattr(Dataset, name).__doc__)}" for name in DATASET_PROPERTIES),
        *(_method(name) for name in DATASET_METHODS),
        "### Others",
        "`len(dataset)` counts rows. Iterating gives rows in order of time. `dataset[start:end]` cuts by aware datetimes. "
        "`__arrow_c_stream__` gives the columns to anything that reads Arrow.",
        "## `Text`",
        prose(Text.__doc__),
        *(
            f"### {code(n)}\n\n{block(signature(n, getattr(Text, n)))}\n\n{prose(getattr(Text, n).__doc__)}"
            for n in ("say", "fill")
        ),
        "## `Measure`",
        _dataclass(Measure),
    )


def _dataclass(kind: type) -> str:
    rows = []
    for field in fields(kind):
        default = "" if field.default is MISSING else code(repr(field.default))
        rows.append((code(field.name), code(str(field.type)), "" if default else "required", default))
    return prose(kind.__doc__) + "\n\n" + table(("Field", "Type", "", "Default"), rows)


def _method(name: str) -> str:
    method = getattr(Dataset, name)
    return f"### {code(name)}\n\n{block(signature(name, method))}\n\n{prose(method.__doc__)}"
