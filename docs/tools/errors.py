"""The page of errors and exit codes."""

from __future__ import annotations

import inspect

from selfdata_sdk import errors
from selfdata_sdk.cli import program
from selfdata_sdk.errors import AskPerson, FixInput, SelfDataError

from .markdown import block, code, page, prose, signature, summary, table

CODES = {
    "OK": "Done. `import`: no file was refused, and something good came in.",
    "FAILED": "Something went wrong that no other answer would have changed.",
    "WRONG_USE": "Wrong use of the command, or something that was given was refused: a value, a name, a file. "
    "`import`: at least one file was refused; the others came in.",
    "NOT_HERE": "Not possible on this machine: something that is needed is not installed.",
    "NOT_AGREED": "The person has not agreed to what a service needs, or no longer. `selfdata grant` asks.",
    "INTERRUPTED": "Interrupted (Ctrl+C). Nothing is left half done.",
    "PIPE_CLOSED": "The reader of the output went away, as in `selfdata show | head`.",
}
_EXIT_CODES = ((FixInput, program.WRONG_USE), (AskPerson, program.NOT_AGREED))


def errors_page() -> str:
    first, tree, *rest = (errors.__doc__ or "").strip().split("\n\n")
    classes = [
        "\n\n".join([f"### {code(kind.__name__)}", summary(kind), _facts(kind)])
        for kind in _walk(SelfDataError)
        if kind is not SelfDataError
    ]
    return page(
        "Errors and exit codes",
        first,
        block(tree, "text"),
        " ".join(" ".join(rest).split()),
        "## Exit codes",
        "The codes of the `selfdata` command. An error goes to stderr as one sentence, with the next step below it.",
        table(("Code", "Meaning"), [(str(getattr(program, name)), text) for name, text in CODES.items()]),
        "## Errors",
        f"### {code('SelfDataError')}",
        block(signature("SelfDataError", SelfDataError)),
        prose(SelfDataError.__doc__),
        *classes,
    )


def _walk(kind: type[SelfDataError]) -> list[type[SelfDataError]]:
    """The error and those below it, in the order of the module."""
    below = sorted((k for k in kind.__subclasses__() if k.__module__ == errors.__name__), key=_line)
    return [kind, *(found for k in below for found in _walk(k))]


def _line(kind: type[SelfDataError]) -> int:
    return inspect.getsourcelines(kind)[1]


def _facts(kind: type[SelfDataError]) -> str:
    exit_code = next((found for above, found in _EXIT_CODES if issubclass(kind, above)), program.FAILED)
    above = kind.__mro__[1].__name__
    return f"{'An' if above[0] in 'AEIOU' else 'A'} {code(above)}. Exit code {exit_code}."
