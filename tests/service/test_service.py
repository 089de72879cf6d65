"""`@service`: every mistake in a signature is found when the module is imported, and says its repair."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable
from types import ModuleType
from typing import Any

import pytest

from selfdata_sdk import Block, Context, NoInsight, Text, service
from selfdata_sdk.errors import ServiceMistake
from selfdata_sdk.service.service import Service, services_in


def test_the_signature_is_the_request() -> None:
    module = imported(GOOD)
    coach: Service[...] = module.coach
    assert [(r.label, r.row, r.need.granularity) for r in coach.requests] == [("water", module.Hour, "hour")]
    assert [(o.name, o.kind, o.default, o.ge, o.le) for o in coach.options] == [("goal", "integer", 120, 20, 500)]
    assert (coach.context, coach.place) == ("context", "written:coach")


def test_annotations_kept_as_text_mean_the_same() -> None:
    """`from __future__ import annotations` changes nothing."""
    later, now = imported(GOOD), imported(GOOD.replace("from __future__ import annotations", ""))
    assert later.coach.requests[0].shape.names == now.coach.requests[0].shape.names == ("litres", "start")


def test_a_service_is_still_a_function() -> None:
    """Its author calls it in tests, with its name and docstring."""

    @service(id="org.example.plain", name=Text(en="Plain", fr="Simple"), summary=Text(en="Says it.", fr="Le dit."))
    def plain(context: Context) -> Iterable[Block]:
        """What it does."""
        return [NoInsight(id="none", reason="gaps", help=Text(en=context.tz, fr=context.tz))]

    class Now:
        tz = "UTC"

    (block,) = plain(Now())  # type: ignore[arg-type]
    assert block.fallback.en == "There are gaps in the data. UTC."
    assert (plain.__name__, plain.__doc__) == ("plain", "What it does.")


def test_services_of_a_module_are_found_by_id() -> None:
    module = imported(GOOD)
    assert services_in(module.__name__) == (module.coach,)


GOOD = """
from __future__ import annotations
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from selfdata_sdk import Block, Context, Dataset, Need, Row, Setting, Text, service
from selfdata_sdk.model import HouseholdProfile, PriceComponent, SupplyAlert, SupplyContract, WaterUse

class Hour(Row[WaterUse]):
    start: datetime
    litres: float

class Home(Row[HouseholdProfile]):
    occupants: int

class Price(Row[PriceComponent]):
    label: str

class Contract(Row[SupplyContract]):
    prices: tuple[Price, ...]

WATER = Need(
    why=Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos"),
    granularity="hour",
    at_worst="day",
    back="P1Y",
)
GOAL = Setting(Text(en="Litres per day", fr="Litres par jour"), ge=20, le=500)

@service(
    id="org.example.coach",
    name=Text(en="Water coach", fr="Coach eau"),
    summary=Text(en="Finds leaks.", fr="Repère les fuites."),
    produces=[SupplyAlert],
)
def coach(
    context: Context,
    water: Annotated[Dataset[Hour], WATER],
    goal: Annotated[int, GOAL] = 120,
) -> Iterable[Block]:
    return []
