"""`selfdata doctor`: is this installation sound?"""

from __future__ import annotations

import platform
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, number, say, spoken
from ..terminal import print_json, tell

EXTRAS = {
    "fast": ("pyarrow",),
    "dataframes": ("pandas", "polars"),
    "fleet": ("distributed",),
    "metrics": ("prometheus_client",),
    "testing": ("hypothesis", "pytest"),
}
OLDEST_SQLITE = (3, 37, 0)  # STRICT tables


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `good` None: it need not be there."""

    name: str
    good: bool | None
    said: str
    next: str = ""


@new_command("doctor", "Check this installation and your store.", "Vérifier cette installation et vos données.")
@option("--json", "as_json", is_flag=True, words=Words("Print the findings as JSON.", "Afficher le bilan en JSON."))
@pass_session
def command(session: Session, as_json: bool) -> int:
    findings = [*_installed(), _walls(), *_home(session)]
    if as_json:
        print_json([{"name": f.name, "good": f.good, "said": f.said, "next": f.next} for f in findings])
    else:
        width = max(len(f.name) for f in findings)
        for f in findings:
            sign = {True: "ok", False: say("WRONG", "FAUX"), None: "-"}[f.good]
            tell(f"{sign.ljust(5)}  {f.name.ljust(width)}  {f.said}")
            if f.next:
                tell(f"{' ' * (9 + width)}-> {f.next}")
    return 1 if any(f.good is False for f in findings) else 0


def _installed() -> Iterator[Finding]:
    yield Finding(
        "python", sys.version_info >= (3, 11), f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    )
    yield Finding("selfdata-sdk", True, version("selfdata-sdk"))
    for extra, packages in EXTRAS.items():
        present = [p for p in packages if find_spec(p) is not None]
        if len(present) == len(packages):
            yield Finding(f"[{extra}]", True, ", ".join(f"{p} {_version(p)}" for p in packages))
        else:
            yield Finding(
                f"[{extra}]",
                None,
                say("not installed (optional)", "non installé (facultatif)"),
                f'pip install "selfdata-sdk[{extra}]"',
            )
    enough = sqlite3.sqlite_version_info >= OLDEST_SQLITE
    yield Finding(
        "sqlite",
        enough,
        sqlite3.sqlite_version,
        ""
        if enough
        else say("Use a Python with SQLite 3.37 or newer.", "Utilisez un Python avec SQLite 3.37 ou plus récent."),
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


def _walls() -> Finding:
    """What would stand around services that nobody has to trust, found out by raising it."""
    from ...errors import SandboxUnavailable
    from ...host.sandbox import WALLS, Sandbox

    try:
        with Sandbox() as sandbox:
            walls = sandbox.walls
    except SandboxUnavailable as error:
        what, step = error.sentences(spoken())
        return Finding("walls", False if sys.platform.startswith("linux") else None, what, step)
    lacking = [name for name in WALLS["all"] if name not in walls]
    step = say(
        f"It holds without {lacking[0]}; the host guide says how to have that too.",
        f"Cela tient sans {lacking[0]} ; le guide de l'hôte dit comment l'avoir aussi.",
    ) if lacking else ""  # fmt: skip
    return Finding("walls", True, ", ".join(walls), step)


def _home(session: Session) -> Iterator[Finding]:
    from ...errors import SelfDataError

    home = session.home
    yield Finding(
        say("home", "dossier"),
        home.writable,
        str(home.path),
        "" if home.writable else say("Name another folder with --home.", "Nommez un autre dossier avec --home."),
    )
    if not home.exists:
        yield Finding(
            say("store", "données"),
            None,
            say("nothing stored yet", "rien d'enregistré"),
            say("selfdata import FILE", "selfdata import FICHIER"),
        )
        return
    try:
        with home.open() as store:
            count = sum(h.count for h in store.summary())
            sound = store.cloud.check() if hasattr(store.cloud, "check") else True
    except SelfDataError as error:
        yield Finding(say("store", "données"), False, *error.sentences(spoken()))
        return
    yield Finding(
        say("store", "données"),
        sound,
        say(f"{number(count)} record{'s' * (count > 1)}", f"{number(count)} enregistrement{'s' * (count > 1)}"),
        "" if sound else say("Restore a backup.", "Restaurez une sauvegarde."),
    )
