"""The page of the command line."""

from __future__ import annotations

import click

from selfdata_sdk.cli.command import shared_options
from selfdata_sdk.cli.language import speak, spoken
from selfdata_sdk.cli.program import COMMANDS, program

from .markdown import block, code, page, table

INTRODUCTION = """
`selfdata COMMAND` works on one person's data in one folder, the home: `--home DIR`, else the environment variable
`SELFDATA_HOME`, else the platform's folder for user data. These options are taken before or after any command:
"""

END = """
`selfdata --version` tells the version. [Exit codes](errors.md#exit-codes) are the same for all commands.
"""


def cli_page() -> str:
    """In English, whatever language the command line spoke before."""
    before = spoken()
    speak("en")
    try:
        return _page()
    finally:
        speak(before)


def _page() -> str:
    with click.Context(program, info_name="selfdata") as context:
        commands = {name: program.get_command(context, name) for name in COMMANDS}
        return page(
            "Command line",
            INTRODUCTION,
            _options(shared_options(hidden=False), context),
            END,
            table(("Command", "What it does"), [(f"[{code(n)}](#{n})", COMMANDS[n][1].en) for n in COMMANDS]),
            *(_command(name, found, context) for name, found in commands.items() if found is not None),
        )


def _command(name: str, command: click.Command, above: click.Context, prefix: str = "") -> str:
    """A command, and those of a group below it."""
    path = f"{prefix}{name}"
    with click.Context(command, info_name=name, parent=above) as context:
        usage = command.get_usage(context).removeprefix("Usage: ").split()
        return "\n\n".join(
            part
            for part in (
                f"{'###' if prefix else '##'} {code(path)} {{ #{path.replace(' ', '-')} }}",
                _said(command),
                block(" ".join(usage), "text"),
                _arguments(command, context),
                _options([p for p in command.params if not getattr(p, "hidden", False)], context),
                *(_command(n, c, context, f"{path} ") for n, c in _commands(command)),
            )
            if part
        )


def _commands(command: click.Command) -> list[tuple[str, click.Command]]:
    return list(command.commands.items()) if isinstance(command, click.Group) else []


def _arguments(command: click.Command, context: click.Context) -> str:
    found = [p for p in command.params if isinstance(p, click.Argument)]
    rows = [
        (code(p.make_metavar(context)), "required" if p.required else "may be left out", _values(p.type)) for p in found
    ]
    return table(("Argument", "", "Values"), rows)


def _options(parameters: list[click.Parameter], context: click.Context) -> str:
    rows = []
    for option in parameters:
        if not isinstance(option, click.Option):
            continue
        names = ", ".join(code(n) for n in (*option.opts, *option.secondary_opts))
        flag = option.is_flag or option.count
        value = "" if flag else code(option.make_metavar(context)) if option.metavar else _values(option.type)
        if option.multiple:
            value = f"{value}, several times"
        rows.append((names, value, _default(option), _said(option)))
    return table(("Option", "Value", "Default", ""), rows)


def _said(what: click.Command | click.Option) -> str:
    """The help in English, whatever language was spoken before."""
    words = getattr(what, "words", None)
    return words.en if words is not None else (what.help or "").strip()


def _values(kind: click.ParamType[object]) -> str:
    if isinstance(kind, click.Choice):
        return ", ".join(code(str(c)) for c in kind.choices)
    if isinstance(kind, click.IntRange):
        return f"a whole number from {kind.min}" if kind.max is None else f"{kind.min} to {kind.max}"
    return {
        "path": "a path",
        "integer": "a whole number",
        "float": "a number",
        "text": "a text",
        "TYPE": "a record type",
    }.get(kind.name, kind.name)


def _default(option: click.Option) -> str:
    value = option.default
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return code(str(value))
    return ""