"""


def imported(source: str) -> ModuleType:
    """The module that `source` is, as if imported."""
    import sys

    module = ModuleType("written")
    sys.modules["written"] = module
    exec(compile(textwrap.dedent(source), "written.py", "exec", dont_inherit=True), module.__dict__)
    return module


WATER = "water: Annotated[Dataset[Hour], WATER]"
GOAL = "goal: Annotated[int, GOAL] = 120"
LONG_ENOUGH = 'why=Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos")'

SIGNATURES = {
    "a bare Dataset": (WATER, "water: Annotated[Dataset, WATER]", "coach(water)", "does not say of what", "Row class"),
    "a bare Dataset without a need": (WATER, "water: Dataset", "coach(water)", "does not say of what", "Row class"),
    "a dataset without a need": (WATER, "water: Dataset[Hour]", "coach(water)", "has no Need", "NEED"),
    "a need that is not called": (
        WATER,
        "water: Annotated[Dataset[Hour], Need]",
        "coach(water)",
        "is the class",
        "Call it",
    ),
    "two needs": (WATER, "water: Annotated[Dataset[Hour], WATER, WATER]", "coach(water)", "two Needs", "one Need"),
    "a setting on a dataset": (
        WATER,
        "water: Annotated[Dataset[Hour], GOAL]",
        "coach(water)",
        "a Need, not a Setting",
        "with a Need",
    ),
    "a record type for a row": (
        WATER,
        "water: Annotated[Dataset[WaterUse], WATER]",
        "coach(water)",
        "not of rows",
        "class MyRow(Row[WaterUse])",
    ),
    "a row of an element": (
        WATER,
        "water: Annotated[Dataset[Price], WATER]",
        "coach(water)",
        "only a part of a record",
        "record type",
    ),
    "a default on a dataset": (WATER, f"{WATER} = None", "coach(water)", "has a default", "without"),
    "a name that cannot be resolved": (
        WATER,
        "water: Annotated[Dataset[Huor], WATER]",
        "coach(water)",
        "Huor cannot be resolved",
        "Huor",
    ),
    "an annotation that cannot be evaluated": (
        WATER,
        "water: Annotated[1 / 0, WATER]",
        "coach(water)",
        "ZeroDivisionError",
        "Correct",
    ),
    "no annotation": (WATER, "water", "coach(water)", "no annotation", "Annotated"),
    "no context": ("context: Context,", "", "coach", "no Context", "context: Context"),
    "two contexts": (
        "context: Context,",
        "context: Context, more: Context,",
        "coach",
        "context and more",
        "one parameter",
    ),
    "a default on the context": (
        "context: Context,\n    " + WATER,
        WATER + ",\n    context: Context = None",
        "coach(context)",
        "has a default",
        "Remove",
    ),
    "*args": (GOAL, f"{GOAL}, *args: int", "coach(args)", "*args", "Name each"),
    "**kwargs": (GOAL, f"{GOAL}, **more: int", "coach(more)", "**more", "Name each"),
    "a parameter without a name": (
        "context: Context,",
        "context: Context, /,",
        "coach(context)",
        "no name",
        "Remove the /",
    ),
    "a name that is not plain": (WATER, "Water: Annotated[Dataset[Hour], WATER]", "coach(Water)", "name", "ASCII"),
    "a setting without a Setting": (GOAL, "goal: int = 120", "coach(goal)", "no Setting", "SETTING"),
    "a setting that is not called": (
        GOAL,
        "goal: Annotated[int, Setting] = 120",
        "coach(goal)",
        "is the class",
        "Call it",
    ),
    "a need on a setting": (GOAL, "goal: Annotated[int, WATER] = 120", "coach(goal)", "goes with a Dataset", "Setting"),
    "a setting without a default": (GOAL, "goal: Annotated[int, GOAL]", "coach(goal)", "no default", "Give it one"),
    "a default below its bound": (GOAL, "goal: Annotated[int, GOAL] = 5", "coach(goal)", "at least 20", "20 or more"),
    "a default above its bound": (
        GOAL,
        "goal: Annotated[int, GOAL] = 501",
        "coach(goal)",
        "at most 500",
        "500 or less",
    ),
    "a default of another type": (
        GOAL,
        "goal: Annotated[int, GOAL] = 1.5",
        "coach(goal)",
        "not a whole number",
        "whole number",
    ),
    "a boolean for a number": (
        GOAL,
        "goal: Annotated[int, GOAL] = True",
        "coach(goal)",
        "not a whole number",
        "whole number",
    ),
    "a setting of another type": (
        GOAL,
        "goal: Annotated[list[int], GOAL] = []",
        "coach(goal)",
        "cannot have this type",
        "Literal",
    ),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_wrong_signature_is_refused_where_it_is_wrong(name: str) -> None:
    old, new, where, what, repair = SIGNATURES[name]
    assert GOOD.count(old) == 1
    found = mistake(GOOD.replace(old, new))
    assert found.where == where
    assert what in found.what
    assert repair in found.next


NEEDS = {
    "an unknown granularity": (
        'granularity="hour"',
        'granularity="hours"',
        "no granularity “hours”",
        "Did you mean “hour”",
    ),
    "an unknown at_worst": ('at_worst="day"', 'at_worst="week"', "no at_worst “week”", "total, year"),
    "at_worst finer than granularity": ('at_worst="day"', 'at_worst="raw"', "finer than granularity", "coarsest"),
    "a duration that is none": ('back="P1Y"', 'back="1 year"', "not an ISO 8601 duration", "P30D"),
    "a duration of no time": ('back="P1Y"', 'back="P0D"', "no time at all", "P30D"),
    "a duration past a life": ('back="P1Y"', 'back="P9999Y"', "longer than a life", "P30D"),
    "a why in one language": (LONG_ENOUGH, 'why="Find leaks from hours without rest"', "one language only", "fr="),
    "a why without French": (LONG_ENOUGH, 'why={"en": "Find leaks from hours without rest"}', "has no “fr”", "fr="),
    "a why that is too short": (
        LONG_ENOUGH,
        'why=Text(en="Leaks", fr="Repérer une fuite dans les heures")',
        "5 characters in “en”",
        "20 to 160",
    ),
    "a why that is too long": (
        LONG_ENOUGH,
        f'why=Text(en="Find leaks from hours", fr="{"x" * 161}")',
        "161 characters in “fr”",
        "20 to 160",
    ),
    "a without that is no text": ('back="P1Y"', "without=3", "not a Text", "fr="),
    "marketing": ('back="P1Y"', 'purpose="marketing"', "is refused", "Remove"),
    "an unknown purpose": ('back="P1Y"', 'purpose="academic_reserch"', "no purpose", "academic_research"),
    "a precision without places": ('back="P1Y"', 'precision="1km"', "holds no places", "Leave precision out"),
    "an unknown precision": ('back="P1Y"', 'precision="1m"', "no precision “1m”", "10km"),
    "where on no enumeration": ('back="P1Y"', 'where={"litres": ("1",)}', "no enumerated field litres", "basis"),
    "where on two fields": ('back="P1Y"', 'where={"basis": ("reported",), "x": ()}', "limits one field", "where="),
    "where with an unknown word": ('back="P1Y"', 'where={"basis": ("guessed",)}', "no value guessed", "reported"),
    "where with one text": ('back="P1Y"', 'where={"basis": "reported"}', "limited to no value", "tuple"),
}


@pytest.mark.parametrize("name", NEEDS)
def test_a_wrong_need_is_refused_at_its_parameter(name: str) -> None:
    old, new, what, repair = NEEDS[name]
    assert GOOD.count(old) == 1
    found = mistake(GOOD.replace(old, new))
    assert found.where == "coach(water)"
    assert what in found.what
    assert repair in found.next


def test_what_is_not_a_time_series_has_no_buckets() -> None:
    found = mistake(GOOD.replace("Dataset[Hour]", "Dataset[Home]"))
    assert (found.where, "not a time series" in found.what) == ("coach(water)", True)


SETTINGS = {
    "a title in one language": (
        'Text(en="Litres per day", fr="Litres par jour")',
        '"Litres per day"',
        "one language only",
    ),
    "bounds that cross": ("ge=20, le=500", "ge=500, le=20", "ge is greater than le"),
    "choices of a number": ("ge=20, le=500", 'choices=("120",)', "choices are texts"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_wrong_setting_is_refused_at_its_parameter(name: str) -> None:
    old, new, what = SETTINGS[name]
    found = mistake(GOOD.replace(old, new))
    assert found.where == "coach(goal)"
    assert what in found.what


TEXT_SETTINGS = {
    "bounds on a text": ("Annotated[str, GOAL]", "'a'", "ge=20, le=500", "ge and le are for numbers"),
    "a choice given twice": ("Annotated[str, GOAL]", "'a'", "choices=('a', 'a')", "given twice"),
    "a default that is no choice": ("Annotated[str, GOAL]", "'c'", "choices=('a', 'b')", "none of the choices"),
    "a default that is no literal": ("Annotated[Literal['a', 'b'], GOAL]", "'c'", "", "none of the choices"),
    "a default of two lines": ("Annotated[str, GOAL]", r"'a\nb'", "", "one clean line"),
}


@pytest.mark.parametrize("name", TEXT_SETTINGS)
def test_a_wrong_text_setting_is_refused(name: str) -> None:
    annotation, default, options, what = TEXT_SETTINGS[name]
    source = GOOD.replace(GOAL, f"goal: {annotation} = {default}").replace("ge=20, le=500", options)
    found = mistake(source.replace("import Annotated", "import Annotated, Literal"))
    assert (found.where, what in found.what) == ("coach(goal)", True)


IDENTITIES = {
    "an id that is not a reversed domain": ("org.example.coach", "coach", "coach, id", "not a service's id"),
    "an id with capitals": ("org.example.coach", "org.example.Coach", "coach, id", "not a service's id"),
    "an id of other letters": ("org.example.coach", "org.example.cоach", "coach, id", "not a service's id"),
    "a name in one language": (
        'name=Text(en="Water coach", fr="Coach eau")',
        'name="Water coach"',
        "coach, name",
        "one language only",
    ),
    "a name that is too long": ('en="Water coach"', f'en="{"w" * 61}"', "coach, name", "61 characters"),
    "a name that mixes scripts": ('en="Water coach"', 'en="Wаter coach"', "coach, name", "several scripts"),
    "a summary in one language": (
        'summary=Text(en="Finds leaks.", fr="Repère les fuites.")',
        "summary=None",
        "coach, summary",
        "not a Text",
    ),
    "a produced thing that is no record": (
        "produces=[SupplyAlert]",
        "produces=[str]",
        "coach, produces",
        "not a record type",
    ),
    "an async function": ("def coach", "async def coach", "coach", "not async"),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_a_wrong_declaration_is_refused(name: str) -> None:
    old, new, where, what = IDENTITIES[name]
    assert GOOD.count(old) == 1
    found = mistake(GOOD.replace(old, new))
    assert found.where == where
    assert what in found.what


def test_an_async_generator_is_refused() -> None:
    assert "not async" in mistake(GOOD.replace("def coach", "async def coach").replace("return []", "yield")).what


def test_two_services_of_a_module_have_two_ids() -> None:
    again = GOOD[GOOD.index("@service") :].replace("def coach", "def other")
    assert "coach has the id org.example.coach too" in mistake(GOOD + again).what


def test_a_service_is_declared_once() -> None:
    declare = service(id="org.example.a", name=Text(en="A", fr="A"), summary=Text(en="A.", fr="A."))

    @declare
    def once(context: Context) -> Iterable[Block]:
        return []

    wrong: tuple[Any, ...] = (once, lambda context: [], 3, print)
    for function in wrong:
        with pytest.raises(ServiceMistake):
            declare(function)


def test_a_list_has_no_buckets() -> None:
    source = GOOD.replace("Dataset[Hour]", "Dataset[Contract]").replace('granularity="hour"', 'granularity="raw"')
    assert imported(source.replace('at_worst="day"', 'at_worst="raw"')).coach.requests[0].shape.names == (
        "prices.label",
    )


def mistake(source: str) -> ServiceMistake:
    with pytest.raises(ServiceMistake) as caught:
        imported(source)
    assert caught.value.next, "every mistake says its repair"
    return caught.value


def test_the_zoo_is_of_one_good_service() -> None:
    """What the bad ones are changed from is accepted."""
    assert isinstance(imported(GOOD).coach, Service)
    assert inspect.signature(imported(GOOD).coach.function).parameters.keys() == {"context", "water", "goal"}
