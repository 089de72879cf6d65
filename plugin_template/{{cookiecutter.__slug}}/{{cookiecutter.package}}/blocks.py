{% from "chosen.jinja" import chart, dated, goal, memory, per_person, series with context %}
{% set several = series|length > 1 %}
"""What was found, put into words."""

{% if chart and not series %}
from collections import Counter
{% endif %}
{% set abstract = {"Iterator": several, "Mapping": memory, "Sequence": dated} %}
{% if several or memory or dated %}
from collections.abc import {{ abstract|items|selectattr(1)|map("first")|join(", ") }}
{% endif %}
from dataclasses import dataclass
{% if dated or memory %}
from datetime import date
{% endif %}

from selfdata_sdk import (
    Card,
{% if chart %}
    Chart,
{% endif %}
{% if series or goal or memory %}
    Comparison,
{% endif %}
    Measure,
    Metric,
{% if chart %}
    Point,
{% endif %}
{% if chart and series %}
    Reference,
{% endif %}
    Text,
)

{% if series %}
from .weeks import {{ "DAY, " if chart }}Weeks

A_DAY = Text(en="a day", fr="par jour")
BEFORE = Text(en="The four weeks before", fr="Les quatre semaines d'avant")
CHANGES = {
    "more": Text(en="{name}: more than before", fr="{name} : plus qu'avant"),
    "less": Text(en="{name}: less than before", fr="{name} : moins qu'avant"),
    "same": Text(en="{name}: as before", fr="{name} : comme avant"),
}
{% endif %}
{% if dated %}
SINCE = Text(en="since then", fr="depuis")
{% endif %}


@dataclass(frozen=True, slots=True)
class Topic:
    """What blocks are about: a need by its label, its name, and the unit and decimals in which it is shown."""

    need: str
    name: Text
    unit: str
    places: int = 0

    def measure(self, value: float) -> Measure:
        return Measure(value, self.unit, self.places)

    def metric(self, value: float, period: Text) -> Metric:
        return Metric(value=value, unit=self.unit, places=self.places, period=period)
{% if series %}


def compared(topic: Topic, weeks: Weeks) -> Card:
    return Card(
        id=topic.need,
        needs=(topic.need,),
        headline=CHANGES[weeks.change].fill(name=topic.name),
        body=Text(
            en="{now} a day on average from {first} to {last}, {before} in the four weeks before.",
            fr="{now} par jour en moyenne du {first} au {last}, {before} les quatre semaines d'avant.",
        ).fill(
            now=topic.measure(weeks.now),
            before=topic.measure(weeks.before),
            first=weeks.first,
            last=weeks.last,
        ),
        why=Text(
            en="Means of the days that are known. A difference of up to a tenth is not called one.",
            fr="Moyennes des jours connus. Un écart d'un dixième au plus n'est pas compté.",
        ),
        metric=topic.metric(weeks.now, A_DAY),
        comparison=Comparison(to="own_past", value=weeks.before, label=BEFORE),
        tone="attention" if weeks.change == "more" else "neutral",
    )
{% if goal %}


def aimed(topic: Topic, weeks: Weeks, goal: int) -> Card:
    met = weeks.now <= goal
    headline = (
        Text(en="{name}: goal met", fr="{name} : objectif tenu")
        if met
        else Text(en="{name}: above the goal", fr="{name} : au-dessus de l'objectif")
    )
    return Card(
        id="goal",
        needs=(topic.need,),
        headline=headline.fill(name=topic.name),
        body=Text(
            en="{now} a day on average from {first} to {last}. Your goal is {goal}.",
            fr="{now} par jour en moyenne du {first} au {last}. Votre objectif : {goal}.",
        ).fill(
            now=topic.measure(weeks.now),
            first=weeks.first,
            last=weeks.last,
            goal=topic.measure(goal),
        ),
        why=Text(
            en="The mean of the week's days that are known, and the goal that you set.",
            fr="La moyenne des jours connus de la semaine, et l'objectif que vous avez fixé.",
        ),
        metric=topic.metric(weeks.now, A_DAY),
        comparison=Comparison(to="target", value=goal, label=Text(en="Your goal", fr="Votre objectif")),
        tone="good" if met else "attention",
    )
{% endif %}
{% if chart %}


