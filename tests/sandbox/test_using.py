"""What a service may use inside: what it could use in this process, with the same result."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from selfdata_sdk import Block
from selfdata_sdk.cloud import MemoryCloud
from selfdata_sdk.errors import ManifestError, MemoryLimit, NoResult, OutputError, ServiceCrash, ServiceFailed
from selfdata_sdk.host.code import Code, digest_of
from selfdata_sdk.host.discovery import load
from selfdata_sdk.host.engine import InProcess
from selfdata_sdk.host.runner import Run, run
from selfdata_sdk.host.sandbox import Sandbox
from selfdata_sdk.model import Series, Source, Table, WaterUse
from selfdata_sdk.model.column import Ints
from selfdata_sdk.model.time import HOUR, micros
from selfdata_sdk.store import PersonalStore
from selfdata_sdk.testing.running import OpenDoor

ROOT = Path(__file__).parents[2]

USES = {
    "numpy": """
        import numpy as np
        litres = water.column("litres")
        solved = np.linalg.solve(np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([litres.sum(), 5.0]))
        random = np.random.default_rng(7).normal(size=1000).mean()
        yield card(solved[0] + random + np.fft.rfft(litres).real[1] + np.percentile(litres, 30))
    """,
    "pandas": """
        frame = water.to_pandas()
        days = frame.set_index("start")["litres"].resample("1D").sum()
        yield card(days.max(), days.index[-1].isoformat())
        import pandas as pd
        yield card(pd.read_csv(__import__("io").StringIO("a,b\\n1,2\\n"))["b"][0], id="csv")
    """,
    "pyarrow": """
        import pyarrow as pa
        import pyarrow.compute as pc
        table = pa.table(water)
        yield card(pc.sum(table["litres"]).as_py(), table.schema.field("start").type)
    """,
    "polars": """
        frame = water.to_polars()
        yield card(frame["litres"].sum(), frame.group_by("litres").len().height)
    """,
    "pydantic": """
        from pydantic import BaseModel, ValidationError

        class Day(BaseModel):
            litres: float
            at: datetime

        day = Day.model_validate_json('{"litres": 3, "at": "2025-06-15T00:00:00Z"}')
        try:
            Day(litres="many", at=day.at)
        except ValidationError as error:
            yield card(error.error_count() + day.litres, day.at)
    """,
    "time zones": """
        from zoneinfo import ZoneInfo
        there = context.now.astimezone(ZoneInfo("Asia/Kathmandu"))
        yield card(there.utcoffset().total_seconds(), there)
    """,
    "exact numbers": """
        from decimal import Decimal, getcontext
        from fractions import Fraction
        getcontext().prec = 50
        yield card(Fraction(1, 3), Decimal(2).sqrt())
    """,
    "statistics": """
        import statistics
        yield card(statistics.stdev(water.column("litres").tolist()), statistics.linear_regression([1, 2], [3, 5]).slope)
    """,
    "texts": """
        import json, re, string, textwrap, unicodedata
        found = re.findall(r"(\\w+)@", "someone@here", re.UNICODE)
        yield card(len(json.dumps({"a": [1.5, None]})), unicodedata.normalize("NFC", textwrap.shorten("é " + found[0], 20)))
    """,
    "dates": """
        import calendar, datetime as dt, locale, time
        yield card(calendar.monthrange(2024, 2)[1], dt.date(2024, 2, 29).strftime("%A %d %B %Y") + str(time.gmtime(0)[0]))
    """,
    "chance": """
        import random
        yield card(random.Random(5).random() + context.random.random(), context.random.choice("abcdef"))
    """,
    "collections": """
        import bisect, collections, functools, heapq, itertools, operator
        counts = collections.Counter(int(v) % 7 for v in water.column("litres"))
        yield card(heapq.nlargest(1, counts.values())[0], sorted(counts))
    """,
    "digests": """
        import base64, hashlib, hmac, uuid, zlib
        digest = hashlib.sha256(b"x").hexdigest() + hmac.new(b"k", b"m", "sha256").hexdigest()[:5]
        yield card(zlib.crc32(b"x"), base64.b64encode(digest.encode())[:40].decode() + str(uuid.uuid5(uuid.NAMESPACE_URL, "a")))
    """,
    "threads": """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        lock = threading.Lock()
        with ThreadPoolExecutor(4) as pool:
            sums = list(pool.map(lambda n: sum(range(n)), range(100)))
        yield card(sum(sums), lock.acquire(timeout=1))
    """,
    "sqlite in memory": """
        import sqlite3
        with sqlite3.connect(":memory:") as database:
            database.execute("create table uses (litres real)")
            database.executemany("insert into uses values (?)", [(v,) for v in water.column("litres").tolist()])
            yield card(database.execute("select sum(litres) from uses").fetchone()[0])
    """,
    "coroutines of its own": """
        async def half(value):
            return value / 2
        try:
            half(3).send(None)
        except StopIteration as stop:
            yield card(stop.value)
    """,
    "dataclasses and enums": """
        from dataclasses import asdict, dataclass
        from enum import Enum
        Kind = Enum("Kind", "low high")
        made = dataclass(type("Made", (), {"__annotations__": {"kind": Kind}}))
        yield card(text=asdict(made(Kind.low))["kind"].name)
    """,
    "its settings and language": """
        yield card(goal, context.language + context.tz + context.now.isoformat())
    """,
    "rows": """
        yield card(sum(hour.litres for hour in water), water.latest().start.isoformat())
        yield card(len(water.by("day")), water.by("day").coverage, id="days")
    """,
    "printing": """
        import logging, sys
        print("a person's data")
        print("a person's data", file=sys.stderr, flush=True)
        logging.getLogger("written").warning("a person's data")
        yield card(3)
    """,
    "an end before the end": """
        import atexit
        atexit.register(print)
        yield card(1)
        return
        yield card(2, id="never")
    """,
}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Code], InProcess]]:
    """The package `written`, imported in this process."""
    before = set(sys.modules)

    def load(code: Code) -> InProcess:
        monkeypatch.syspath_prepend(code.packages["written"].parent)
        return InProcess(importlib.import_module("written").tried)

    yield load
    for name in [n for n in sys.modules if n not in before and n.partition(".")[0] in {"written", "other", "spaced"}]:
        del sys.modules[name]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("use", USES)
def test_a_service_uses_inside_what_it_uses_outside_with_the_same_result(
    use: str, sandbox: Sandbox, written: Any, here: Any, home: Any
) -> None:
    for name in ("pandas", "polars", "pyarrow"):
        if use == name:
            pytest.importorskip(name)
    code = written(USES[use])
    more = {"settings": {"goal": 77}, "language": "fr", "tz": "Europe/Paris"}
    inside, outside = home.run(sandbox.engine(code, debug=True), **more), home.run(here(code), **more)
    assert inside.blocks
    assert inside.json() == outside.json()


def test_what_a_service_prints_goes_nowhere(sandbox: Sandbox, written: Any, home: Any, capfd: Any) -> None:
    home.run(sandbox.engine(written(USES["printing"])))
    assert capfd.readouterr() == ("", "")


# Its code


FILES = {
    "written/parts/__init__.py": "from .. import GOAL\nfrom .deep import depth\n",
    "written/parts/deep.py": "from ..plain import ONE\n\ndef depth():\n    return ONE + 1\n",
    "written/plain.py": "ONE = 1\n",
    "written/data/words.txt": "some words\n",
    "other.py": "def doubled(value):\n    return 2 * value\n",
    "spaced/inner/thing.py": "NAME = 'thing'\n",
}


def test_a_service_has_its_modules_its_data_and_its_dependencies(
    sandbox: Sandbox, written: Any, here: Any, home: Any
) -> None:
    body = """
        import importlib.resources
        from spaced.inner import thing
        import other
        from . import plain
        from .parts import depth
        from .parts.deep import ONE
        words = importlib.resources.files("written").joinpath("data", "words.txt").read_text(encoding="utf-8")
        yield card(other.doubled(depth()) + plain.ONE + ONE, words.strip() + thing.NAME)
        listed = sorted(p.name for p in importlib.resources.files("written").iterdir() if not p.name.startswith("__"))
        yield card(text=" ".join(listed), id="listed")
    """
    code = written(body, files=FILES, packages=("other.py", "spaced"))
    inside = home.run(sandbox.engine(code))
    assert inside.json() == home.run(here(code)).json()
    assert inside.blocks[0].metric.value == 6.0


def test_a_service_does_not_have_what_is_not_shown(sandbox: Sandbox, written: Any, home: Any) -> None:
    code = written("import other\nyield card()", files=FILES)
    with pytest.raises(ServiceFailed, match="raised ModuleNotFoundError"):
        home.run(sandbox.engine(code))


def test_a_service_may_be_a_single_module(sandbox: Sandbox, written: Any, home: Any, tmp_path: Path) -> None:
    source = written("yield card(4)").packages["written"] / "__init__.py"
    path = tmp_path / "alone.py"
    path.write_text(source.read_text())
    code = Code("alone:tried", {"alone": path.resolve()}, digest_of({"alone": path}))
    assert home.run(sandbox.engine(code)).blocks[0].metric.value == 4.0


@pytest.mark.parametrize("name", ["statistics", "json", "numpy", "selfdata_sdk"])
def test_a_module_named_like_one_that_is_there_does_not_take_its_place(
    name: str, sandbox: Sandbox, written: Any, home: Any
) -> None:
    """Not even for the service itself: it gets the real one, and cannot be given another by a dependency."""
    shadow = f"written/../{name}.py"
    code = written(f"import {name}\nyield card(hasattr({name}, 'STOLEN'))", files={shadow: "STOLEN = True\n"})
    packages = {**code.packages, name: next(iter(code.packages.values())).parent / f"{name}.py"}
    done = home.run(sandbox.engine(Code(code.place, packages, digest_of(packages))))
    assert done.blocks[0].metric.value == 0.0


# Its errors


def test_an_error_names_the_line_and_a_built_in_class_and_nothing_else(
    sandbox: Sandbox, written: Any, here: Any, home: Any
) -> None:
    code = written("yield card()\nraise KeyError(f'secret {water.latest().litres}')")
    with pytest.raises(ServiceFailed) as inside:
        home.run(sandbox.engine(code))
    with pytest.raises(ServiceFailed) as outside:
        home.run(here(code))
    assert str(inside.value) == str(outside.value)
    assert "raised KeyError" in str(inside.value)
    assert ", line " in str(inside.value)
    assert "secret" not in repr(inside.value)
    assert not hasattr(inside.value, "__notes__")


def test_an_exception_of_its_own_is_not_named(sandbox: Sandbox, written: Any, here: Any, home: Any) -> None:
    code = written("raise type(f'Litres{int(water.latest().litres)}', (Exception,), {})", files={})
    with pytest.raises(ServiceFailed, match="an exception of its own") as inside:
        home.run(sandbox.engine(code))
    with pytest.raises(ServiceFailed) as outside:
        home.run(here(code))
    assert str(inside.value) == str(outside.value)


def test_the_author_is_shown_the_trace_as_a_note(sandbox: Sandbox, written: Any, home: Any) -> None:
    code = written("value = 1\nraise KeyError(f'litres {water.latest().litres}')")
    with pytest.raises(ServiceFailed) as raised:
        home.run(sandbox.engine(code, debug=True))
    note = raised.value.__notes__[-1]
    assert note.startswith("Traceback")
    assert "raise KeyError(f'litres {water.latest().litres}')" in note
    assert note.endswith("KeyError: 'litres 59.0'")


def test_a_trace_cannot_write_to_the_terminal(sandbox: Sandbox, written: Any, home: Any) -> None:
    code = written(r"raise ValueError('\x1b[2J\u202egnp.exe\r\x07')")
    with pytest.raises(ServiceFailed) as raised:
        home.run(sandbox.engine(code, debug=True))
    assert not {c for c in "".join(raised.value.__notes__) if (ord(c) < 32 and c != "\n") or c == "\u202e"}


ENDS = {
    "raise SystemExit(3)": (ServiceFailed, "raised SystemExit"),
    "raise KeyboardInterrupt": (ServiceFailed, "an exception of its own"),
    "raise BaseException": (ServiceFailed, "an exception of its own"),
    "import os; os._exit(0)": (NoResult, "without a result"),
    "import os; os._exit(9)": (ServiceCrash, "process died"),
    "import os; os.abort()": (ServiceCrash, "process died"),
    "import ctypes; ctypes.string_at(0)": (ServiceCrash, "process died"),
    "def f(): f()\nf()": (ServiceFailed, "raised RecursionError"),
    "raise MemoryError": (MemoryLimit, "more memory"),
    "x = bytearray(10**10)": (MemoryLimit, "more memory"),
    "import numpy; numpy.ones(10**10)": (MemoryLimit, "more memory"),
    "x = []\nwhile True: x.append(bytes(10**6))": (MemoryLimit, "more memory"),
    "return 3": (OutputError, "broke its contract"),
    "return [3]": (OutputError, "broke its contract"),
    "return card()": (OutputError, "broke its contract"),
    "return [card(text='x' * 100_000)]": (OutputError, "broke its contract"),
    "return [card(), card()]": (OutputError, "has an id that another block has"),
    "import no_such_module": (ServiceFailed, "raised ModuleNotFoundError"),
    "raise ExceptionGroup('a', [ValueError()])": (ServiceFailed, "an exception of its own"),
}


@pytest.mark.parametrize("body", ENDS)
def test_every_end_is_one_kind_of_error(body: str, sandbox: Sandbox, written: Any, home: Any) -> None:
    kind, said = ENDS[body]
    with pytest.raises(kind, match=said) as raised:
        home.run(sandbox.engine(written(body)))
    assert raised.type is kind


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("raise ValueError('at import')", "raised ValueError"),
        ("this is no Python", "raised SyntaxError"),
        ("import gone", "raised ModuleNotFoundError"),
    ],
)
def test_an_error_while_the_module_is_imported_is_the_service_s(
    before: str, said: str, sandbox: Sandbox, written: Any, home: Any
) -> None:
    with pytest.raises(ServiceFailed, match=said):
        home.run(sandbox.engine(written("yield card()", before=before)))


@pytest.mark.parametrize("place", ["written:gone", "written:NAME", "written:"])
def test_a_place_where_no_service_is_is_not_what_the_manifest_says(
    place: str, sandbox: Sandbox, written: Any, home: Any
) -> None:
    code = written("yield card()")
    with pytest.raises(ManifestError):
        home.run(sandbox.engine(Code(place, code.packages, code.digest)))


# Runs


def test_blocks_are_previewed_while_the_service_still_runs(sandbox: Sandbox, written: Any, home: Any) -> None:
    code = written("import time\nyield card(1, id='first')\ntime.sleep(0.2)\nraise ValueError")
    seen: list[Block] = []
    with pytest.raises(ServiceFailed):
        home.run(sandbox.engine(code), preview=seen.append)
    assert [block.id for block in seen] == ["first"]


def test_a_run_finds_nothing_that_an_earlier_one_left(sandbox: Sandbox, written: Any, home: Any) -> None:
    body = """
        import builtins, sys
        import selfdata_sdk.model as model
        yield card(hasattr(builtins, "left") or hasattr(model, "left") or "left" in sys.modules)
        builtins.left = model.left = sys.modules["left"] = model
    """
    code = written(body)
    assert [home.run(sandbox.engine(code)).blocks[0].metric.value for _ in range(2)] == [0.0, 0.0]


def test_a_run_says_what_it_took(sandbox: Sandbox, written: Any, home: Any) -> None:
    code = written("x = bytearray(64 << 20)\nx[::4096] = b'1' * len(x[::4096])\nyield card(sum(range(10**6)))")
    usage = home.run(sandbox.engine(code)).usage
    assert 0 < usage.cpu_seconds <= usage.seconds * 1.5 + 0.02
    assert 64 << 20 < usage.peak_memory < 512 << 20


# The water coach


COACH = ROOT / "example_services" / "water_coach"


@pytest.fixture(scope="module")
def household() -> PersonalStore:
    now = datetime(2025, 6, 15, 10, 30, tzinfo=UTC)
    hours = 8760
    start = micros(now) - hours * HOUR + np.arange(hours, dtype=np.int64) * HOUR
    litres = np.random.default_rng(1).integers(0, 30_000, hours)
    litres[-300:] = np.maximum(litres[-300:], 4000)
    source = Source(holder="holder", importer="test", version="1", retrieved_at=now)
    columns = {"start": Ints(start), "end": Ints(start + HOUR), "litres": Ints(litres)}
    store = PersonalStore(MemoryCloud())
    store.write([Table(WaterUse, Series("water.use/1", "holder", "P1", "", "PT1H"), columns, (source,))])
    return store


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_water_coach_says_the_same_inside_and_outside(
    language: Any, sandbox: Sandbox, household: PersonalStore
) -> None:
    found = load(str(COACH))
    packages = {"water_coach": COACH / "water_coach"}
    code = Code(found.load().place, packages, digest_of(packages))

    def done(engine: Any) -> Run:
        return run(
            OpenDoor(household),
            engine,
            manifest=found.manifest,
            now=datetime(2025, 6, 15, 10, 30, tzinfo=UTC),
            language=language,
            tz="Europe/Paris",
        )

    inside, outside = done(sandbox.engine(code)), done(InProcess(found.load()))
    assert len(inside.blocks) > 3
    assert inside.json() == outside.json()
