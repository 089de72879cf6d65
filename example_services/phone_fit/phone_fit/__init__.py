"""Phone fit: what a telephone is used for, held against what its plan includes and costs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from selfdata_sdk import Block, Context, Dataset, Need, Setting, Text, service

from .advice import advice
from .findings import find
from .rows import Billed, Plan, Use

USAGE = Need(
    why=Text(
        en="Add up calls, messages and data by month, without with whom; each one, to tell abroad and costs apart",
        fr="Additionner appels, messages et données par mois, sans savoir avec qui ; un à un, pour voir étranger et coûts",
    ),
    granularity="raw",
    back="P1Y",
)
PLANS = Need(
    why=Text(
        en="Hold your use against what your plan includes, and its price",
        fr="Comparer votre usage à ce que comprend votre forfait, et à son prix",
    ),
    back="P2Y",
    without=Text(
        en="No comparison with your plan, no price and no bills",
        fr="Pas de comparaison avec votre forfait, ni prix, ni factures",
    ),
)
BILLS = Need(
    why=Text(
        en="See what your operator's bills hold beside the plan",
        fr="Voir ce que les factures de votre opérateur comptent hors forfait",
    ),
    back="P1Y",
    where={"commodity": ("other",)},
    without=Text(
        en="Extra costs are known only where single uses have a price",
        fr="Les surcoûts ne sont connus que si chaque usage a un prix",
    ),
)
SPARE = Setting(
    Text(en="Percent to spare in the size of a plan", fr="Marge dans la taille d'un forfait, en %"), ge=0, le=200
)


@service(
    id="org.selfdata.phone-fit",
    name=Text(en="Phone fit", fr="Forfait juste"),
    summary=Text(
        en="Holds what your telephone is used for against what its plan includes and costs.",
        fr="Compare l'usage de votre téléphone à ce que comprend et coûte votre forfait.",
    ),
)
def phone_fit(
    context: Context,
    usage: Annotated[Dataset[Use], USAGE],
    plans: Annotated[Dataset[Plan], PLANS],
    bills: Annotated[Dataset[Billed], BILLS],
    spare: Annotated[int, SPARE] = 10,
) -> Iterable[Block]:
    return advice(find(usage, plans, bills, now=context.now, spare=spare))
