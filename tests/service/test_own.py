"""An author declares a record type in a schema beside the code, and is told of each mistake in it."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from selfdata_sdk import Save
from selfdata_sdk.errors import OutputError, ServiceMistake
from selfdata_sdk.model.own_record import own_type_of, record_type_of
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.own import read_own_type
from selfdata_sdk.testing import run_on

TITLES = {"title": "Points", "x-title-fr": "Points"}
SCHEMA: dict[str, Any] = {
    "x-type": "org.example.water-week.score/1",
    "title": "Week of water",
    "x-title-fr": "Semaine d'eau",
    "description": "How a week went.",
    "x-description-fr": "Comment une semaine s'est passée.",
    "type": "object",
    "x-time": "date",
    "properties": {
        "points": {"type": "integer", "minimum": 0, "maximum": 100, **TITLES},
        "litres": {"type": "string", "x-unit": "L", "x-places": 0, "x-reduce": "sum", **TITLES},
    },
    "required": ["points"],
}
CODE = """
from collections.abc import Iterable
from datetime import date
from typing import Annotated

from selfdata_sdk import Block, Context, Dataset, Need, NoInsight, OwnRecord, Row, Save, Text, service


class Score(OwnRecord, schema="score.json"): ...


class Week(Row[Score]):
    on: date
    points: int
    litres: float | None


SCORES = Need(
    why=Text(en="Hold this week against others", fr="Comparer cette semaine aux autres"),
    back="P1Y",
    without=Text(en="No comparison", fr="Pas de comparaison"),
)


@service(
    id="org.example.water-week",
    name=Text(en="Week", fr="Semaine"),
    summary=Text(en="Remembers weeks.", fr="Se souvient des semaines."),
    produces=[Score],
)
def week(context: Context, scores: Annotated[Dataset[Week], SCORES]) -> Iterable[Block]:
    best = max((row.points for row in scores), default=0)
    yield NoInsight(id="best", reason="nothing_new", help=Text(en=f"{best}", fr=f"{best}"))
    yield Save.of("score", Score, on=context.now.date(), points=best + 1)
