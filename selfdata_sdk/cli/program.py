"""The group of commands, each imported only when it is used, and the way from an error to an exit code."""

from __future__ import annotations

import difflib
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from .._version import __version__
from ..errors import AskPerson, FixInput, SandboxUnavailable, SelfDataError
from .command import NotPossibleHere, Option, Session, shared_options
from .command import _say_help as say_help
from .language import Words, of_the_system, say, speak, spoken
from .terminal import make_printable, tell

OK, FAILED, WRONG_USE, NOT_HERE, NOT_AGREED, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 4, 130, 141

COMMANDS: dict[str, tuple[str, Words]] = {
    "demo": (
        "demo",
        Words("See advice on a real home, in a minute.", "Voir des conseils sur un vrai foyer, en une minute."),
    ),
    "import": (
        "import_",
        Words(
            "Bring in files from those who hold your data.", "Importer les fichiers de ceux qui détiennent vos données."
        ),
    ),
    "add": (
        "add",
        Words(
            "Tell what no file holds, like your household.", "Dire ce qu'aucun fichier ne contient, comme votre foyer."
        ),
    ),
    "answer": ("answer", Words("Answer a service's questions.", "Répondre aux questions d'un service.")),
    "show": ("show", Words("See what is there.", "Voir ce qui est là.")),
    "run": ("run", Words("Run a service on your data.", "Lancer un service sur vos données.")),
    "runs": ("runs", Words("List what services did here.", "Lister ce que les services ont fait ici.")),
    "grant": ("grant", Words("Agree to what a service asks for.", "Accepter ce qu'un service demande.")),
    "withdraw": ("withdraw", Words("Take back what you agreed to.", "Retirer ce que vous avez accepté.")),
    "grants": ("grants", Words("List what you agreed to.", "Lister ce que vous avez accepté.")),
    "receipt": (
        "receipt",
        Words("Keep a receipt of what you agreed to.", "Garder un reçu de ce que vous avez accepté."),
    ),
    "journal": ("journal", Words("Read what was done with your data.", "Lire ce qui a été fait de vos données.")),
    "host": ("host", Words("What a host does by itself.", "Ce qu'un hôte fait de lui-même.")),
    "export": ("export", Words("Write everything in open formats.", "Tout écrire dans des formats ouverts.")),
    "backup": ("backup", Words("Copy everything to one file.", "Tout copier dans un seul fichier.")),
    "erase": ("erase", Words("Erase data for good.", "Effacer des données pour de bon.")),
    "schema": ("schema", Words("Describe the record types.", "Décrire les types de données.")),
    "manifest": (
        "manifest",
        Words("Write or check a service's manifest.", "Écrire ou vérifier le manifeste d'un service."),
    ),
    "diff": (
        "diff",
        Words(
            "Say what a new version of a service asks for.", "Dire ce que demande une nouvelle version d'un service."
        ),
    ),
    "new": ("new", Words("Begin a service: a project that runs.", "Commencer un service : un projet qui tourne.")),
    "check": (
        "check",
        Words("Say how far your service can be trusted.", "Dire jusqu'où votre service est digne de confiance."),
    ),
    "test": ("test", Words("Run a project's own tests.", "Lancer les tests d'un projet.")),
    "pitch": (
        "pitch",
        Words("Write a sheet that shows your service.", "Écrire une page qui montre votre service."),
    ),
    "personas": (
        "personas",
        Words("See invented households to try services on.", "Voir des foyers inventés pour essayer des services."),
    ),
    "plugins": ("plugins", Words("Install services and update them.", "Installer des services, les tenir à jour.")),
    "fleet": ("fleet", Words("Run a service for many persons.", "Lancer un service pour de nombreuses personnes.")),
    "doctor": ("doctor", Words("Check this installation.", "Vérifier cette installation.")),
    "completion": (
        "completion",
        Words("Complete commands with the Tab key.", "Compléter les commandes avec la touche Tab."),
    ),
}


class PipeClosed(Exception):
    """The reader of the output went away. click would make it an error of its own."""


