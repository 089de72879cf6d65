"""Commands and options with their texts in both languages, and what every command shares."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .language import Words, say, speak, spoken
from .terminal import tell
from .types import Moment

if TYPE_CHECKING:
    from ..host.home import Home
    from ..host.host import Host
    from ..host.report import RunReport

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Session:
    """What holds for one command line: whose home, and how much to tell about errors."""

    folder: Path | None = None
    debug: bool = False
    clock: datetime | None = None

    @property
    def home(self) -> Home:
        """The home that was named: `--home`, else SELFDATA_HOME, else the platform's folder for user data."""
        from ..host.home import Home

        if self.folder is not None:
            return Home(self.folder)
        if named := os.environ.get("SELFDATA_HOME"):
            return Home(Path(named))
        import platformdirs

        return Home(Path(platformdirs.user_data_dir("selfdata", appauthor=False)))

    @contextmanager
    def host(self, *, create: bool = False, observe: Callable[[RunReport], None] | None = None) -> Iterator[Host]:
        """The host of that home, `observe` told of its runs; RequestError if there is none yet, unless `create`."""
        from .home import refuse_missing

        if not create:
            refuse_missing(self.home)
        with self.home.host(self.clock, observe) as host:
            if (stands := host.stands) is not None:
                from ..model.wording import wording

                moment = wording(stands.astimezone(), spoken())
                text = say(
                    f"A home to practise in: its clock stands at {moment}.",
                    f"Un dossier pour s'exercer : son horloge est arrêtée au {moment}.",
                )
                tell(text, err=True)
            yield host


class NotPossibleHere(click.ClickException):
    """This machine lacks what the command needs."""

    exit_code = 3

    def __init__(self, message: str, next: str) -> None:
        super().__init__(message)
        self.next = next


pass_session = click.make_pass_decorator(Session)


class Option(click.Option):
    """An option whose help is said in the language in use."""

    def __init__(self, *args: Any, words: Words | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "help": words.en if words else None})
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        if self.words:
            self.help = str(self.words)
        return super().get_help_record(ctx)


class Command(click.Command):
    """A command whose help is said in the language in use, and that takes the global options too."""

    def __init__(self, *args: Any, words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "help": words.en})
        self.words = words
        self.params += shared_options(hidden=True)

    def get_help(self, ctx: click.Context) -> str:
        self.help = str(self.words)
        return super().get_help(ctx)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _say_help(super().get_help_option(ctx))


class Group(Command, click.Group):
    """A command with commands of its own."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say("Commands", "Commandes")):
            formatter.write_dl(
                [(n, _first_sentence(str(c.words))) for n, c in self.commands.items() if isinstance(c, Command)]
            )


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."


def _say_help(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = say("Show this help.", "Afficher cette aide.")
    return option


def option(*declarations: str, words: Words, **settings: Any) -> Callable[[F], F]:
    return click.option(*declarations, cls=Option, words=words, **settings)


def command(name: str, en: str, fr: str) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a command called `name`; the first sentence of its text is its line in the list."""
    return click.command(name, cls=Command, words=Words(en, fr))


def shared_options(hidden: bool) -> list[click.Parameter]:
    """`--home`, `--clock`, `--lang` and `--debug`: allowed before and after a command, shown before it."""
    return [
        Option(
            ["--home"],
            type=click.Path(file_okay=False, path_type=Path),
            metavar="DIR",
            expose_value=False,
            hidden=hidden,
            callback=_choose_home,
            words=Words(
                "The folder that holds your data (or SELFDATA_HOME).",
                "Le dossier qui contient vos données (ou SELFDATA_HOME).",
            ),
        ),
        Option(
            ["--clock"],
            type=Moment(),
            expose_value=False,
            hidden=hidden,
            callback=_choose_clock,
            words=Words(
                "Practise with old data: the clock of this home stands at this moment, from its first use on.",
                "S'exercer avec d'anciennes données : l'horloge de ce dossier s'arrête à ce moment, dès son premier usage.",
            ),
        ),
        Option(
            ["--lang"],
            type=click.Choice(["en", "fr"]),
            expose_value=False,
            is_eager=True,
            hidden=hidden,
            callback=_choose_language,
            words=Words("The language (default: your system's).", "La langue (par défaut : celle du système)."),
        ),
        Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            hidden=hidden,
            callback=_choose_debug,
            words=Words("Show the traceback of an error.", "Montrer la trace complète d'une erreur."),
        ),
    ]


def _choose_home(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Session).folder = value


def _choose_clock(ctx: click.Context, _: click.Parameter, value: datetime | None) -> None:
    if value is not None:
        ctx.ensure_object(Session).clock = value


def _choose_language(_: click.Context, __: click.Parameter, value: str | None) -> None:
    if value is not None:
        speak(value)


def _choose_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).debug = True
