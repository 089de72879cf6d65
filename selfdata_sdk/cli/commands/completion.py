"""`selfdata completion`: the script that makes a shell complete commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ..command import command as new_command
from ..terminal import tell

SHELLS = ("bash", "zsh", "fish")


@new_command(
    "completion",
    "Print what your shell needs to complete commands with the Tab key. "
    'bash: eval "$(selfdata completion bash)" in ~/.bashrc. zsh: the same in ~/.zshrc. '
    "fish: selfdata completion fish > ~/.config/fish/completions/selfdata.fish",
    "Afficher ce qu'il faut à votre shell pour compléter les commandes avec la touche Tab. "
    'bash : eval "$(selfdata completion bash)" dans ~/.bashrc. zsh : la même ligne dans ~/.zshrc. '
    "fish : selfdata completion fish > ~/.config/fish/completions/selfdata.fish",
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    maker = get_completion_class(shell)
    assert maker is not None
    script = maker(ctx.find_root().command, {}, "selfdata", "_SELFDATA_COMPLETE")
    tell(script.source_template % script.source_vars())
    return 0
