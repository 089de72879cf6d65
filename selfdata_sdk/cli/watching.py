"""What those who watch a host are told of its runs: trusted plugins, a log, and counts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .command import NotPossibleHere, option
from .language import Words, say

if TYPE_CHECKING:
    from ..host.plugins import Plugins
    from ..host.report import RunReport

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


def watch_options(function: F) -> F:
    """`--log` and `--metrics`."""
    metrics = option(
        "--metrics",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        words=Words(
            "Write what was counted to a file that Prometheus collects.",
            "Écrire ce qui a été compté dans un fichier que Prometheus relève.",
        ),
    )
    log = option(
        "--log",
        type=FILE,
        metavar="FILE",
        words=Words(
            "Add a line of JSON for each run to this file (- for stderr). No person is in it.",
            "Ajouter une ligne de JSON par lancement à ce fichier (- pour stderr). Aucune personne n'y figure.",
        ),
    )
    return log(metrics(function))


@contextmanager
def watching(log: Path | None = None, metrics: Path | None = None) -> Iterator[Callable[[RunReport], None]]:
    """What is to be called with the report of each run; the counts are written at the end, however that comes."""
    from ..host.plugins import Plugins

    plugins = cache(Plugins.load)  # where nothing else needs them, not before the first run has ended
    with ExitStack() as stack:
        tell: list[Callable[[RunReport], object]] = [lambda report: plugins().observe(report)]
        if log is not None:
            tell.append(stack.enter_context(_logging(log, plugins())))
        if metrics is not None:
            tell.append(stack.enter_context(_counting(metrics, plugins())))

        def observe(report: RunReport) -> None:
            for each in tell:
                each(report)

        yield observe


@contextmanager
def _logging(file: Path, plugins: Plugins) -> Iterator[Callable[[RunReport], object]]:
    import logging

    from ..host.log import handler, logger

    with ExitStack() as stack:
        stream = sys.stderr if str(file) == "-" else stack.enter_context(file.open("a", encoding="utf-8"))
        root, added = logging.getLogger("selfdata"), handler(stream)
        level = root.level
        root.addHandler(added)
        root.setLevel(logging.INFO)
        stack.callback(root.setLevel, level)
        stack.callback(root.removeHandler, added)
        for fault in plugins.faults:
            plugin = fault.plugin
            logger("selfdata.plugins").write(
                "plugin_fault", level=logging.WARNING, plugin=plugin.name, distribution=plugin.distribution
            )
        yield logger("selfdata.host").run_ended


@contextmanager
def _counting(file: Path, plugins: Plugins) -> Iterator[Callable[[RunReport], object]]:
    try:
        from ..host.metrics import Metrics

        metrics = Metrics()
    except ModuleNotFoundError:
        raise NotPossibleHere(
            say("What counts runs is not installed.", "Ce qui compte les lancements n'est pas installé."),
            next='pip install "selfdata-sdk[metrics]"',
        ) from None
    metrics.plugin_faults(len(plugins.faults))
    try:
        yield metrics.observe
    finally:
        metrics.write(file)
