"""Services that fail on what homes have, are not steady, or ask for more than they use."""

from __future__ import annotations

from .animal import CODE, Animal

BEGINS = '    days = water.by("day")\n'
"""Where the service begins."""


def beginning(line: str) -> tuple[str, str, str]:
    """The service does this before all else."""
    return CODE, BEGINS, f"    {line}\n{BEGINS}"


FAILING = (
    Animal("fails on one household", "runs", (beginning("[1 // (one.occupants - 2) for one in home]"),)),
    Animal(
        "is silent on one household",
        "runs",
        (
            beginning(
                'if home.latest() and home.latest().occupants == 4 and water.granularity == "hour":\n        return'
            ),
        ),
    ),
    Animal("takes data for granted", "survives-no-data", (beginning("water.latest().litres"),)),
    Animal("says nothing without data", "survives-no-data", (beginning("if not len(water):\n        return"),)),
    Animal(
        "takes a week for granted",
        "survives-little-data",
        (beginning('len(water) and water.by("day").column("start")[6]'),),
    ),
    Animal("refuses gaps", "survives-gaps", (beginning("assert not len(water) or water.coverage > 0.5"),)),
    Animal(
        "refuses provisional data",
        "survives-revisions",
        (beginning("assert not len(water) or not water.provisional.all()"),),
    ),
    Animal(
        "counts 24 hours a day",
        "survives-clock-change",
        (
            (CODE, "from datetime import datetime, timedelta", "from datetime import UTC, datetime, timedelta"),
            beginning("today = context.now.replace(hour=0, minute=0, second=0, microsecond=0)"),
            (
                CODE,
                "    whole = days",
                """    before = (today - timedelta(days=1)).astimezone(UTC)
    assert today.astimezone(UTC) - before == timedelta(hours=24)
    whole = days""",
            ),
        ),
    ),
    Animal("knows one meter", "survives-much-data", (beginning("assert not water.series.any()"),)),
    Animal(
        "knows a hundred days",
        "survives-much-data",
        ((CODE, 'back="P60D"', 'back="P2Y"'), beginning("assert len(water) < 12000")),
    ),
    Animal(
        "divides by the use",
        "survives-extremes",
        (beginning('len(water) > 300 and 1 // int(water.column("litres").max())'),),
    ),
    Animal("knows small numbers", "survives-extremes", (beginning('assert not (water.column("litres") > 1e6).any()'),)),
    Animal(
        "needs what may be refused",
        "survives-refusal",
        ((CODE, "lives.occupants if lives else 1", "lives.occupants"),),
    ),
    Animal(
        "needs hours",
        "survives-coarse-data",
        ((CODE, '    if water.granularity != "hour":\n        return\n', '    assert water.granularity == "hour"\n'),),
    ),
    Animal("divides by a setting", "survives-settings", (beginning("1 // (goal - 20)"),)),
)

KEEPING = (
    (CODE, "    Row,\n", "    Row,\n    Save,\n"),
    (CODE, "import HouseholdProfile, WaterUse", "import HouseholdProfile, SupplyAlert, WaterUse"),
    (
        CODE,
        "WATER = Need(",
        """class Told(Row[SupplyAlert]):
    kind: str


TOLD = Need(
    why=Text(en="Count the alerts of the last month", fr="Compter les alertes du dernier mois"),
    without=Text(en="Alerts are not counted", fr="Les alertes ne sont pas comptées"),
)
WATER = Need(""",
    ),
    (CODE, "    home: Annotated", "    told: Annotated[Dataset[Told], TOLD],\n    home: Annotated"),
    (CODE, '    id="org.example.healthy",', '    id="org.example.healthy",\n    produces=(SupplyAlert,),'),
    (
        CODE,
        "    yield from hours(water)",
        """    yield Save.of("kept", SupplyAlert, at=context.now, kind="own", commodity="water")
    said = {"alerts": len(told), "kinds": len({one.kind for one in told})}
    yield Card(
        id="told",
        headline=Text(en="{alerts} alerts so far", fr="{alerts} alertes jusqu'ici").fill(**said),
        body=Text(en="They are of {kinds} kinds.", fr="Elles sont de {kinds} sortes.").fill(**said),
        why=Text(en="Counted over the last thirty days.", fr="Comptées sur les trente derniers jours."),
        needs=("told",),
    )
    yield from hours(water)""",
    ),
)
"""It keeps that it ran, and reads it at the next run."""

SAVING = (
    Animal(
        "does not know what it saved",
        "survives-itself",
        (*KEEPING, beginning('assert "own" not in {one.kind for one in told}')),
    ),
)

UNSTEADY = (
    Animal("asks for the time", "deterministic", (beginning("datetime.now(context.now.tzinfo)"),)),
    Animal(
        "asks for the machine",
        "deterministic",
        ((CODE, "import numpy as np", 'import os\n\nimport numpy as np\n\nSEED = os.environ.get("SEED")'),),
    ),
    Animal(
        "draws from chance of its own",
        "deterministic",
        ((CODE, "import numpy as np\n", "import numpy as np\n\nDRAW = np.random.default_rng()\n"),),
    ),
    Animal(
        "remembers between runs",
        "deterministic",
        (
            (CODE, "GOAL = Setting(", "SEEN: list[int] = []\nGOAL = Setting("),
            beginning("SEEN.append(goal)"),
            (CODE, "value=target, label", "value=target + len(SEEN), label"),
        ),
    ),
)

ASKING = (
    Animal(
        "asks for a field that it leaves alone",
        "honest-fields",
        ((CODE, "    litres: float\n", "    litres: float\n    min_flow: float | None\n"),),
    ),
    Animal(
        "asks for the quality and leaves it alone",
        "honest-fields",
        ((CODE, "    litres: float\n", "    litres: float\n    quality: str\n"),),
    ),
    Animal(
        "asks for a home that it leaves alone",
        "honest-fields",
        ((CODE, "lives.occupants if lives else 1", "2 if lives is not home else 1"),),
    ),
    Animal(
        "asks for a year and looks at two months",
        "honest-period",
        (
            (CODE, 'back="P60D"', 'back="P1Y"'),
            (
                CODE,
                "    yield level(litres",
                "    water = water[context.now - timedelta(days=60) :]\n    yield level(litres",
            ),
            (CODE, BEGINS, '    days = water[context.now - timedelta(days=60) :].by("day")\n'),
        ),
    ),
    Animal(
        "asks for hours and looks at days",
        "honest-granularity",
        ((CODE, "    yield from hours(water)\n    yield from rest(context, water)\n", ""),),
    ),
    Animal(
        "names one need of two",
        "honest-needs",
        (
            (
                CODE,
                '        tone="good" if litres <= target',
                '        needs=("water",),\n        tone="good" if litres <= target',
            ),
        ),
    ),
    Animal(
        "has a setting that it leaves alone",
        "used-settings",
        ((CODE, "yield level(litres, goal,", "yield level(litres, 120,"),),
    ),
)

ANIMALS = (*FAILING, *SAVING, *UNSTEADY, *ASKING)
