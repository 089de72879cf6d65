"""`TestCoach = service_tests(coach)`: every rule for services as a test of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

from ...service.service import Service
from .report import examine, page_of
from .rule import LEVELS, Level, Rule
from .rules import RULES
from .subject import Subject


def service_tests(service: Service[...], *, level: Level = "excellent") -> type:
    """A class of tests for pytest, one for each rule up to `level`.

    A rule that cannot be verified on this machine is skipped, with the reason.
    """
    subject = Subject(service, project_of(service))
    wanted = LEVELS[: LEVELS.index(level) + 1]
    tests = {f"test_{r.id.replace('-', '_')}": _test(r, subject) for r in RULES if r.level in wanted}
    return type("TestService", (), tests)


def project_of(service: Service[...]) -> Path | None:
    """The folder of the project that holds the service's code, by its pyproject.toml."""
    file = inspect.getsourcefile(service.function)
    folders = Path(file).resolve().parents if file else ()
    return next((folder for folder in folders if (folder / "pyproject.toml").is_file()), None)


def _test(rule: Rule, subject: Subject) -> Callable[[object], None]:
    def test(self: object) -> None:
        import pytest

        finding = examine(rule, subject)
        if finding.why is not None:
            pytest.skip(finding.why.en)
        if finding.problems:
            lines = [f"{rule.title.en} [{rule.id}]"]
            lines += [f"  {p.where}: {p.what.en}" if p.where else f"  {p.what.en}" for p in finding.problems]
            pytest.fail("\n".join([*lines, f"  -> {rule.fix.en}", f"  {page_of(rule)}"]), pytrace=False)

    test.__doc__ = rule.title.en
    return test
