"""What a run costs: processor time and memory beside a reading of the same data, and how much it gives back."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial

from ....host.engine import Engine, InProcess, Running, Usage
from ....model.text import Text
from ....service.blocks import Save, blocks_json
from ....service.calling import Given
from ....service.dataset import Dataset
from ....service.manifest import Manifest
from ....service.service import Service
from ..case import Case
from ..households import few
from ..rule import Problem, Rule
from ..said import on, tried
from ..subject import Subject, try_on

TIMES = 30  # as long as the reading takes
MEMORY = 20  # times what the reading takes
SPARE = 32 << 20  # bytes that anybody may take
BLOCKS = 25  # to show
BYTES = 256 << 10
ATTEMPTS = 3


class _Reads:
    """An engine that reads every row of the data once and adds up some numbers: what the budgets are held against."""

    code = ""
    walls: tuple[str, ...] = ()

    def __init__(self, service: Service[...]) -> None:
        self._service = service

    def start(self, manifest: Manifest, given: Given) -> Running:
        return _Reading(self._service, given)


class _Reading:
    def __init__(self, service: Service[...], given: Given) -> None:
        self.usage = Usage()
        self._service = service
        self._given = given

    def __iter__(self) -> Iterator[object]:
        began = time.thread_time()
        for request in self._service.requests:
            list(Dataset.of(request.row, self._given.payloads[request.label]))
        sum(range(200_000))
        self.usage = Usage(cpu_seconds=time.thread_time() - began)
        return iter(())


def time_budget(subject: Subject) -> Iterator[Problem]:
    case = few(subject)[0]
    taken = []
    for _ in range(ATTEMPTS):
        taken.append([_seconds(subject, case, engine) for engine in _engines(subject)])
        own, reading = map(min, zip(*taken, strict=True))
        if own < TIMES * reading / 4:
            return  # so far from the limit that no other load on this machine can matter
    if own > TIMES * reading:
        what = Text(
            en="A run takes {times} times the processor time of reading the same data; {most} are allowed.",
            fr="Une exécution dure {times} fois la lecture des mêmes données ; {most} sont permises.",
        ).fill(times=round(own / reading), most=TIMES)
        yield Problem(on(what, case.title))


def memory_budget(subject: Subject) -> Iterator[Problem]:
    case = few(subject)[0]
    own, reading = (_peak(partial(_seconds, subject, case, engine)) for engine in _engines(subject))
    if own > (most := MEMORY * reading + SPARE):
        what = Text(
            en="A run takes {own} MiB of memory; for these data {most} are allowed.",
            fr="Une exécution occupe {own} Mio de mémoire ; pour ces données, {most} sont permis.",
        ).fill(own=own >> 20, most=most >> 20)
        yield Problem(on(what, case.title))


def output_budget(subject: Subject) -> Iterator[Problem]:
    for trial in tried(subject):
        shown = [block for block in trial.blocks if not isinstance(block, Save)]
        if (what := _too_much(len(shown), len(blocks_json(shown)))) is not None:
            yield Problem(on(what, trial.title))
            return


def _too_much(count: int, size: int) -> Text | None:
    if count > BLOCKS:
        return Text(
            en="It gives {count} blocks; {most} are allowed.", fr="Il donne {count} blocs ; {most} sont permis."
        ).fill(count=count, most=BLOCKS)
    if size > BYTES:
        return Text(
            en="Its blocks take {size} KiB; {most} are allowed.",
            fr="Ses blocs prennent {size} Kio ; {most} sont permis.",
        ).fill(size=size >> 10, most=BYTES >> 10)
    return None


def _engines(subject: Subject) -> tuple[Engine, Engine]:
    return InProcess(subject.service), _Reads(subject.service)


def _seconds(subject: Subject, case: Case, engine: Engine) -> float:
    return try_on(engine, subject.manifest, case).usage.cpu_seconds


def _peak(run: Callable[[], object]) -> int:
    """The bytes that Python and numpy take at once, at most, beyond those that they have."""
    traced = tracemalloc.is_tracing()
    if not traced:
        tracemalloc.start()
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    try:
        run()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not traced:
            tracemalloc.stop()


_WHY = Text(
    en="It runs on small machines, and in a city for everybody in one night.",
    fr="Il tourne sur de petites machines et, dans une ville, pour tout le monde en une nuit.",
)

RULES = (
    Rule(
        id="time-budget",
        level="excellent",
        title=Text(
            en="It takes little processor time beside the reading of its data",
            fr="Il prend peu de temps de calcul par rapport à la lecture de ses données",
        ),
        why=_WHY,
        fix=Text(
            en="Work on columns with numpy instead of row by row, and go over the data once rather than once a day.",
            fr="Travaillez par colonnes avec numpy plutôt que ligne par ligne, et parcourez les données une fois plutôt "
            "qu'une fois par jour.",
        ),
        check=time_budget,
    ),
    Rule(
        id="memory-budget",
        level="excellent",
        title=Text(en="It takes little memory beside its data", fr="Il prend peu de mémoire par rapport à ses données"),
        why=_WHY,
        fix=Text(
            en="Work on slices of the data, and let go of what is worked out.",
            fr="Travaillez sur des tranches de données, et libérez ce qui a servi.",
        ),
        check=memory_budget,
    ),
    Rule(
        id="output-budget",
        level="excellent",
        title=Text(en="It says what matters, and not more", fr="Il dit ce qui compte, pas davantage"),
        why=Text(
            en="Nobody reads a hundred cards; what matters is lost among them.",
            fr="Personne ne lit cent cartes ; ce qui compte s'y perd.",
        ),
        fix=Text(
            en="Give the few blocks that matter most, and charts of as many points as can be seen.",
            fr="Donnez les quelques blocs qui comptent le plus, et des graphiques d'autant de points qu'on peut en voir.",
        ),
        check=output_budget,
    ),
)
