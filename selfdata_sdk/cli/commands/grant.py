"""`selfdata grant`: what a service asks for, and the person's answer to each part of it."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

import click

from ...errors import RequestError
from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, say, spoken
from ..terminal import console, plain, print_json, tell
from .run import complete_names

if TYPE_CHECKING:
    from ...consent.grant import Grant, Item, Limits
    from ...consent.label import Label, NeedLabel
    from ...host.host import Host
    from ...model import Registry
    from ...model.text import Language
    from ...service.manifest import Manifest


@new_command(
    "grant",
    "Show what a service asks for (what, how fine, how far back, why), and agree to it, part by part. On a terminal each "
    "part is asked; elsewhere name each one. What is not answered is left for later. SERVICE is as for `selfdata run`.",
    "Montrer ce qu'un service demande (quoi, à quelle finesse, jusqu'où, pourquoi), et l'accepter, partie par partie. Sur "
    "un terminal, chaque partie est demandée ; ailleurs, nommez-les. Ce qui n'a pas de réponse est remis à plus tard. "
    "SERVICE est comme pour `selfdata run`.",
)
@click.argument("service", shell_complete=complete_names)
@option(
    "--accept",
    multiple=True,
    metavar="NEED",
    words=Words("Agree to this part, as fine as it asks.", "Accepter cette partie, aussi fine qu'elle est demandée."),
)
@option("--refuse", multiple=True, metavar="NEED", words=Words("Refuse this part.", "Refuser cette partie."))
@option(
    "--limit",
    multiple=True,
    metavar="NEED:AXIS=VALUE,…",
    words=Words(
        "Agree to less of this part: granularity=day, back=P90D, precision=1km or FIELD=a|b.",
        "Accepter moins de cette partie : granularity=day, back=P90D, precision=1km ou CHAMP=a|b.",
    ),
)
@option(
    "--for",
    "lasts",
    default="P6M",
    metavar="DURATION",
    show_default=True,
    words=Words("How long, 13 months at most.", "Pour combien de temps, 13 mois au plus."),
)
@option("--once", is_flag=True, words=Words("For one run only.", "Pour une seule fois."))
@option("--json", "as_json", is_flag=True, words=Words("Print the grant as JSON.", "Afficher l'accord en JSON."))
@pass_session
def command(
    session: Session, service: str, accept: tuple[str, ...], refuse: tuple[str, ...], limit: tuple[str, ...], lasts: str,
    once: bool, as_json: bool,
) -> int:  # fmt: skip
    from ...consent.grant import Terms
    from ...host.discovery import load

    manifest = load(service).manifest
    with session.host(create=True) as host:
        label = _label(manifest, host.registry)
        if not as_json:
            _show(label, _news(host, manifest))
        items = _named(manifest, accept, refuse, limit)
        if not (accept or refuse or limit):
            if not sys.stdin.isatty():
                raise RequestError(
                    "There is no terminal on which to ask.",
                    where=manifest.id,
                    next="Answer with --accept NEED, --refuse NEED and --limit NEED:granularity=day.",
                )
            items = {need.label: _ask(need) for need in label.needs}
        grant = host.grant(
            manifest,
            Terms(items=items, lasts=lasts, once=once, language=cast("Language", spoken())),
        )
    if as_json:
        print_json(grant.model_dump(mode="json", exclude_none=True))
    else:
        _tell(grant)
    return 0


def _label(manifest: Manifest, registry: Registry) -> Label:
    from ...consent.label import Enforcement, label_of

    # Services run in this process for now.
    return label_of(manifest, registry, Enforcement(isolated=False))


def _news(host: Host, manifest: Manifest) -> list[str]:
    """What is new since an earlier agreement, if there was one on another version."""
    from ...consent.difference import sentences
    from ...consent.order import compare

    held = host.ledger.look(manifest.id).held
    if held is None or held.grant.manifest == manifest:
        return []
    old = held.grant.manifest
    return [t.say(spoken()) for t in sentences(compare(old, manifest), old, manifest, host.registry)]


def _show(label: Label, news: Iterable[str]) -> None:
    out = console()
    head = plain(label.name.say(spoken()), style="bold")
    head.append(f"  {label.id} {label.version}", style="dim")
    out.print(head)
    out.print(plain(label.summary.say(spoken())))
    for line in news:
        out.print(plain(f"! {line}", style="bold"))
    for need in label.needs:
        out.print()
        title = plain(need.what.say(spoken()), style="bold")
        title.append(f"  ({need.label})", style="dim")
        out.print(title)
        for text in need.lines:
            out.print(plain(f"  {text.say(spoken())}"))
    out.print()
    for fact in (*label.facts, label.where):
        out.print(plain(fact.say(spoken())))
    out.print()


def _named(manifest: Manifest, accept: Iterable[str], refuse: Iterable[str], limit: Iterable[str]) -> dict[str, Item]:
    """The answers that the options give."""
    from ...consent.grant import Item

    items: dict[str, Item] = {}
    for name in accept:
        items[_need(manifest, name)] = Item(decision="given", finer=True)
    for name in refuse:
        if items.pop(label := _need(manifest, name), None) is not None:
            raise click.UsageError(
                say(f"{label} is both accepted and refused.", f"{label} est à la fois accepté et refusé.")
            )
        items[label] = Item(decision="refused")
    for text in limit:
        name, _, axes = text.partition(":")
        label = _need(manifest, name)
        if label in items and items[label].decision == "refused":
            raise click.UsageError(
                say(f"{label} is both limited and refused.", f"{label} est à la fois limité et refusé.")
            )
        items[label] = Item(decision="given", limits=_limits(axes), finer=True)
    return items


def _need(manifest: Manifest, name: str) -> str:
    if name in manifest.needs:
        return name
    near = difflib.get_close_matches(name, manifest.needs, 1, 0.5)
    step = f"Did you mean {near[0]}?" if near else f"It has {', '.join(sorted(manifest.needs))}."
    raise RequestError(f"{manifest.id} has no need “{name[:60]}”.", next=step)


def _limits(axes: str) -> Limits:
    from pydantic import ValidationError

    from ...consent.grant import Limits

    values: dict[str, object] = {}
    where: dict[str, tuple[str, ...]] = {}
    for part in axes.split(","):
        axis, equals, value = (p.strip() for p in part.partition("="))
        if not equals or not value:
            raise RequestError("A limit is written like water:granularity=day,back=P90D.", next="Correct --limit.")
        if axis in ("granularity", "back", "precision"):
            values[axis] = value
        else:
            where[axis] = tuple(value.split("|"))
    try:
        return Limits.model_validate({**values, "where": where})
    except ValidationError as error:
        axis = str(error.errors(include_input=False)[0]["loc"][0])
        raise RequestError(
            f"The limit {axis} does not have a value that it can have.",
            next="Write granularity=day, back=P90D, precision=1km or FIELD=a|b.",
        ) from None


def _ask(need: NeedLabel) -> Item:
    """The answer of a person at a terminal."""
    from ...consent.grant import Item

    question = need.what.say(spoken())
    choices = {"y": say("yes", "oui"), "n": say("no", "non"), "l": say("later", "plus tard")}
    if need.finer:
        choices["c"] = say(f"yes, but only {need.coarse.en}", f"oui, mais seulement {need.coarse.fr}")
    told = ", ".join(f"{key} = {text}" for key, text in choices.items())
    answer = click.prompt(f"{question}? ({told})", type=click.Choice(list(choices)), show_choices=False)
    match answer:
        case "y":
            return Item(decision="given", finer=True)
        case "c":
            return Item(decision="given")
        case "n":
            return Item(decision="refused")
        case _:
            return Item(decision="deferred")


def _tell(grant: Grant) -> None:
    from ...model.wording import wording

    if grant.state == "refused":
        tell(say("You refused this service. Nothing will be read.", "Vous avez refusé ce service. Rien ne sera lu."))
        return
    until = wording(grant.expires_at.date(), spoken())
    name = grant.manifest.id
    once = say(" It holds for one run.", " Il vaut pour une seule fois.") if grant.once else ""
    tell(say(f"Agreed until {until}.{once}", f"Accepté jusqu'au {until}.{once}"))
    tell(
        say(
            f"Take it back at any time: selfdata withdraw {name}",
            f"À tout moment, pour le retirer : selfdata withdraw {name}",
        )
    )
    tell(say(f"Your receipt: selfdata receipt {name}", f"Votre reçu : selfdata receipt {name}"))
