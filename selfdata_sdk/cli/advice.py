"""A service's run, as the terminal and the page show it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import cast

from ..host import sentences
from ..host.discovery import Found
from ..host.host import Host
from ..host.page import About, page
from ..host.runner import Run, run
from ..model import REGISTRY, Text
from ..model.text import Language
from . import files
from .language import spoken


def advice(host: Host, found: Found, settings: Mapping[str, str], now: datetime | None) -> Run:
    """Run a service on a person's data, as far as the person agreed."""
    return run(
        host.door(),
        found.load(),
        manifest=found.manifest,
        settings=settings,
        now=now,
        language=cast(Language, spoken()),
    )


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
        title = REGISTRY.get(d.record_type).facts.title
        if not d.given:
            lines.append(sentences.refused(title))
            continue
        lines.append(sentences.handed(title, d.granularity, d.rows, d.start, d.end))
        if d.withheld:
            lines.append(sentences.withheld(d.granularity, d.withheld))
    return lines


def write_page(done: Run, path: Path) -> None:
    """Write the page of a run, readable by its owner only; RequestError if that cannot be done."""
    files.write_page(path, page(done.blocks, about(done), spoken()))
