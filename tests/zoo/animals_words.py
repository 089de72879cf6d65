"""Services that say it wrongly: in one language, with identifiers, without a reason, out of some people's reach."""

from __future__ import annotations

from .animal import CODE, Animal

_LEVEL_WHY = """            en="The mean of the whole days among the last sixty, from your meter's hours.",
            fr="La moyenne des journées complètes des soixante derniers jours, d'après les heures de votre compteur.",
"""
_REPEATED = """            en="Your goal for the home is a goal.",
            fr="Votre objectif pour le logement est votre objectif.",
"""
_TITLE = 'title=Text(en="Water by the hour of the day", fr="L\'eau selon l\'heure de la journée")'
_SUMMARY = 'summary=Text(en="Most runs after {hour}:00.", fr="Elle coule surtout après {hour} h.").fill(**said)'
_GOAL = 'GOAL = Setting(Text(en="Litres a day for each person", fr="Litres par jour et par personne")'
_BODY = (
    'body=Text(en="Your goal for the home is {target}.", fr="Votre objectif pour le logement est de {target}.").fill(\n'
    "            **said\n"
    "        )"
)
_PERIOD = 'period=Text(en="per day", fr="par jour")'
_ROWS = "class Home(Row[HouseholdProfile]):\n    occupants: int\n"
_HOME = "    home: Annotated[Dataset[Home], HOME],\n"
_CONTRACT = """CONTRACT = Need(
    why=Text(en="Say for which contract it is", fr="Dire pour quel contrat c'est"),
    without=Text(en="The contract is not named", fr="Le contrat n'est pas nommé"),
)
"""
_NUMBERS = """def numbers(contract: Dataset[Contract]) -> Text:
    named = ", ".join(sorted({each.number for each in contract}))
    return Text(en=f"the contract {named}", fr=f"le contrat {named}") if named else Text(en="you", fr="vous")


"""


def _body(en: str, fr: str) -> tuple[tuple[str, str, str], ...]:
    return ((CODE, _BODY, f'body=Text(en="{en}", fr="{fr}").fill(**said)'),)


ANIMALS = (
    Animal(
        "one_language_in_a_block",
        breaks="both-languages",
        edits=((CODE, _TITLE, 'title=Text(en="Water by the hour of the day", fr="Water by the hour of the day")'),),
    ),
    Animal(
        "english_where_french_belongs",
        breaks="both-languages",
        edits=(
            (CODE, _GOAL, 'GOAL = Setting(Text(en="Litres a day for each person", fr="Litres a day that you want")'),
        ),
    ),
    Animal(
        "french_where_english_belongs",
        breaks="both-languages",
        edits=((CODE, 'en="Your goal"', 'en="Votre objectif pour vous"'),),
    ),
    Animal(
        "one_word_in_both",
        breaks="both-languages",
        edits=((CODE, 'label=Text(en="Your goal", fr="Votre objectif")', 'label=Text(en="goal", fr="goal")'),),
    ),
    Animal(
        "other_numbers_only",
        breaks="both-languages",
        edits=((CODE, _PERIOD, 'period=Text(en="24 hours of 60", fr="24.0 hours of 60")'),),
    ),
    Animal(
        "names_the_contract",
        breaks="no-identifiers",
        edits=(
            (CODE, "import HouseholdProfile, WaterUse", "import HouseholdProfile, SupplyContract, WaterUse"),
            (CODE, _ROWS, f"{_ROWS}\n\nclass Contract(Row[SupplyContract]):\n    number: str\n"),
            (CODE, "GOAL = Setting", f"{_CONTRACT}GOAL = Setting"),
            (CODE, _HOME, f"{_HOME}    contract: Annotated[Dataset[Contract], CONTRACT],\n"),
            (CODE, "lives.occupants if lives else 1)", "lives.occupants if lives else 1, contract)"),
            (CODE, "occupants: int) -> Card:", "occupants: int, contract: Dataset[Contract]) -> Card:"),
            (CODE, '"target": Measure(target, "L")}', '"target": Measure(target, "L"), "of": numbers(contract)}'),
            (CODE, "def hours(", f"{_NUMBERS}def hours("),
            *_body("Your goal for {of} is {target}.", "Votre objectif pour {of} est de {target}."),
        ),
    ),
    Animal(
        "writes_an_address",
        breaks="no-identifiers",
        edits=_body(
            "Your goal is {target}. Write to ada@example.com to change it.",
            "Votre objectif est de {target}. Écrivez à ada@example.com pour le changer.",
        ),
    ),
    Animal(
        "gives_no_reason",
        breaks="explained",
        edits=((CODE, _LEVEL_WHY, '            en="A mean.",\n            fr="Une moyenne.",\n'),),
    ),
    Animal(
        "repeats_itself_as_a_reason",
        breaks="explained",
        edits=(
            (
                CODE,
                _LEVEL_WHY,
                _REPEATED,
            ),
        ),
    ),
    Animal(
        "picture_without_words",
        breaks="accessible",
        edits=(
            (CODE, _SUMMARY, 'summary=Text(en="Water by the hour.", fr="L\'eau selon l\'heure.").fill(**said)'),
            (
                CODE,
                '    said = {"hour": max(means, key=lambda hour: means[hour])}\n',
                "    said: dict[str, int] = {}\n",
            ),
        ),
    ),
    Animal(
        "says_it_by_colour",
        breaks="accessible",
        edits=_body(
            "Days above your goal of {target} are in red.",
            "Les jours au-dessus de l'objectif de {target} sont en rouge.",
        ),
    ),
    Animal(
        "shouts",
        breaks="accessible",
        edits=((CODE, _TITLE, 'title=Text(en="WATER BY THE HOUR OF THE DAY", fr="L\'EAU SELON L\'HEURE DU JOUR")'),),
    ),
    Animal("signs_only", breaks="accessible", edits=((CODE, _PERIOD, 'period=Text(en="☀", fr="☀")'),)),
    Animal(
        "long_winded",
        breaks="accessible",
        edits=_body(
            "Your goal for the home is {target}, which is the goal that you have set for each of the people who live in it, "
            "times the number of these people, as far as you have told how many of them live there with you.",
            "Votre objectif pour le logement est de {target}, soit l'objectif par personne multiplié par le nombre de "
            "personnes qui vivent chez vous.",
        ),
    ),
    Animal(
        "ids_with_a_date",
        breaks="stable-ids",
        edits=((CODE, 'id="hours"', 'id=f"hours-{water.latest().start:%Y-%m-%d}"'),),
    ),
    Animal(
        "ids_with_a_month",
        breaks="stable-ids",
        edits=((CODE, 'id="hours"', 'id=f"hours-{water.latest().start:%B}".lower()'),),
    ),
)