class Program(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"{__package__}.commands.{COMMANDS[name][0]}")
        found: click.Command = module.command
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, 2, 0.5)
            hint = (
                say(f"Did you mean {' or '.join(near)}?", f"Vouliez-vous dire {' ou '.join(near)} ?")
                if near
                else say("`selfdata --help` lists the commands.", "`selfdata --help` liste les commandes.")
            )
            raise click.UsageError(
                say(f"There is no command “{args[0]}”. ", f"La commande « {args[0]} » n'existe pas. ") + hint
            )
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise PipeClosed from None

    def get_help(self, ctx: click.Context) -> str:
        self.help = say(
            "Your data, with you: bring them in, see them, and let services work on them here.",
            "Vos données, chez vous : importez-les, voyez-les, et faites travailler des services sur place.",
        )
        return super().get_help(ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return say_help(super().get_help_option(ctx))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say("Commands", "Commandes")):
            formatter.write_dl([(name, str(words)) for name, (_, words) in COMMANDS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        formatter.write_text(say("Start with: selfdata demo", "Pour commencer : selfdata demo"))


def _tell_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        tell(f"selfdata {__version__}")
        ctx.exit()


program = Program(
    "selfdata",
    params=[
        *shared_options(hidden=False),
        Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            words=Words("Tell the version.", "Donner la version."),
            callback=_tell_version,
        ),
    ],
    context_settings={"help_option_names": ["--help", "-h"]},
)


def run(words: Sequence[str]) -> int:
    """Run one command line; the exit code. Errors go to stderr, as sentences."""
    usual = gc.get_threshold()
    # Most of a short command is importing, whose many objects stay: looking for garbage among them costs 30 ms.
    gc.set_threshold(200_000, *usual[1:])
    try:
        return _run(words)
    finally:
        gc.set_threshold(*usual)


def _run(words: Sequence[str]) -> int:
    make_printable()
    speak(of_the_system())
    session = Session(debug="--debug" in words)
    try:
        result: Any = program.main(list(words), prog_name="selfdata", standalone_mode=False, obj=session)
        sys.stdout.flush()
    except BaseException as error:
        return _failed(error, session.debug)
    return result if isinstance(result, int) else OK


def _failed(error: BaseException, debug: bool) -> int:
    if isinstance(error, PipeClosed | BrokenPipeError):
        _drop_output()
        return PIPE_CLOSED
    if isinstance(error, KeyboardInterrupt | click.Abort):
        _tell(say("Stopped. Nothing was left half done.", "Arrêté. Rien n'est resté à moitié fait."))
        return INTERRUPTED
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAILED
    if debug:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, SelfDataError):
        tell_error(error)
        if isinstance(error, AskPerson):
            return NOT_AGREED
        if isinstance(error, SandboxUnavailable):
            return NOT_HERE
        return WRONG_USE if isinstance(error, FixInput) else FAILED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        tell(error.format_message())
        return OK
    if isinstance(error, click.ClickException):
        return _wrong_use(error)
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("selfdata"):
        _tell(
            say(
                f"This needs the Python package {error.name}, which is not installed.",
                f"Il faut le paquet Python {error.name}, qui n'est pas installé.",
            ),
            next=f"pip install {error.name}",
        )
        return NOT_HERE
    _tell(
        say(
            f"Something unexpected happened ({type(error).__name__}).",
            f"Un problème imprévu est survenu ({type(error).__name__}).",
        ),
        next=say(
            "Run the same command with --debug and report what it shows.",
            "Relancez la même commande avec --debug et signalez ce qu'elle affiche.",
        ),
    )
    return FAILED


def _wrong_use(error: click.ClickException) -> int:
    if isinstance(error, NotPossibleHere):
        _tell(error.message, next=error.next)
        return error.exit_code
    context = getattr(error, "ctx", None)
    hint = (
        say(f"`{context.command_path} --help` shows how.", f"`{context.command_path} --help` montre comment.")
        if context
        else ""
    )
    _tell(error.format_message(), next=hint)
    return error.exit_code


def tell_error(error: SelfDataError) -> None:
    """What happened, where and what next, on stderr."""
    what, step = error.sentences(spoken())
    _tell(what, where=error.place(spoken()), next=step)


def _tell(what: str, *, where: str = "", next: str = "") -> None:
    place = where + say(": ", " : ") if where else ""
    label = (
        click.style(say("Error", "Erreur"), fg="red", bold=True) + " " if _coloured() else say("Error: ", "Erreur : ")
    )
    tell(f"{label}{place}{what}", err=True)
    if next:
        tell(f"  -> {next}", err=True)


def _coloured() -> bool:
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ


def _drop_output() -> None:
    """Send what Python would still flush at exit to nowhere."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
