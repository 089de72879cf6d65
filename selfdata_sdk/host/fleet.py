"""One service for many persons, in parallel: each person's run happens once in effect, and none touches another."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.util import Finalize
from pathlib import Path

from ..errors import AskPerson, FixHost, RequestError
from ..model.text import Language
from ..service.deriving import options_of
from ..service.manifest import Manifest
from ..service.setting import read_settings
from ..store.ledger import View
from .choosing import newest_covered
from .code import Code
from .engine import Engine
from .people import People
from .policy import HostPolicy
from .report import RunReport, error_name
from .run_record import key_of

GROUP = 32
"""Persons per task: few enough that little is done again when a worker is lost, enough that the way to it is short."""
AHEAD = 2
"""Groups per worker that are under way or wait for it."""
ATTEMPTS = 3
"""So often a person alone may lose the worker before they count as failed."""

EngineMaker = Callable[[], AbstractContextManager[Engine]]
"""Opens, in a worker, where the service's code runs. It is pickled; a worker opens it once, and keeps it."""

WORKER_LOST = "WorkerLost"

Outcome = tuple[str, str]
"""What became of one run: the field of the report that counts it, and as what."""


@dataclass(frozen=True, slots=True)
class Sandboxed:
    """Opens a sandbox for this code, with the walls and limits of the policy.

    RequestError for native code, where the policy does not allow it.
    """

    code: Code
    policy: HostPolicy

    def __post_init__(self) -> None:
        if not self.policy.walls.native and self.code.is_native:
            raise RequestError(
                "This service holds native code, which the policy does not allow.",
                where=self.code.place,
                next="Run another one, or set native = true under [walls] in the policy.",
            )

    @contextmanager
    def __call__(self) -> Iterator[Engine]:
        with self.policy.sandbox() as sandbox:
            yield sandbox.engine(self.code)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the runs. No person is named: each one's own record says what happened.

    done     ended well
    already  had ended well before, under the same code, settings and occasion; also in a worker that was lost since
    skipped  did not take place, by reason: consent, policy or quota
    failed   by the class of the error, or WorkerLost if the worker ended whenever it ran
    seconds  by the clock, all in all
    """

    done: int = 0
    already: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def persons(self) -> int:
        return self.done + self.already + sum(self.skipped.values()) + sum(self.failed.values())

    @property
    def per_second(self) -> float:
        return self.persons / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Order:
    """What workers do for each person that they are given: made of what is small and can be pickled.

    versions  the manifest and the engine of each, the newest first
    observed  True if the reports of the runs are wanted back
    """

    people: Path
    versions: tuple[tuple[bytes, bytes], ...]
    settings: Mapping[str, str]
    occasion: str
    language: Language
    observed: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a group's runs, and their reports if these are wanted."""

    outcomes: Counter[Outcome]
    reports: tuple[RunReport, ...] = ()


class Fleet:
    """The persons of a host, and a service for them.

    engine    opens, in each worker, where the service's code runs
    older     earlier versions, the newest first, for persons who did not agree to what a later one asks for
    settings  the service's settings by name, as texts; RequestError names one that is wrong
    """

    def __init__(
        self,
        people: People,
        manifest: Manifest,
        engine: EngineMaker,
        *,
        older: Sequence[tuple[Manifest, EngineMaker]] = (),
        settings: Mapping[str, str] | None = None,
        language: Language = "en",
    ) -> None:
        self.people = people
        self.manifest = manifest
        self._versions = ((manifest, engine), *older)
        self._settings = dict(settings or {})
        self._language = language
        read_settings(options_of(manifest), self._settings)

    def run(
        self,
        executor: Executor | None = None,
        *,
        occasion: str,
        workers: int | None = None,
        progress: Callable[[int], None] = lambda persons: None,
        observe: Callable[[RunReport], object] | None = None,
    ) -> Report:
        """Run the service for each person for whom it was not run on this occasion yet. If it is killed, run it again.

        executor  where groups of persons run; by default processes of this machine, new ones when one is lost.
                  Dask's is `Client(…).get_executor(pure=False)`
        occasion  what tells this run from others of the same service: a date, say
        workers   how many groups run at a time; by default one more than this machine has cores, as one waits for the disk
        progress  told, again and again, for how many more persons it is settled
        observe   called with a report of each run that took place, which holds nothing of the person

        FixHost if the workers cannot hold the service; BrokenExecutor if the executor that was given breaks.
        """
        began = time.monotonic()
        order = Order(
            self.people.path.absolute(),
            tuple((manifest.canonical(), pickle.dumps(engine)) for manifest, engine in self._versions),
            self._settings,
            occasion,
            self._language,
            observe is not None,
        )
        workers = workers or (os.cpu_count() or 1) + 1
        found = Counter[Outcome]()
        with _Pool(executor, workers) as pool:
            for settled in _Work(self.people, order, pool, AHEAD * workers):
                found += settled.outcomes
                progress(settled.outcomes.total())
                if observe is not None:
                    for report in settled.reports:
                        observe(report)
        return _report(found, time.monotonic() - began)


def _report(found: Counter[Outcome], seconds: float) -> Report:
    def of(counted: str) -> dict[str, int]:
        return {what: n for (where, what), n in sorted(found.items()) if where == counted}

    return Report(found["done", ""], found["already", ""], of("skipped"), of("failed"), seconds)