def charted(topic: Topic, weeks: Weeks) -> Chart:
    begin = weeks.first - 28 * DAY
    return Chart(
        id="days",
        needs=(topic.need,),
        form="bars",
        title=Text(en="{name}, day by day", fr="{name}, jour par jour").fill(name=topic.name),
        summary=Text(
            en="{now} a day in the last week, {before} in the four weeks before.",
            fr="{now} par jour la dernière semaine, {before} les quatre semaines d'avant.",
        ).fill(
            now=topic.measure(weeks.now),
            before=topic.measure(weeks.before),
        ),
        unit=topic.unit,
        places=topic.places,
        time_unit="day",
        points=tuple(Point(at=day, value=weeks.days.get(day)) for day in (begin + n * DAY for n in range(35))),
        reference=Reference(value=weeks.before, label=BEFORE),
    )
{% endif %}
{% if memory %}


def lowest(topic: Topic, weeks: Weeks, past: Mapping[date, float]) -> Card:
    day, amount = min(past.items(), key=lambda week: week[1])
    headline = (
        Text(en="{name}: your lowest week so far", fr="{name} : votre semaine la plus basse")
        if weeks.now < amount
        else Text(en="{name}: not your lowest week", fr="{name} : pas votre semaine la plus basse")
    )
    return Card(
        id="lowest",
        needs=(topic.need, "memory"),
        headline=headline.fill(name=topic.name),
        body=Text(
            en="The lowest before was {amount} a day, in the week up to {day}.",
            fr="La plus basse avant : {amount} par jour, la semaine finie le {day}.",
        ).fill(
            amount=topic.measure(amount),
            day=day,
        ),
        why=Text(
            en="The week's mean, and the lowest of the weeks that this service remembers.",
            fr="La moyenne de la semaine, et la plus basse des semaines dont ce service se souvient.",
        ),
        metric=topic.metric(weeks.now, A_DAY),
        comparison=Comparison(to="own_past", value=amount, label=Text(en="Lowest before", fr="La plus basse avant")),
    )
{% endif %}
{% if per_person %}


def per_person(topic: Topic, weeks: Weeks, people: int) -> Card:
    each = weeks.now / people
    return Card(
        id="person",
        needs=(topic.need, "home"),
        headline=Text(
            en="{name}: {each} for each person",
            fr="{name} : {each} par personne",
        ).fill(
            name=topic.name,
            each=topic.measure(each),
        ),
        body=Text(
            en="People who live here: {people}. Altogether: {now} a day.",
            fr="Personnes qui vivent ici : {people}. En tout : {now} par jour.",
        ).fill(
            people=people,
            now=topic.measure(weeks.now),
        ),
        why=Text(
            en="The week's mean, divided by the people of your newest description of the household.",
            fr="La moyenne de la semaine, divisée par les personnes de votre dernière description du foyer.",
        ),
        metric=topic.metric(each, A_DAY),
    )
{% endif %}
{% if several %}


def together(one: Topic, first: Weeks | None, other: Topic, second: Weeks | None) -> Iterator[Card]:
    """How often both are high on the same day; nothing if fewer than twenty days are known of both."""
    if first is None or second is None:
        return
    days = first.days.keys() & second.days.keys()
    if len(days) < 20:
        return
    high, other_high = first.high(days), second.high(days)
    both = len(high & other_high)
    chance = len(high) * len(other_high) / len(days)
    said = {
        "one": one.name,
        "other": other.name,
        "both": both,
        "days": len(days),
        "chance": Measure(chance, "1"),
    }
    yield Card(
        id=f"{one.need}-{other.need}",
        needs=(one.need, other.need),
        headline=Text(
            en="High together: {both} of {days} days",
            fr="Hautes ensemble : {both} des {days} jours",
        ).fill(**said),
        body=Text(
            en="If “{one}” and “{other}” had nothing to do with each other, it would be about {chance}.",
            fr="Si « {one} » et « {other} » n'avaient rien à voir, ce serait environ {chance}.",
        ).fill(**said),
        why=Text(
            en="Days on which each was above its own mean. By chance: one's share of the days times the other's.",
            fr="Jours où chacune dépassait sa moyenne. Par hasard : la part des jours de l'une fois celle de l'autre.",
        ),
        metric=Metric(value=both, unit="d", period=Text(en="high together", fr="hautes ensemble")),
        comparison=Comparison(to="norm", value=chance, label=Text(en="By chance", fr="Par hasard")),
    )
{% endif %}
{% endif %}
{% if dated %}