"""

Write = Callable[..., ModuleType]


@pytest.fixture
def write(tmp_path: Path) -> Iterator[Write]:
    """Imports a module with this code and a schema beside it."""
    names: list[str] = []

    def make(code: str = CODE, schema: object = SCHEMA) -> ModuleType:
        name = f"own_written_{len(names)}"
        names.append(name)
        (tmp_path / "score.json").write_text(schema if isinstance(schema, str) else json.dumps(schema))
        (tmp_path / f"{name}.py").write_text(code)
        spec = importlib.util.spec_from_file_location(name, tmp_path / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    yield make
    for name in names:
        sys.modules.pop(name, None)


def test_a_class_of_a_schema_is_the_record_type_that_a_host_makes_of_the_manifest(write: Write) -> None:
    module = write()
    manifest = Manifest.from_json(manifest_of(module.week).canonical())
    (own,) = manifest.own_types
    assert record_type_of(own) is module.Score
    assert own_type_of(module.Score) == own
    assert [p.record_type for p in manifest.produces] == [manifest.needs["scores"].record_type] == [own.name]


def test_a_service_that_has_none_says_nothing_of_own_types(write: Write) -> None:
    code = CODE.replace("produces=[Score],", "").replace(", scores: Annotated[Dataset[Week], SCORES]", "")
    manifest = manifest_of(write(code).week)
    assert manifest.record_types is None
    assert b"record_types" not in manifest.canonical()


def test_the_digest_that_is_agreed_to_covers_the_schema(write: Write) -> None:
    before = manifest_of(write().week)
    after = manifest_of(write(schema={**SCHEMA, "title": "My week"}).week)
    assert before.digest != after.digest


def test_what_was_saved_is_read_again(write: Write) -> None:
    module = write()
    source = {"holder": "test", "importer": "test", "version": "1", "retrieved_at": "2026-01-01T00:00Z"}
    kept = module.Score.model_validate({"on": "2026-01-01", "points": 41, "source": source})
    done = run_on(module.week, [kept], now=datetime(2026, 1, 8, 9, tzinfo=UTC))
    assert done.saved == 1
    nothing, save = done.blocks
    assert nothing.help.en == "41"  # type: ignore[union-attr]
    assert isinstance(save, Save)
    assert (save.values["on"], save.values["points"]) == ("2026-01-08", 42)
    assert save.fallback.fr == "Garde\u00a0: Semaine d'eau."


def test_what_does_not_fit_its_schema_is_not_saved(write: Write) -> None:
    with pytest.raises(OutputError, match="points: Input should be less than or equal to 100"):
        Save.of("score", write().Score, on="2026-01-01", points=101)


# Mistakes in the schema: each with its own sentence, where it is, and the repair


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in SCHEMA.items() if key != name}


def field(**changes: Any) -> dict[str, Any]:
    """The schema with changes to `points`; None takes a word away."""
    words = {**SCHEMA["properties"]["points"], **{k.replace("_", "-"): v for k, v in changes.items()}}
    return {**SCHEMA, "properties": {"points": {k: v for k, v in words.items() if v is not None}}}


def litres(**changes: Any) -> dict[str, Any]:
    words = {**SCHEMA["properties"]["litres"], **{k.replace("_", "-"): v for k, v in changes.items()}}
    return {
        **SCHEMA,
        "properties": {**SCHEMA["properties"], "litres": {k: v for k, v in words.items() if v is not None}},
    }


MISTAKES: dict[str, tuple[object, str, str, str]] = {
    "not JSON": ("{", "score.json, line 1", "The schema is not JSON", "Correct it there."),
    "a key twice": ('{"title": "a", "title": "b"}', "score.json", "The key “title” is there twice.", "Remove one."),
    "a float": ('{"x-places": 1.5}', "score.json", "1.5 is a float", "as an integer"),
    "not an object": ([], "score.json", "Input should be a valid dictionary or instance of OwnType.", "Correct it."),
    "no name": (without("x-type"), "score.json, x-type", "“x-type” is missing.", "org.example.my-service.score/1"),
    "a name without a version": (
        {**SCHEMA, "x-type": "org.example.water-week.score"},
        "score.json, x-type",
        "String should match pattern",
        "org.example.my-service.score/1",
    ),
    "no title": (without("title"), "score.json, title", "“title” is missing.", "Say in English what it is"),
    "no French title": (without("x-title-fr"), "score.json, x-title-fr", "“x-title-fr” is missing.", "Say in French"),
    "no description": (without("description"), "score.json, description", "“description” is missing.", "one record"),
    "no time": (without("x-time"), "score.json, x-time", "“x-time” is missing.", "“date”, “instant” or “interval”"),
    "an unknown time": (
        {**SCHEMA, "x-time": "week"},
        "score.json, x-time",
        "Input should be 'date', 'instant' or 'interval'.",
        "“date”, “instant” or “interval”",
    ),
    "no fields": ({**SCHEMA, "properties": {}}, "score.json, properties", "at least 1 item", "Name 1 to 40 fields."),
    "a word that is none": (
        {**SCHEMA, "additionalProperties": False},
        "score.json, additionalProperties",
        "“additionalProperties” is none of the words",
        "It has $schema, x-type, title,",
    ),
    "a reference": ({**SCHEMA, "$ref": "#/$defs/Score"}, "score.json, $ref", "“$ref” is none of the words", "It has"),
    "a pattern": (
        field(pattern="^a$"),
        "score.json, properties.points.pattern",
        "“pattern” is none of the words",
        "It has title, x-title-fr, type, minimum, maximum.",
    ),
    "a field without a type": (
        field(type=None),
        "score.json, properties.points",
        "Its type is none of string, integer, boolean and object.",
        "Correct it.",
    ),
    "a number without bounds": (
        field(minimum=None),
        "score.json, properties.points.minimum",
        "“minimum” is missing.",
        "the smallest whole number",
    ),
    "a bound that is a text": (
        field(maximum="100"),
        "score.json, properties.points.maximum",
        "Input should be a valid integer.",
        "the largest whole number",
    ),
    "bounds turned round": (
        field(minimum=101),
        "score.json, properties.points",
        "Its minimum is above its maximum.",
        "Correct it.",
    ),
    "a quantity without a unit": (
        litres(x_unit=None),
        "score.json, properties.litres.x-unit",
        "“x-unit” is missing.",
        "Write a UCUM code",
    ),
    "a quantity without places": (
        litres(x_places=None),
        "score.json, properties.litres.x-places",
        "“x-places” is missing.",
        "0 to 6",
    ),
    "a quantity that says not how several become one": (
        litres(x_reduce=None),
        "score.json, properties.litres.x-reduce",
        "“x-reduce” is missing.",
        "how several values become one",
    ),
    "a bound that is no decimal": (
        litres(x_minimum="1e3"),
        "score.json, properties.litres.x-minimum",
        "String should match pattern",
        "plain decimal in a text",
    ),
    "a field of the envelope": (
        {**SCHEMA, "properties": {**SCHEMA["properties"], "quality": SCHEMA["properties"]["points"]}},
        "score.json, properties.quality",
        "“quality” is a name that every record has already: choose another one.",
        "Correct it.",
    ),
    "a field in capitals": (
        {**SCHEMA, "properties": {**SCHEMA["properties"], "Points": SCHEMA["properties"]["points"]}},
        "score.json, properties.Points",
        "String should match pattern",
        "Correct it.",
    ),
    "a required field that is not there": (
        {**SCHEMA, "required": ["points", "metres"]},
        "score.json",
        "“required” names metres, which is not among its properties.",
        "Correct it.",
    ),
    "a required field twice": (
        {**SCHEMA, "required": ["points", "points"]},
        "score.json, required",
        "Names the same thing twice.",
        "each once",
    ),
    "an identifying field that is not there": (
        {**SCHEMA, "x-facts": {"identifying": ["name"]}},
        "score.json",
        "“x-facts.identifying” names name, which is not among its properties.",
        "Correct it.",
    ),
    "a fact that is none": (
        {**SCHEMA, "x-facts": {"owner": "me"}},
        "score.json, x-facts.owner",
        "“owner” is none of the words",
        "It has identifying, finest.",
    ),
    "a key of a field that may be missing": (
        {**SCHEMA, "x-natural-key": ["on", "litres"]},
        "score.json",
        "“x-natural-key” names litres, which is not a required text, number or date.",
        "Correct it.",
    ),
    "a title that holds a line break": (
        {**SCHEMA, "title": "Week\nof water"},
        "score.json, title",
        "line breaks",
        "Retype it.",
    ),
}


@pytest.mark.parametrize(("schema", "where", "what", "step"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_schema_is_named_with_its_place_and_its_repair(
    tmp_path: Path, schema: object, where: str, what: str, step: str
) -> None:
    path = tmp_path / "score.json"
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema))
    with pytest.raises(ServiceMistake) as caught:
        read_own_type(path)
    assert caught.value.where == where
    assert what in caught.value.what
    assert step in caught.value.next


def test_each_mistake_has_a_sentence_of_its_own() -> None:
    assert len({(where, what) for _, where, what, _ in MISTAKES.values()}) == len(MISTAKES)


def test_a_schema_that_is_not_there_is_named(write: Write) -> None:
    with pytest.raises(ServiceMistake, match=r"scores\.json: The schema cannot be read"):
        write(CODE.replace('schema="score.json"', 'schema="scores.json"'))


# Mistakes in the code


@pytest.mark.parametrize(
    ("before", "after", "where", "what"),
    [
        ('(OwnRecord, schema="score.json")', "(OwnRecord)", "Score", "does not say in which file its schema is"),
        (
            'schema="score.json"): ...',
            'schema="score.json"):\n    points: int',
            "Score",
            "points is written in the class",
        ),
        ("points: int", "points: str", "Week.points", "points of Score cannot be asked for as str"),
        ("points: int", "point: int", "Week.point", "Score has no field point"),
        ("litres: float | None", "litres: float | None\n    source: str", "Week.source", "never given to a service"),
        ('id="org.example.water-week"', 'id="org.example.water"', "week", "not in the service's namespace"),
    ],
)
def test_a_mistake_in_the_code_is_named_when_it_is_imported(
    write: Write, before: str, after: str, where: str, what: str
) -> None:
    with pytest.raises(ServiceMistake) as caught:
        write(CODE.replace(before, after, 1))
    assert caught.value.where == where
    assert what in caught.value.what
    assert caught.value.next
