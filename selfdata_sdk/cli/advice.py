"""A service's run, as the terminal and the page show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

from ..consent.wordings import type_words
from ..host import discovery, sentences
from ..host.discovery import Found
from ..host.engine import Engine, InProcess
from ..host.home import Home
from ..host.host import Host
from ..host.page import About, page
from ..host.runner import Run
from ..host.sandbox import Sandbox
from ..host.sandbox.launching import Launched
from ..host.shelf import Shelf
from ..model import REGISTRY, Text
from ..model.text import Language
from . import files
from .language import say, spoken
from .terminal import tell


def find(target: str, host: Host | None, home: Home, *, trust: bool = False) -> Found:
    """The service that `target` names, as far as it was agreed to; with `trust` one's own code, which is imported."""
    shelf = Shelf(home.services_path)
    if trust:
        return discovery.load(target, shelf)
    return discovery.find(target, shelf, host.grant_for if host is not None else discovery.nothing_agreed)


@contextmanager
def engine(found: Found, launched: Launched | None, *, debug: bool = False, said: str = "") -> Iterator[Engine]:
    """What runs the code: the sandbox that was launched; else this process, which tells what the code reaches for.

    said  why this process may run it, where that is not because of --trust
    """
    if launched is not None:
        with Sandbox(launched=launched) as sandbox:
            yield sandbox.engine(found.code(), debug=debug)
        return
    trusted = say("Your own code runs inside this program, and nothing holds it (--trust).",
                  "Votre propre code tourne dans ce programme même, et rien ne le retient (--trust).")  # fmt: skip
    tell(said or trusted, err=True)
    called: set[str] = set()
    try:
        yield InProcess(found.load(), called.add)
    finally:
        if called:
            names = ", ".join(sorted(called))
            tell(say(f"It called {names}: in the sandbox it could not.",
                     f"Il a appelé {names} : dans le bac à sable, il ne le pourrait pas."), err=True)  # fmt: skip


def tell_waiting(found: Found) -> None:
    """That a newer version is there, and waits for the person's answer."""
    if found.waiting is not None:
        tell(say(f"Version {found.waiting} asks for more, and waits: selfdata grant {found.id}",
                 f"La version {found.waiting} demande plus, et attend : selfdata grant {found.id}"), err=True)  # fmt: skip


def advice(host: Host, found: Found, runs: Engine, settings: Mapping[str, str], now: datetime | None) -> Run:
    """Run a service on a person's data, as far as the person agreed."""
    return host.run(runs, found.manifest, settings=settings, now=now, language=cast(Language, spoken()))


def about(done: Run) -> About:
    """What is said around the blocks of a run."""
    outputs = done.manifest.outputs
    return About(
        name=done.manifest.name,
        now=done.now,
        id=done.manifest.id,
        version=done.manifest.version,
        summary=done.manifest.summary,
        read=read(done),
        links={n: link.url for n, link in outputs.links.items()} | {n: p.number for n, p in outputs.numbers.items()},
        questions={n: q.text for n, q in outputs.questions.items()},
    )


def read(done: Run) -> list[Text]:
    """What the service was handed, one sentence a need; and what it was not."""
    lines = []
    for d in done.delivered:
        title = type_words(done.manifest.types(REGISTRY), d.record_type)
        if not d.given:
            lines.append(sentences.refused(title))
            continue
        lines.append(sentences.handed(title, d.granularity, d.rows, d.start, d.end))
        if d.withheld:
            lines.append(sentences.withheld(d.granularity, d.withheld))
    return [*lines, sentences.HERE if done.walls else sentences.HERE_UNHELD]


def write_page(done: Run, path: Path) -> None:
    """Write the page of a run, readable by its owner only; RequestError if that cannot be done."""
    files.write_page(path, page(done.blocks, about(done), spoken()))