def newest(topic: Topic, dates: Sequence[date], today: date) -> Card:
    day = max(dates)
    age = (today - day).days
    return Card(
        id=topic.need,
        needs=(topic.need,),
        headline=Text(en="{name}: {day}", fr="{name} : {day}").fill(name=topic.name, day=day),
        body=Text(
            en="That is {age} ago. In your data: {count}.",
            fr="C'était il y a {age}. Dans vos données : {count}.",
        ).fill(
            age=topic.measure(age),
            count=len(dates),
        ),
        why=Text(
            en="The newest date in your data, and the days since.",
            fr="La date la plus récente dans vos données, et les jours écoulés.",
        ),
        metric=topic.metric(age, SINCE),
    )
{% endif %}
{% if memory and not series %}


def grown(topic: Topic, dates: Sequence[date], past: Mapping[date, float]) -> Card:
    day = min(past)
    said = {"name": topic.name, "now": len(dates), "before": past[day], "day": day}
    return Card(
        id="grown",
        needs=(topic.need, "memory"),
        headline=Text(
            en="{name}: {now} now, {before} on {day}",
            fr="{name} : {now} à présent, {before} le {day}",
        ).fill(**said),
        body=Text(
            en="This service has counted them since {day}.",
            fr="Ce service les compte depuis le {day}.",
        ).fill(**said),
        why=Text(
            en="The number of records now, and the first number of the last year that this service remembers.",
            fr="Le nombre d'enregistrements, et le premier de l'année passée dont ce service se souvient.",
        ),
        metric=Metric(value=len(dates), unit="1", period=Text(en="now", fr="à présent")),
        comparison=Comparison(to="own_past", value=past[day], label=Text(en="The first time", fr="La première fois")),
    )
{% endif %}
{% if goal and not series %}


def due(topic: Topic, dates: Sequence[date], today: date, days: int) -> Card:
    age = (today - max(dates)).days
    late = age > days
    headline = (
        Text(en="{name}: time to look again", fr="{name} : à revoir")
        if late
        else Text(en="{name}: no need to look again", fr="{name} : rien à revoir")
    )
    return Card(
        id="due",
        needs=(topic.need,),
        headline=headline.fill(name=topic.name),
        body=Text(
            en="The newest date is {age} ago. You look again after {days}.",
            fr="La date la plus récente : il y a {age}. À revoir après {days}.",
        ).fill(
            age=topic.measure(age),
            days=topic.measure(days),
        ),
        why=Text(
            en="The newest date in your data, and the days that you set.",
            fr="La date la plus récente dans vos données, et les jours que vous avez fixés.",
        ),
        metric=topic.metric(age, SINCE),
        comparison=Comparison(to="target", value=days, label=Text(en="Look again after", fr="À revoir après")),
        tone="attention" if late else "good",
    )
{% endif %}
{% if chart and not series %}


def charted(topic: Topic, dates: Sequence[date]) -> Chart:
    return Chart(
        id="dates",
        needs=(topic.need,),
        form="bars",
        title=Text(en="{name}, date by date", fr="{name}, date par date").fill(name=topic.name),
        summary=Text(en="In your data: {count}.", fr="Dans vos données : {count}.").fill(count=len(dates)),
        unit="1",
        time_unit="day",
        points=tuple(Point(at=day, value=count) for day, count in sorted(Counter(dates).items())),
    )
{% endif %}
