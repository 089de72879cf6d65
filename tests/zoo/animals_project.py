"""Services that take too much, reach too far, or whose project lacks something."""

from __future__ import annotations

from .animal import CODE, Animal

PROJECT = "pyproject.toml"
_DAYS = '    days = water.by("day")\n'
_NUMPY = "import numpy as np\n"
_HOURS = "    yield from hours(water)\n"

_MANY = """    for n in range(30):
        yield Card(
            id=f"note-{n}",
            headline=Text(en="Water is dear to us all", fr="L'eau nous est chère à tous"),
            body=Text(en="Turn the tap off while you brush.", fr="Fermez le robinet en vous brossant les dents."),
            why=Text(en="A tip that everybody is given.", fr="Un conseil donné à tout le monde."),
        )
"""
_LARGE = """    yield Chart(
        id="wide",
        form="line",
        title=Text(en="Water in all hours", fr="L'eau de toutes les heures"),
        summary=Text(en="It goes up and down all day long.", fr="Elle monte et descend toute la journée."),
        unit="L",
        points=tuple(Point(at=Text(en=f"{i} {'l' * 900}", fr=f"{i} {'m' * 900}"), value=i) for i in range(150)),
    )
"""


def _early(line: str) -> tuple[str, str, str]:
    """The service begins with `line`."""
    return CODE, _DAYS, f"    {line}\n{_DAYS}"


ANIMALS = (
    Animal(
        "labours",
        breaks="time-budget",
        edits=(
            # In few homes only: there are many trials.
            _early("goal == 120 and [h.occupants for h in home] == [1] and len(water) and sum(range(20_000_000))"),
        ),
    ),
    Animal("greedy", breaks="memory-budget", edits=(_early("np.empty(96 << 17)"),)),
    Animal("many_cards", breaks="output-budget", edits=((CODE, _HOURS, _HOURS + _MANY),)),
    Animal("wide_charts", breaks="output-budget", edits=((CODE, _HOURS, _HOURS + _LARGE),)),
    Animal("stale_manifest", breaks="manifest-current", declared=False),
    Animal("no_manifest", breaks="manifest-current", without=("healthy/manifest.json",), declared=False),
    Animal(
        "undeclared_library",
        breaks="declared-imports",
        edits=((CODE, _NUMPY, f"{_NUMPY}from babel.numbers import format_decimal  # noqa: F401\n"),),
    ),
    Animal(
        "undeclared_library_by_name",
        breaks="declared-imports",
        edits=((CODE, _NUMPY, f'{_NUMPY}\n__import__("babel")\n'),),
    ),
    Animal(
        "inside_the_sdk",
        breaks="declared-imports",
        edits=((CODE, _NUMPY, f"{_NUMPY}from selfdata_sdk.model.wording import wording  # noqa: F401\n"),),
    ),
    Animal(
        "no_sdk_declared",
        breaks="declared-imports",
        edits=((PROJECT, '["numpy>=1.26", "selfdata-sdk>=0.1"]', '["numpy>=1.26"]'),),
    ),
    Animal(
        "opens_a_file",
        breaks="keeps-to-itself",
        edits=(
            (CODE, _NUMPY, f"{_NUMPY}import os\n\n"),
            _early('open(os.devnull, "rb").close()'),
        ),
    ),
    Animal(
        "opens_a_socket",
        breaks="keeps-to-itself",
        edits=((CODE, _NUMPY, f"{_NUMPY}import socket\n\n"), _early("socket.socket().close()")),
    ),
    Animal(
        "asks_for_less_of_the_processor",
        breaks="works-in-sandbox",
        edits=((CODE, _NUMPY, f"{_NUMPY}import os\n\n"), _early('hasattr(os, "nice") and os.nice(0)')),
    ),
    Animal("no_readme", breaks="project-complete", without=("README.md",)),
    Animal("no_licence", breaks="project-complete", without=("LICENSE",)),
    Animal("no_tests", breaks="project-complete", without=("tests/test_healthy.py",)),
    Animal("not_typed", breaks="project-complete", without=("healthy/py.typed",)),
    Animal("nobody_to_ask", breaks="project-complete", edits=((PROJECT, ', email = "ada@example.org"', ""),)),
)
