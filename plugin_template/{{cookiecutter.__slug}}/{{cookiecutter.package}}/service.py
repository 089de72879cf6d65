{% from "chosen.jinja" import chart, counted, dated, first, goal, memory, needs, per_person, records, series, summary
    with context %}
{% from "strings.jinja" import python %}
{% macro text(said, indent) %}
Text(
{{ indent }}    en={{ python(said.en) }},
{{ indent }}    fr={{ python(said.fr) }},
{{ indent }})
{%- endmacro %}
{% macro day_of(record) %}{{ "on" if record.fields.on is defined else record.fields|first ~ ".date()" }}{% endmacro %}
{% macro amount_of(record) %}{{ record.value }}{{ " / %s" % record.shown.per if record.shown.per > 1 }}{% endmacro %}
{% macro read(record) %}
{% if record.value is defined %}
{% set days = "by_day(%s, lambda row: (row.%s, row.%s))" % (record.label, record.fields|first, amount_of(record)) %}
{{ record.found }} = Weeks.of({{ "uses(%s)" % days if record.kind == "dial" else days }})
{%- else %}
{{ record.found }} = [row.{{ day_of(record) }} for row in {{ record.label }}]
{%- endif %}
{% endmacro %}
{% macro nothing(record) %}
yield NoInsight(
    id="{{ record.label }}",
    reason="not_enough_data",
    help={{ text(record.help, "    ") }},
    needs=("{{ record.label }}",),
)
return
{%- endmacro %}
{% macro said(record) %}
{% set given = "%s_TOPIC, %s" % (record.need, record.found) %}
{% if record.value is defined %}
yield compared({{ given }})
{% else %}
yield newest({{ given }}, context.now.date())
{% endif %}
{% if goal and record == first %}
yield {{ "aimed" if series else "due" }}({{ given }}, {{ "context.now.date(), " if not series }}{{ goal.name }})
{% endif %}
{% if chart and record == first %}
yield charted({{ given }})
{% endif %}
{% if memory and record == first %}
{% set last = record.found ~ ".last" if series else "context.now.date()" %}
{% set amount = "round(%s.now, 3)" % record.found if series else "len(%s)" % record.found %}
past = {row.on: row.amount for row in memory if row.on < {{ record.found ~ ".first" if series else last }}}
if past:
    yield {{ "lowest" if series else "grown" }}({{ given }}, past)
yield Save.of("memory", Memory, on={{ last }}, amount={{ amount }})
{% endif %}
{% if per_person and record == counted %}
described = home.latest()
if described is not None and described.occupants > 0:
    yield per_person({{ given }}, described.occupants)
{% endif %}
{% endmacro %}
"""What the service asks for, and what it says. The signature of its function is the whole request."""

from collections.abc import Iterable
{% set kinds = needs|map(attribute="fields")|map("dictsort")|sum(start=[])|map("last")|list %}
{% set times = ["date", "datetime"]|select("in", kinds)|list %}
{% if times %}
from datetime import {{ times|join(", ") }}
{% endif %}
from typing import Annotated

from selfdata_sdk import (
    Block,
    Context,
    Dataset,
    Need,
    NoInsight,
{% if memory %}
    OwnRecord,
{% endif %}
    Row,
{% if memory %}
    Save,
{% endif %}
{% if goal %}
    Setting,
{% endif %}
    Text,
    service,
)
from selfdata_sdk.model import {{ records|map(attribute="class")|sort|join(", ") }}

{% set blocks = {
    "Topic": true,
    "aimed": goal and series,
    "charted": chart,
    "compared": series,
    "due": goal and not series,
    "grown": memory and not series,
    "lowest": memory and series,
    "newest": dated,
    "per_person": per_person,
    "together": series|length > 1,
} %}
from .blocks import {{ blocks|items|selectattr(1)|map("first")|join(", ") }}
{% if series %}
from .weeks import Weeks, by_day{{ ", uses" if series|selectattr("kind", "equalto", "dial")|list }}
{% endif %}
{% if memory %}


class Memory(OwnRecord, schema="memory.json"):
    """{{ memory.title.en }}: a record type of this service's own. Its fields are in the schema."""
{% endif %}
{% for record in needs %}


class {{ record.row }}(Row[{{ record.class }}]):
{% for field, kind in record.fields.items() %}
    {{ field }}: {{ kind }}
{% endfor %}
{% endfor %}


{% for record in needs %}
{{ record.need }} = Need(
    why={{ text(record.why, "    ") }},
{% if record.granularity != "raw" %}
    granularity="{{ record.granularity }}",
{% endif %}
{% if record.back != "P30D" %}
    back="{{ record.back }}",
{% endif %}
{% for field, values in record.where.items() %}
    where={"{{ field }}": ["{{ values|join('", "') }}"]},
{% endfor %}
{% if record != first %}
    without={{ text(record.without, "    ") }},
{% endif %}
)
{% endfor %}
{% if goal %}
{{ goal.name|upper }} = Setting(
    {{ text(goal.title, "    ") }},
    ge=1,
    le={{ goal.le }},
)
{% endif %}

{% for record in series + dated %}
{{ record.need }}_TOPIC = Topic(
    "{{ record.label }}",
    Text(en="{{ record.topic.en }}", fr="{{ record.topic.fr }}"),
    "{{ record.shown.unit }}",
{% if record.shown.places %}
    places={{ record.shown.places }},
{% endif %}
)
{% endfor %}


@service(
    id="{{ cookiecutter.id }}",
    name={{ text({"en": cookiecutter.name, "fr": cookiecutter.__name_fr}, "    ") }},
    summary={{ text(summary, "    ") }},
{% if memory %}
    produces=[Memory],
{% endif %}
)
def {{ cookiecutter.package }}(
    context: Context,
{% for record in needs %}
    {{ record.label }}: Annotated[Dataset[{{ record.row }}], {{ record.need }}],
{% endfor %}
{% if goal %}
    {{ goal.name }}: Annotated[int, {{ goal.name|upper }}] = {{ goal.default }},
{% endif %}
) -> Iterable[Block]:
{% for record in series + dated %}
    {{ read(record) }}
{% if record == first %}
    if {{ "%s is None" % record.found if series else "not %s" % record.found }}:
        {{ nothing(record)|indent(8) }}
    {{ said(record)|indent(4) }}
{%- else %}
    if {{ "%s is not None" % record.found if record in series else record.found }}:
        {{ said(record)|indent(8) }}
{%- endif %}
{% if record in series[1:] %}
    yield from together({{ first.need }}_TOPIC, {{ first.found }}, {{ record.need }}_TOPIC, {{ record.found }})
{% endif %}
{% endfor %}
