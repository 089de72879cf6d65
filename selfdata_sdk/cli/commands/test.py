"""`selfdata test`: a project's own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from ...errors import RequestError
from ..command import Command, NotPossibleHere
from ..language import Words, say
from ..terminal import tell

_NO_TESTS = 5  # pytest's own exit codes
_WRONG_USE = 4


class _Test(Command):
    """What stands after `--` is pytest's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        at = args.index("--") if "--" in args else len(args)
        ctx.meta["pytest"] = args[at + 1 :]
        return super().parse_args(ctx, args[:at])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), say("[-- PYTEST OPTIONS]", "[-- OPTIONS DE PYTEST]")]


@click.command(
    "test",
    cls=_Test,
    words=Words(
        "Run the tests of a project's folder with pytest. The project need not be installed, and nothing is fetched. "
        "What stands after -- goes to pytest. Exits with 1 if a test fails, or if there is none.",
        "Lancer les tests d'un dossier de projet avec pytest. Le projet n'a pas besoin d'être installé, et rien n'est "
        "téléchargé. Ce qui suit -- va à pytest. Sort avec 1 si un test échoue, ou s'il n'y en a aucun.",
    ),
)
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.pass_context
def command(ctx: click.Context, path: Path) -> int:
    if not (path / "pyproject.toml").is_file():
        raise RequestError(
            "This is not a project's folder: it has no pyproject.toml.",
            where=str(path),
            next="Name the folder; `selfdata new` makes a project.",
        )
    if find_spec("pytest") is None:
        raise NotPossibleHere(
            say("pytest, which runs tests, is not installed.", "pytest, qui lance les tests, n'est pas installé."),
            next='pip install "selfdata-sdk[testing]"',
        )
    return _exit_code(_pytest(path.resolve(), ctx.meta["pytest"]))


def _pytest(folder: Path, arguments: list[str]) -> int:
    """pytest's exit code, run in the folder, whose packages can be imported."""
    from ...service.project import roots

    own = [str(root) for root in roots(folder) if root.is_dir()]
    before = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*own, *([before] if before else [])])}
    sys.stdout.flush()
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=folder, env=environment, check=False
    ).returncode


def _exit_code(code: int) -> int:
    if code == _NO_TESTS:
        tell(
            say(
                "No test was run. A first one is a line: TestService = service_tests(my_service)",
                "Aucun test n'a été lancé. Un premier tient en une ligne\u00a0: TestService = service_tests(mon_service)",
            ),
            err=True,
        )
    return {0: 0, _WRONG_USE: 2}.get(code, 1)
