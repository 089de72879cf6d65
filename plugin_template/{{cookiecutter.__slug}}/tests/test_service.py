{% from "chosen.jinja" import chart, counted, first, goal, memory, per_person, series with context %}
{% set name = cookiecutter.package %}
"""What the service must do."""

from datetime import UTC, {{ "date, " if memory and series }}datetime{{ ", timedelta" if not series }}
{% if not series and "Decimal(" in first.example|join %}
from decimal import Decimal
{% endif %}

from selfdata_sdk import {{ "Block, " if series }}Card, {{ "Chart, " if chart }}NoInsight{{ ", Save" if memory }}
{% if not series %}
from selfdata_sdk.model import {{ ([first.class, "Source"] + (["Money"] if "Money(" in first.example|join else []))|sort|join(", ") }}
{% elif memory %}
from selfdata_sdk.model import Source
{% endif %}
from selfdata_sdk.testing import {{ "persona, " if series }}run_on, service_tests

from {{ name }} import {{ name }}
{% if memory %}
from {{ name }}.service import Memory
{% endif %}

{% if cookiecutter.__email %}
TestService = service_tests({{ name }})
{% else %}
# Once pyproject.toml says how to reach you, it can be excellent.
TestService = service_tests({{ name }}, level="trustworthy")
{% endif %}
{% if series %}


def said(*truths: str{{ ", goal: int = %s" % goal.default if goal }}) -> dict[str, Block]:
    """The blocks by id, for a family of five in whose life these truths are planted."""
    family = persona("holiday_family", plant=truths)
    return {block.id: block for block in run_on({{ name }}, family{{ ", goal=goal" if goal }}).blocks}


def value(block: Block) -> float:
    """The number of a card."""
    assert isinstance(block, Card)
    assert block.metric is not None
    return block.metric.value


def test_a_week_away_is_less_than_before() -> None:
    card = said("absence@2026-10-23:9d")["{{ first.label }}"]
    assert isinstance(card, Card)
    assert card.headline.en == "{{ first.topic.en }}: less than before"
    assert card.comparison is not None
    assert value(card) < card.comparison.value / 2
{% if goal %}


def test_a_goal_is_met_or_missed() -> None:
    met, missed = (said(goal=goal)["goal"] for goal in ({{ goal.le }}, 1))
    assert isinstance(met, Card)
    assert isinstance(missed, Card)
    assert (met.tone, missed.tone) == ("good", "attention")
{% endif %}
{% if chart %}


def test_the_chart_has_each_day_of_five_weeks() -> None:
    chart = said()["days"]
    assert isinstance(chart, Chart)
    assert len(chart.points) == 35
{% endif %}
{% if memory %}


def test_remembers_the_lowest_week() -> None:
    family = persona("holiday_family")
    source = Source(holder="test", importer="test", version="1", retrieved_at=family.now)
    past = Memory.model_validate({"on": date(2026, 9, 6), "amount": 9999, "source": source})
    blocks = {block.id: block for block in run_on({{ name }}, [*family.tables, past], now=family.now).blocks}
    assert isinstance(lowest := blocks["lowest"], Card)
    assert lowest.headline.en == "{{ first.topic.en }}: your lowest week so far"
    assert isinstance(saved := blocks["memory"], Save)
    assert saved.values["amount"] == str(round(value(lowest), 3))
{% endif %}
{% if per_person %}


def test_five_people_share_the_amount() -> None:
    blocks = said()
    assert value(blocks["person"]) == value(blocks["{{ counted.label }}"]) / 5
{% endif %}
{% if series|length > 1 %}


def test_what_drops_together_is_high_together_more_often_than_by_chance() -> None:
    blocks = said("absence@2026-10-23:9d")
    for id in ({% for record in series[1:] %}{{ ", " if not loop.first }}"{{ first.label }}-{{ record.label }}"{% endfor %}{{ "," if series|length == 2 }}):
        card = blocks[id]
        assert isinstance(card, Card)
        assert card.comparison is not None
        assert value(card) > card.comparison.value
{% endif %}
{% else %}

NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)
BEGUN = NOW - timedelta(days=31)
SOURCE = Source(holder="test", importer="test", version="1", retrieved_at=NOW)
{{ first.row|upper }} = {{ first.class }}(
{% for given in first.example + ["source=SOURCE"] %}
    {{ given|replace("SERVICE", cookiecutter.id) }},
{% endfor %}
)


def test_tells_the_newest_date() -> None:
    card = run_on({{ name }}, [{{ first.row|upper }}], now=NOW).blocks[0]
    assert isinstance(card, Card)
    assert card.headline.en == "{{ first.title.en }}: 1 Mar 2026"
    assert card.metric is not None
    assert card.metric.value == 31
{% if goal %}


def test_says_when_to_look_again() -> None:
    early, late = (run_on({{ name }}, [{{ first.row|upper }}], now=NOW, days=n).blocks[1] for n in (31, 30))
    assert isinstance(early, Card)
    assert isinstance(late, Card)
    assert (early.tone, late.tone) == ("good", "attention")
{% endif %}
{% if memory %}


def test_remembers_how_many_there_were() -> None:
    past = Memory.model_validate({"on": BEGUN.date(), "amount": 3, "source": SOURCE})
    blocks = {block.id: block for block in run_on({{ name }}, [{{ first.row|upper }}, past], now=NOW).blocks}
    assert isinstance(grown := blocks["grown"], Card)
    assert grown.headline.en == "{{ first.title.en }}: 1 now, 3 on 1 Mar 2026"
    assert isinstance(saved := blocks["memory"], Save)
    assert (saved.values["on"], saved.values["amount"]) == ("2026-04-01", "1")
{% endif %}
{% if chart %}


def test_the_chart_has_each_date() -> None:
    chart = run_on({{ name }}, [{{ first.row|upper }}], now=NOW).blocks[{{ 2 if goal else 1 }}]
    assert isinstance(chart, Chart)
    assert [point.at for point in chart.points] == [BEGUN.date()]
{% endif %}
{% endif %}


def test_says_what_would_help_when_there_is_nothing() -> None:
    (nothing,) = run_on({{ name }}, [], now={{ "datetime(2026, 11, 1, 8, tzinfo=UTC)" if series else "NOW" }}).blocks
    assert isinstance(nothing, NoInsight)
    assert nothing.reason == "not_enough_data"
