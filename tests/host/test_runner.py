"""Running a service: checked blocks, the same bytes for the same data, nothing saved unless all went well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest

from selfdata_sdk import (
    Action,
    Alert,
    Ask,
    Block,
    Card,
    Context,
    Dataset,
    Metric,
    Need,
    NoInsight,
    Row,
    Save,
    Setting,
    Text,
    service,
)
from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import OutputError, RequestError, ServiceFailed, ServiceMistake
from selfdata_sdk.host.runner import run
from selfdata_sdk.model import Series, Source, SupplyAlert, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.service.blocks import blocks_from_json
from selfdata_sdk.service.deriving import manifest_of
from selfdata_sdk.service.manifest import Manifest
from selfdata_sdk.service.project import Project
from selfdata_sdk.service.service import Service
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.running import OpenDoor

NOW = datetime(2025, 6, 15, 10, 30, tzinfo=UTC)
SOME = Text(en="Some text", fr="Un texte")
NAME = Text(en="Name", fr="Nom")
WATER = Need(
    why=Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos"),
    granularity="hour",
    back="P1D",
)
GOAL = Setting(NAME, ge=20, le=500)


class Hour(Row[WaterUse]):
    start: datetime
    litres: float


def card(id: str = "card", **more: Any) -> Card:
    return Card(id=id, headline=SOME, body=SOME, why=SOME, **more)


def alert(id: str = "alert") -> Alert:
    return Alert(id=id, severity="info", what=SOME, what_to_do=SOME)


def leak() -> Save:
    return Save.of("leak", SupplyAlert, at=NOW, commodity="water", kind="leak")


@service(id="org.example.total", name=NAME, summary=NAME)
def total(
    context: Context, water: Annotated[Dataset[Hour], WATER], goal: Annotated[int, GOAL] = 120
) -> Iterable[Block]:
    litres = float(np.nansum(water.column("litres")))
    yield card(metric=Metric(value=litres + goal + context.random.random(), unit="L"))
    yield NoInsight(id="language", reason="gaps", help=Text(en=context.language, fr=context.tz))


@pytest.fixture
def store() -> PersonalStore:
    store = PersonalStore(MemoryCloud())
    start = micros(NOW - timedelta(days=1)) + np.arange(12, dtype=np.int64) * HOUR
    columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(np.full(12, 1000))}
    source = Source(holder="holder", importer="test", version="1", retrieved_at=NOW)
    store.write([Table(WaterUse, Series("water.use/1", "holder", "P1", "", "PT1H"), columns, (source,))])
    return store


def given(*blocks: object, produces: list[Any] | None = None) -> Service[...]:
    """A service that gives these blocks."""

    @service(id="org.example.given", name=NAME, summary=NAME, produces=produces or [])
    def giving(context: Context, water: Annotated[Dataset[Hour], WATER]) -> Iterable[Block]:
        return list(blocks)  # type: ignore[arg-type]

    return giving


def test_a_run_gives_blocks_with_their_needs_and_coverage(store: PersonalStore) -> None:
    done = run(OpenDoor(store), total, now=NOW)
    assert [(b.id, b.needs, b.coverage) for b in done.blocks] == [
        ("card", ("water",), 0.5),
        ("language", ("water",), 0.5),
    ]
    assert [d.rows for d in done.delivered] == [12]


def test_the_same_data_settings_clock_and_language_give_the_same_bytes(store: PersonalStore) -> None:
    first = run(OpenDoor(store), total, now=NOW, language="fr", settings={"goal": "100"})
    assert first.json() == run(OpenDoor(store), total, now=NOW, language="fr", settings={"goal": 100}).json()
    assert tuple(blocks_from_json(first.json())) == first.blocks


def test_the_bytes_are_the_same_in_another_process() -> None:
    """Whatever the seed of Python's hashes."""
    code = """
from datetime import UTC, datetime, timedelta
from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.host.runner import run
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.running import OpenDoor
import good_blocks
done = run(OpenDoor(PersonalStore(MemoryCloud())), good_blocks.seeded, now=datetime(2025, 6, 15, tzinfo=UTC))
print(done.json().decode())
"""
    folder = Path(__file__).parents[1] / "typing"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(folder), "PYTHONUTF8": "1"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert b"random-" in outputs.pop()


