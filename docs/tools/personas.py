"""The page of the personas, with figures and plots worked out from the personas themselves."""

from __future__ import annotations

from collections.abc import Callable

from selfdata_sdk.model.wording import wording
from selfdata_sdk.testing.personas import KINDS, Persona
from selfdata_sdk.testing.personas.reference import reference

from .markdown import code, page, table
from .persona_figures import HOMES, means, personas, population
from .persona_plots import MONDAY, split_plot, together_plot, week_plot, year_plot

PLOTS: dict[str, Callable[[], str]] = {
    "explanation/personas/week.svg": week_plot,
    "explanation/personas/year.svg": year_plot,
    "explanation/personas/together.svg": together_plot,
    "explanation/personas/split.svg": split_plot,
}

SOURCES = {
    "water": "Water",
    "electricity": "Electricity",
    "night": "Hours at zero",
    "leaks": "Leaks",
    "school_holidays": "School holidays",
    "climate": "Weather",
    "gas": "Gas",
    "prices": "Prices",
}
"""What is told of where figures come from: the entries of the reference data, and what they are about."""

INTRODUCTION = """
A service is tried before anybody's data are there, and its findings are judged by someone who knows what really happened.
Real data offer neither. So selfdata brings invented households, the *personas*: each has a name, a story, and 400 days of
water, electricity and gas that hang together. Nobody's data are in them.

`selfdata personas list` names them, `selfdata personas show NAME` tells what one holds and what really happened in it,
`selfdata run FOLDER --persona NAME` runs your service on it, and in a test it is
`run_on(my_service, persona("family_garden"))`. Nothing is asked for and nothing is kept: there is no person to ask.
`selfdata --home DIR personas load NAME` puts one into a home of its own, to try agreeing, running and the journal too.
"""

CALENDAR = """
A persona is made in the order in which life goes, not by drawing curves:

1. **A calendar.** Each member of the home gets up, leaves, comes back and goes to bed by a rhythm of their own (an office, a
   school, shifts, a pension), week-ends, school holidays and journeys included. While they are at home things happen: a
   shower, a lunch, a wash, an evening with the garden hose, a car that charges. Events know a kind, a time and who; they
   know nothing of meters.
2. **Loads.** Each event takes so much water, and so many watts; what is hot takes heat from gas or electricity. Heating
   follows the weather and who is there. So a journey shows on all three meters on the same days:
"""

METERS = """
3. **Meters.** A dial counts each load up, in whole steps, and what was *used* is the difference of two of its readings. Dials
   are not read for some days, are replaced, go past their highest number. Days have 23 or 25 hours when the clocks change.
4. **Deliveries.** Holders send what they know when they know it: some days are estimated at first, then measured and sent
   anew, so that records have revisions.

In a year of water all of that is seen:
"""

TRUTHS = """
What really happened is data too: `persona(…).truths` lists it with dates and amounts, so that a service's findings can be
scored. The household's own truths are there, and those that you plant:
`selfdata run FOLDER --persona NAME --with leak@2026-03-12:20L/h`, or `persona(NAME, plant=["leak@2026-03-12:20L/h"])`.
"""

PLANTING = """
A kind of truth, `@`, the day from which it is so, and then the amount, the number of days and the meter, as far as they are
to be said. Without a number of days it goes on to the end. `selfdata.testing.personas.households(n)` makes any number of
households, all different, some with a leak: for figures such as how many leaks a service finds, and how many it only
believes to find.
"""

REAL = """
An invented household is of use only where it is like a real one. So the personas are held against what is published:
their own figures in the first rows, then those of {homes} households that are varied from them, and what is known of real
homes.
"""

SPLIT = """
Where the water goes follows from the events, and is not set anywhere:
"""

CHECKED = """
Tests hold the means of many such households to these figures, and the share of homes in which water seems never to rest, for
days, to what was counted in 81 real ones. Where the personas change, this page is written anew, and a test fails until it is.
"""

SAME = """
The same name, seed and truths give the same bytes on any system: chance comes from the raw bits of a generator whose output
is fixed, all is reckoned in whole numbers, and tests hold the digests of records.
Another `--seed` is another life of the same home. A year takes a fraction of a second.
"""

NOT = """
- **No sample of the population.** Eight homes were chosen so that services meet what differs, not so that they are
  representative. Figures about France are not to be drawn from them.
- **No evidence that a service is right about real homes.** Finding every planted leak is needed, and is not enough: real leaks
  were never planted, and real meters err in ways that nobody thought of.
- **French homes in one climate.** Holidays, prices and temperatures are French, the weather is near that of Lyon.
"""


def personas_page() -> str:
    return page(
        "Personas",
        INTRODUCTION,
        table(("Name", "Who", "Story"), [(code(p.name), p.title.en, p.story.en) for p in personas()]),
        f"A week of their water, hour by hour, from {wording(MONDAY, 'en')} on; the week-end has a ground of its own:",
        _picture("week", f"Bars of water in each of the 168 hours of a week for {_names()}."),
        "## How they are made",
        CALENDAR,
        _picture(
            "together", "Daily water, electricity and gas of holiday_family: all fall on the days of its journeys."
        ),
        METERS,
        _picture("year", "Daily water of each persona over 400 days, with journeys, leaks, gaps and meters replaced."),
        "## Truths",
        TRUTHS,
        table(("Kind", "What it is", "Planted as"), [(code(n), k.title.en, code(k.example)) for n, k in KINDS.items()]),
        PLANTING,
        "## Are they like real homes?",
        REAL.format(homes=HOMES),
        table(
            ("", "Persons", "Litres per person and day", "Electricity, kWh a year", "Hours in which no water ran"),
            [*map(_row, personas()), *_together()],
        ),
        SPLIT,
        _picture("split", "Percent of water by end use: " + _split() + "."),
        CHECKED,
        "## The same bytes",
        SAME,
        "## What they are not",
        NOT,
        "## Sources",
        "\n".join(f"- {title}: {reference(name)['source']}." for name, title in SOURCES.items()),
    )


def _picture(name: str, what: str) -> str:
    return f"![{what}](personas/{name}.svg)"


def _names() -> str:
    names = [p.name for p in personas()]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _row(household: Persona) -> tuple[str, ...]:
    found = means(household)
    return (code(household.name), str(found.persons), *_figures(found.litres, found.kwh, found.still))


def _together() -> list[tuple[str, ...]]:
    found = population()
    return [
        (f"{HOMES} households, varied", "", *_figures(found.litres, found.kwh, found.still)),
        ("**Real homes in the mean**", "", *_figures(reference("water")["litres"], reference("electricity")["kwh"])),
    ]


def _figures(litres: int, kwh: int, still: int | None = None) -> tuple[str, str, str]:
    return wording(litres, "en"), wording(kwh, "en"), "" if still is None else f"{still}%"


def _split() -> str:
    published = reference("water")["split"]
    return ", ".join(
        f"{end.replace('_', ' ')} {n} (published {published[end]})" for end, n in population().split.items()
    )
