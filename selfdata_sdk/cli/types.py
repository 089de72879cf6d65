"""Kinds of arguments that several commands take, with their completion for the Tab key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click
from click.shell_completion import CompletionItem

from .language import say


class RecordTypeName(click.ParamType[str]):
    """A record type by name, with or without its version. It is looked up by the command, which suggests."""

    name = "TYPE"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from ..model import REGISTRY

        names = [t.type.rpartition("/")[0] for t in REGISTRY]
        return [CompletionItem(n) for n in names if n.startswith(incomplete)]


class Day(click.ParamType[date]):
    """A date like 2025-03-31."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(
                say(f"“{value}” is not a date like 2025-03-31.", f"« {value} » n'est pas une date comme 2025-03-31."),
                param,
                ctx,
            )


class Moment(click.ParamType[datetime]):
    """An instant like 2025-03-31T08:00+02:00; without a zone, the clock of this machine."""

    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                say(
                    f"“{value}” is not a time like 2025-03-31T08:00+02:00.",
                    f"« {value} » n'est pas un moment comme 2025-03-31T08:00+02:00.",
                ),
                param,
                ctx,
            )
        return found if found.tzinfo else found.astimezone()


class Assignment(click.ParamType[tuple[str, str]]):
    """`name=value`."""

    name = "NAME=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, equals, rest = value.partition("=")
        if not equals or not name.strip():
            self.fail(
                say(f"“{value}” is not like name=value.", f"« {value} » n'est pas de la forme nom=valeur."), param, ctx
            )
        return name.strip(), rest.strip()