@pytest.mark.parametrize(
    "change",
    [{"settings": {"goal": 101}}, {"now": NOW.replace(minute=31)}, {"language": "en"}, {"tz": "America/Martinique"}],
)
def test_what_differs_shows(store: PersonalStore, change: dict[str, Any]) -> None:
    """Each of them reaches the service through its context or its arguments."""
    same: dict[str, Any] = {"now": NOW, "language": "fr", "settings": {"goal": 100}}
    assert run(OpenDoor(store), total, **same).json() != run(OpenDoor(store), total, **{**same, **change}).json()


def test_a_setting_that_is_wrong_is_named(store: PersonalStore) -> None:
    with pytest.raises(RequestError, match="setting goal: It must be at most 500"):
        run(OpenDoor(store), total, now=NOW, settings={"goal": "5000"})


def test_needs_that_a_block_names_are_kept_and_checked(store: PersonalStore) -> None:
    (block,) = run(OpenDoor(store), given(card(needs=("water",))), now=NOW).blocks
    assert block.needs == ("water",)
    with pytest.raises(OutputError, match="gas, which is no need"):
        run(OpenDoor(store), given(card(needs=("gas",))), now=NOW)


def test_an_author_does_not_set_the_coverage(store: PersonalStore) -> None:
    (block,) = run(OpenDoor(store), given(card(coverage=1.0)), now=NOW).blocks
    assert block.coverage == 0.5


@pytest.mark.parametrize(
    ("blocks", "what"),
    [
        ((card("a"), card("a")), "“a” has an id that another block has"),
        (("<b>hello</b>",), "gave a str, which is not a block"),
        (({"kind": "card"},), "gave a dict, which is not a block"),
        ((Action(id="a", does="open", label=SOME, target="leaks"),), "names leaks, which the manifest does not list"),
        ((Action(id="a", does="call", label=SOME, target="operator"),), "names operator"),
        ((Ask(id="a", question="garden", why=SOME),), "names garden"),
        ((leak(),), "names supply.alert/1"),
        (tuple(alert(f"a{i}") for i in range(8)), "one alert more"),
        (tuple(card(f"a{i}") for i in range(201)), "one more than 200 blocks"),
    ],
)
def test_a_block_that_may_not_be_is_refused(store: PersonalStore, blocks: tuple[object, ...], what: str) -> None:
    with pytest.raises(OutputError, match=what) as caught:
        run(OpenDoor(store), given(*blocks), now=NOW)
    assert caught.value.next


def test_what_the_manifest_lists_may_be(store: PersonalStore) -> None:
    """Links, numbers and questions, literally."""
    label = {"en": "Label", "fr": "Libellé"}
    table = {
        "links": {"leaks": {"label": label, "url": "https://example.org/leaks"}},
        "numbers": {"operator": {"label": label, "number": "+33 1 02 03 04 05"}},
        "questions": {"garden": {"text": label}},
    }
    blocks = (
        Action(id="a", does="open", label=SOME, target="leaks"),
        Action(id="b", does="call", label=SOME, target="operator"),
        Ask(id="c", question="garden", why=SOME),
    )
    listed = manifest_of(given(), Project(table=table))
    assert len(run(OpenDoor(store), given(*blocks), manifest=listed, now=NOW).blocks) == 3


def test_a_kind_that_the_manifest_leaves_out_is_refused(store: PersonalStore) -> None:
    small = json.loads(manifest_of(given()).canonical())
    small["outputs"]["kinds"] = ["no_insight"]
    with pytest.raises(OutputError, match="is a card, which the manifest does not list"):
        run(OpenDoor(store), given(card()), manifest=Manifest.from_json(json.dumps(small).encode()), now=NOW)


@pytest.mark.parametrize(("returned", "what"), [(None, "nothing"), (card(), "one Card"), (3, "a int")])
def test_what_is_not_blocks_is_refused_with_the_repair(store: PersonalStore, returned: Any, what: str) -> None:
    @service(id="org.example.odd", name=NAME, summary=NAME)
    def odd(context: Context) -> Iterable[Block]:
        return returned  # type: ignore[no-any-return]

    with pytest.raises(OutputError, match=f"returned {what}. Return a list of blocks, or yield them"):
        run(OpenDoor(store), odd, now=NOW)


