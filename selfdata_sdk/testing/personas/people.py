"""The homes of the personas, each with its story."""

from __future__ import annotations

from collections.abc import Mapping

from ...model.text import Text
from .home import Flaw, Holiday, Home, Member
from .rhythm import minute

_HOMES = (
    Home(
        name="single_flat",
        title=Text(en="Alone in a flat", fr="Une personne seule en appartement"),
        story=Text(
            en="Lives alone in 42 m², works in an office and at home on Tuesdays and Fridays. All electric. The water "
            "meter was silent for three days; a week of electricity was first estimated.",
            fr="Vit seule dans 42 m², travaille au bureau, et chez elle le mardi et le vendredi. Tout électrique. Le "
            "compteur d'eau s'est tu trois jours ; une semaine d'électricité a d'abord été estimée.",
        ),
        members=(Member("office"),),
        dwelling="flat",
        surface=42,
        built=1986,
        heating="electricity",
        hot_water="electricity",
        loss=62,
        dishwasher=False,
        standby=45,
        holidays=(Holiday("christmas", 2, 6), Holiday("spring", 7, 5), Holiday("summer", 30, 16)),
        flaws=(Flaw("gap", 95, days=3, meter="water"), Flaw("revision", 205, days=7, meter="electricity")),
    ),
    Home(
        name="family_garden",
        title=Text(en="A family with a garden", fr="Une famille avec jardin"),
        story=Text(
            en="Two adults and two children in a house of 118 m² with 300 m² of garden that drinks on summer evenings. "
            "Gas heats; electricity is cheaper at night. The water meter was replaced.",
            fr="Deux adultes et deux enfants dans une maison de 118 m² avec 300 m² de jardin qui boit les soirs d'été. "
            "Chauffage au gaz ; électricité moins chère la nuit. Le compteur d'eau a été remplacé.",
        ),
        members=(
            Member("office"),
            Member("at_home", shower="evening"),
            Member("school", shower="evening", bath=25, night=5),
            Member("school", shower="evening", bath=35, night=5),
        ),
        dwelling="house",
        surface=118,
        built=1994,
        heating="gas",
        hot_water="gas",
        loss=170,
        garden=300,
        dryer=True,
        off_peak=(minute("22:30"), minute("6:30")),
        power=9,
        standby=90,
        holidays=(Holiday("christmas", 3, 5), Holiday("winter", 1, 6), Holiday("summer", 9, 15)),
        flaws=(Flaw("meter-swap", 171, meter="water"), Flaw("gap", 233, days=2)),
    ),
    Home(
        name="second_home",
        title=Text(en="A second home", fr="Une résidence secondaire"),
        story=Text(
            en="A house of 74 m² where a couple comes on some week-ends and in school holidays. Empty, it is kept from "
            "freezing. The dial of the water meter went past its highest number.",
            fr="Une maison de 74 m² où un couple vient certains week-ends et pendant les vacances scolaires. Vide, elle "
            "reste hors gel. Le compteur d'eau a dépassé son plus grand nombre.",
        ),
        members=(Member("at_home"), Member("at_home", shower="evening")),
        dwelling="house",
        surface=74,
        built=1965,
        heating="electricity",
        hot_water="electricity",
        loss=120,
        garden=150,
        standby=22,
        comes="weekends",
        holidays=(
            Holiday("autumn", 1, 7),
            Holiday("christmas", 5, 9),
            Holiday("spring", 0, 8),
            Holiday("summer", 8, 23),
        ),
        flaws=(Flaw("rollover", 240, meter="water"), Flaw("gap", 120, days=5, meter="electricity")),
    ),
    Home(
        name="slow_leak_couple",
        title=Text(en="An elderly couple with a slow leak", fr="Un couple âgé et une fuite lente"),
        story=Text(
            en="Two pensioners in a house of 92 m², at home most of the day and up once in most nights. For some "
            "months a tap has been dripping: little, but without rest. A few days of water were first estimated.",
            fr="Deux retraités dans une maison de 92 m², chez eux presque toute la journée et debout une fois presque "
            "chaque nuit. Depuis quelques mois un robinet goutte : peu, mais sans arrêt. Quelques jours d'eau ont "
            "d'abord été estimés.",
        ),
        members=(Member("retired", night=80), Member("retired", night=65)),
        dwelling="house",
        surface=92,
        built=1972,
        heating="gas",
        hot_water="gas",
        cooking="gas",
        loss=165,
        garden=120,
        dishwasher=False,
        standby=75,
        holidays=(Holiday("christmas", 4, 4), Holiday("summer", 62, 10)),
        flaws=(Flaw("leak", 155, amount="3.4"), Flaw("revision", 88, days=5, meter="water")),
    ),
    Home(
        name="student_share",
        title=Text(en="A student share", fr="Une colocation étudiante"),
        story=Text(
            en="Three students in 78 m², late to bed, each away on some week-ends, all of them gone in parts of the "
            "holidays. For some days no meter was read.",
            fr="Trois étudiants dans 78 m², qui se couchent tard, s'absentent certains week-ends et partent une partie "
            "des vacances. Pendant quelques jours aucun compteur n'a été relevé.",
        ),
        members=(
            Member("student", apart=35),
            Member("student", shower="evening", apart=25),
            Member("student", apart=50),
        ),
        dwelling="flat",
        surface=78,
        built=1958,
        heating="gas",
        hot_water="gas",
        cooking="gas",
        loss=125,
        dishwasher=False,
        standby=75,
        holidays=(Holiday("christmas", 0, 14), Holiday("spring", 6, 6), Holiday("summer", 4, 40)),
        flaws=(Flaw("gap", 60, days=4), Flaw("gap", 190, days=1, meter="electricity")),
    ),
    Home(
        name="shift_worker",
        title=Text(en="A shift worker", fr="Un travail en équipes"),
        story=Text(
            en="One person on a cycle of mornings, afternoons and nights: the shower may run at five, the "
            "day be for sleep. 55 m² on district heating. The electricity meter was replaced.",
            fr="Une personne qui alterne matins, après-midi et nuits : la douche peut couler à cinq heures et le jour "
            "servir à dormir. 55 m² au chauffage urbain. Le compteur électrique a été remplacé.",
        ),
        members=(Member("shift", night=10),),
        dwelling="flat",
        surface=55,
        built=1978,
        heating="district_heat",
        hot_water="electricity",
        loss=75,
        standby=50,
        holidays=(Holiday("winter", 3, 7), Holiday("summer", 44, 14)),
        flaws=(Flaw("meter-swap", 132, meter="electricity"),),
    ),
    Home(
        name="holiday_family",
        title=Text(en="A family that goes away in every holiday", fr="Une famille qui part à chaque vacances"),
        story=Text(
            en="Two adults and three children in 96 m². They leave in every school holiday, three weeks in summer: "
            "water, electricity and gas show it on the same days. Some days were delivered late for all meters.",
            fr="Deux adultes et trois enfants dans 96 m². Ils partent à toutes les vacances scolaires, trois semaines en "
            "été : l'eau, l'électricité et le gaz le montrent les mêmes jours. Quelques jours ont été livrés en retard "
            "pour tous les compteurs.",
        ),
        members=(
            Member("office"),
            Member("office", shower="evening"),
            Member("teenager"),
            Member("school", shower="evening", night=5),
            Member("school", shower="evening", bath=30, night=5),
        ),
        dwelling="flat",
        surface=96,
        built=2003,
        heating="gas",
        hot_water="gas",
        loss=110,
        dryer=True,
        power=9,
        standby=95,
        holidays=(
            Holiday("autumn", 1, 8),
            Holiday("christmas", 1, 10),
            Holiday("winter", 0, 8),
            Holiday("spring", 7, 8),
            Holiday("summer", 21, 22),
        ),
        flaws=(Flaw("revision", 283, days=4),),
    ),
    Home(
        name="electric_commuter",
        title=Text(en="An electric-car commuter", fr="Des trajets quotidiens en voiture électrique"),
        story=Text(
            en="A couple with a child in a house of 112 m² with a heat pump. One drives 58 km a day and charges at home "
            "in the cheap hours. Two days of electricity were lost; the dial of the electricity meter began again.",
            fr="Un couple et un enfant dans une maison de 112 m² avec pompe à chaleur. L'un fait 58 km par jour et "
            "recharge chez lui en heures creuses. Deux jours d'électricité ont été perdus ; l'index électrique est "
            "reparti de zéro.",
        ),
        members=(Member("office"), Member("office", shower="evening"), Member("school", shower="evening", bath=30)),
        dwelling="house",
        surface=112,
        built=2016,
        heating="heat_pump",
        hot_water="electricity",
        loss=115,
        garden=200,
        car=58,
        off_peak=(minute("22:30"), minute("6:30")),
        power=12,
        standby=95,
        holidays=(Holiday("christmas", 2, 6), Holiday("spring", 1, 7), Holiday("summer", 16, 15)),
        flaws=(Flaw("rollover", 210, meter="electricity"), Flaw("gap", 73, days=2, meter="electricity")),
    ),
)

PERSONAS: Mapping[str, Home] = {home.name: home for home in _HOMES}
"""The homes of the personas by name."""
