"""What tests of services, importers and clouds need. Only `strategies` needs hypothesis.

Names are loaded when they are first used: pytest imports this package in every project of an environment, for its plugin.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clouds import cloud_tests
    from .conformance.tests_of import service_tests
    from .importers import importer_tests
    from .personas import PERSONAS, Persona, persona
    from .running import run_on

__all__ = ["PERSONAS", "Persona", "cloud_tests", "importer_tests", "persona", "run_on", "service_tests"]

_HOMES = {
    **dict.fromkeys(("PERSONAS", "Persona", "persona"), "personas"),
    "cloud_tests": "clouds",
    "importer_tests": "importers",
    "run_on": "running",
    "service_tests": "conformance.tests_of",
}


def __getattr__(name: str) -> Any:
    if (home := _HOMES.get(name)) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