def failing(error: BaseException) -> Service[...]:
    @service(id="org.example.failing", name=NAME, summary=NAME, produces=[SupplyAlert])
    def fails(context: Context) -> Iterator[Block]:
        yield card()
        yield leak()
        raise error

    return fails


@pytest.mark.parametrize("error", [ValueError("he used 412 litres"), SystemExit(3), KeyError("412")])
def test_an_error_of_a_service_is_told_without_its_text(store: PersonalStore, error: BaseException) -> None:
    """Which may hold data; the author finds the original behind it."""
    with pytest.raises(ServiceFailed) as caught:
        run(OpenDoor(store), failing(error), now=NOW)
    assert type(error).__name__ in str(caught.value)
    assert "412" not in str(caught.value)
    assert "line" in caught.value.where
    assert caught.value.__cause__ is error


def test_an_interrupt_stops_the_run(store: PersonalStore) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(OpenDoor(store), failing(KeyboardInterrupt()), now=NOW)


def test_a_block_that_is_made_wrongly_is_told_by_its_field(store: PersonalStore) -> None:
    @service(id="org.example.wrong", name=NAME, summary=NAME)
    def wrong(context: Context) -> Iterable[Block]:
        yield card("An id")

    with pytest.raises(OutputError, match="A Card is not valid: id"):
        run(OpenDoor(store), wrong, now=NOW)


def test_a_mistake_with_the_data_is_told_as_it_is(store: PersonalStore) -> None:
    @service(id="org.example.mistaken", name=NAME, summary=NAME)
    def mistaken(context: Context, water: Annotated[Dataset[Hour], WATER]) -> Iterable[Block]:
        water.column("min_flow")
        return []

    with pytest.raises(ServiceMistake, match="does not ask for min_flow"):
        run(OpenDoor(store), mistaken, now=NOW)


def test_cards_are_shown_as_they_come_and_alerts_at_the_end(store: PersonalStore) -> None:
    seen: list[str] = []
    done = run(
        OpenDoor(store), given(card("a"), alert("b"), card("c")), now=NOW, preview=lambda block: seen.append(block.id)
    )
    assert seen == ["a", "c"]
    assert [b.id for b in done.blocks] == ["a", "b", "c"]


def test_what_is_saved_is_a_record_of_the_service(store: PersonalStore) -> None:
    done = run(OpenDoor(store), given(leak(), produces=[SupplyAlert]), now=NOW)
    (record,) = store.read(SupplyAlert).records()
    assert (done.saved, record.quality, record.source.holder) == (1, "derived", "org.example.given")
    assert (record.source.method, record.source.derived_from) == ("derived", ("water.use/1",))
    assert run(OpenDoor(store), given(leak(), produces=[SupplyAlert]), now=NOW).saved == 0, (
        "the same again is no change"
    )


def test_nothing_is_saved_when_a_service_fails(store: PersonalStore) -> None:
    with pytest.raises(ServiceFailed):
        run(OpenDoor(store), failing(ValueError()), now=NOW)
    with pytest.raises(OutputError):
        run(OpenDoor(store), given(leak(), card("a"), card("a"), produces=[SupplyAlert]), now=NOW)
    assert store.read(SupplyAlert).records() == []


def test_values_that_are_no_record_are_refused(store: PersonalStore) -> None:
    broken = Save(id="broken", record_type="supply.alert/1", values={"commodity": "water"})
    with pytest.raises(OutputError, match=r"does not hold a supply\.alert/1: at: Field required"):
        run(OpenDoor(store), given(broken, produces=[SupplyAlert]), now=NOW)


def test_the_example_of_the_documentation_runs(store: PersonalStore) -> None:
    """The file that is type-checked, on an empty store too."""
    source = Path(__file__).parents[1] / "typing/good_design.py"
    module: dict[str, Any] = {"__name__": "good_design"}
    exec(compile(source.read_text("utf-8"), str(source), "exec"), module)
    for any_store in (store, PersonalStore(MemoryCloud())):
        (block,) = run(OpenDoor(any_store), module["water_coach"], now=NOW, settings={"goal": "100"}).blocks
        assert block.needs == ("home", "water")
