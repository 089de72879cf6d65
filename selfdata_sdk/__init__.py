"""People using the data about them, under their control.

Everything that an author of a service needs is here; the record types are in `selfdata_sdk.model`. Names are
loaded when they are first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._version import __version__
    from .errors import SelfDataError
    from .model.quantity import Measure
    from .model.text import Text
    from .service.blocks import (
        Action,
        Alert,
        Ask,
        Block,
        Card,
        Chart,
        Comparison,
        Metric,
        NoInsight,
        Point,
        Points,
        Reference,
        Save,
    )
    from .service.context import Context
    from .service.dataset import Dataset
    from .service.need import Need
    from .service.own import OwnRecord
    from .service.pseudonym import Pseudonym
    from .service.row import Row
    from .service.service import Service, service
    from .service.setting import Setting

__all__ = [
    "Action",
    "Alert",
    "Ask",
    "Block",
    "Card",
    "Chart",
    "Comparison",
    "Context",
    "Dataset",
    "Measure",
    "Metric",
    "Need",
    "NoInsight",
    "OwnRecord",
    "Point",
    "Points",
    "Pseudonym",
    "Reference",
    "Row",
    "Save",
    "SelfDataError",
    "Service",
    "Setting",
    "Text",
    "__version__",
    "service",
]

_BLOCKS = (
    "Action Alert Ask Block Card Chart Comparison Metric NoInsight Point Points Reference Save".split()  # noqa: SIM905
)
_HOMES = {
    "__version__": "_version",
    "SelfDataError": "errors",
    "Measure": "model.quantity",
    "Text": "model.text",
    **dict.fromkeys(_BLOCKS, "service.blocks"),
    "Context": "service.context",
    "Dataset": "service.dataset",
    "Need": "service.need",
    "OwnRecord": "service.own",
    "Pseudonym": "service.pseudonym",
    "Row": "service.row",
    "Service": "service.service",
    "Setting": "service.setting",
}


def __getattr__(name: str) -> Any:
    if name == "service":
        return import_module(f"{__name__}.service")  # the package is the decorator too
    if (home := _HOMES.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