class _Work:
    """Gives what became of each group, as they end. At most `most` are under way, however many persons there are."""

    def __init__(self, people: People, order: Order, pool: _Pool, most: int) -> None:
        self._people = people
        self._order = order
        self._pool = pool
        self._most = most

    def __iter__(self) -> Iterator[Settled]:
        groups = _groups(self._people.ids())
        while lost := (yield from self._until_lost(groups)):
            for person in lost:
                yield self._alone(person)

    def _until_lost(self, groups: Iterator[tuple[str, ...]]) -> Generator[Settled, None, list[str]]:
        """Run groups until none is left, or a worker was lost; the persons of the groups that gave nothing."""
        pending: dict[Future[Settled], tuple[str, ...]] = {}
        lost: list[str] = []
        try:
            while True:
                for group in islice(groups, 0 if lost else self._most - len(pending)):
                    pending[self._submit(group)] = group
                if not pending:
                    return lost
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    group, settled = pending.pop(future), _result(future)
                    if settled is None:
                        lost += group
                    else:
                        yield settled
        finally:
            for future in pending:
                future.cancel()

    def _alone(self, person: str) -> Settled:
        """Run one person while nothing else is under way, so that nobody counts as failed by another's fault."""
        for _ in range(ATTEMPTS):
            settled = _result(self._submit((person,)))
            if settled is not None:
                return settled
        return Settled(Counter([("failed", WORKER_LOST)]))

    def _submit(self, group: tuple[str, ...]) -> Future[Settled]:
        return self._pool.submit(self._order, self._people.policy.among(group), group)


def _groups(persons: Iterable[str]) -> Iterator[tuple[str, ...]]:
    left = iter(persons)
    while group := tuple(islice(left, GROUP)):
        yield group


def _result(future: Future[Settled]) -> Settled | None:
    """What became of a group; None if its worker was lost."""
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        return None
    except Exception as error:
        if type(error).__name__ == "KilledWorker":  # Dask's, of a group that lost several workers
            return None
        raise


class _Pool:
    """The executor that was given, or processes of our own, replaced when one is lost."""

    def __init__(self, executor: Executor | None, workers: int) -> None:
        self._workers = workers
        self._own = executor is None
        self._executor = executor or _processes(workers)

    def submit(self, order: Order, policy: HostPolicy, group: tuple[str, ...]) -> Future[Settled]:
        try:
            return self._executor.submit(run_group, order, policy, group)
        except BrokenExecutor:
            if not self._own:
                raise
            self._executor.shutdown()
            self._executor = _processes(self._workers)
            return self._executor.submit(run_group, order, policy, group)

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._own:
            self._executor.shutdown(cancel_futures=True)


def _processes(workers: int) -> ProcessPoolExecutor:
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    return ProcessPoolExecutor(workers, context, initializer=_begin)


def _begin() -> None:
    """A worker ends with its parent, however that ends; after Ctrl-C it begins nothing more."""
    signal.signal(signal.SIGINT, lambda *_: _STOPPED.append(True))
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


# In a worker


_STOPPED: list[bool] = []


def run_group(order: Order, policy: HostPolicy, persons: tuple[str, ...]) -> Settled:
    """What became of each person's run. FixHost if no run can take place here."""
    worker = _worker(order)
    worker.people.policy = policy
    reports: list[RunReport] = []
    observe = reports.append if order.observed else None
    outcomes = Counter([worker.run(person, observe) for person in persons if not _STOPPED])
    return Settled(outcomes, tuple(reports))


class _Worker:
    """What a thread keeps open from group to group; closed when the thread ends, or the process."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.manifests = [Manifest.from_json(manifest) for manifest, _ in order.versions]
        self.service = self.manifests[0].id
        self._engines: dict[str, Engine] = {}
        self._opened = ExitStack()
        self.close = Finalize(self, self._opened.close, exitpriority=10)
        self.people = self._opened.enter_context(People(order.people))

    def engine(self, manifest: Manifest) -> Engine:
        """What runs the code of a version, from the first person on who needs it."""
        if manifest.version not in self._engines:
            maker: EngineMaker = pickle.loads(self.order.versions[self.manifests.index(manifest)][1])
            self._engines[manifest.version] = self._opened.enter_context(maker())
        return self._engines[manifest.version]

    def run(self, person: str, observe: Callable[[RunReport], None] | None) -> Outcome:
        try:
            return self._run(person, observe)
        except AskPerson:
            return "skipped", "consent"
        except FixHost:
            raise
        except Exception as error:
            return "failed", error_name(error)

    def _run(self, person: str, observe: Callable[[RunReport], None] | None) -> Outcome:
        rules, order = self.people.policy.for_person(person), self.order
        if not rules.allows(self.service):
            return "skipped", "policy"
        with self.people.host(person, observe) as host:
            # Nothing is asked of who did not agree, so no journal says so every night.
            view = host.ledger.look(self.service)
            grant = host.agreed(self.service, view)
            manifest = newest_covered(self.manifests, grant) if grant is not None else None
            if manifest is None:
                return "skipped", "consent"
            engine, most = self.engine(manifest), rules.quota.runs_per_day
            if most is not None and not self._is_done(view, engine, manifest) and host.runs_of_today() >= most:
                return "skipped", "quota"
            done = host.run(engine, manifest, settings=order.settings, occasion=order.occasion, language=order.language)
        return ("already" if done.repeated else "done"), ""

    def _is_done(self, view: View, engine: Engine, manifest: Manifest) -> bool:
        settings = read_settings(options_of(manifest), self.order.settings)
        return view.use is not None and key_of(engine.code, settings, self.order.occasion) in view.use.done


_KEPT = threading.local()


def _worker(order: Order) -> _Worker:
    kept: _Worker | None = getattr(_KEPT, "worker", None)
    if kept is None or kept.order != order:
        if kept is not None:
            kept.close()
        kept = _KEPT.worker = _Worker(order)
    return kept
