"""`selfdata grant`: what a service asks for, and the person's answer to each part of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

import click

from ...errors import RequestError
from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, say, spoken
from ..terminal import console, inset, plain, print_json, tell
from .run import complete_names, trust_option

if TYPE_CHECKING:
    from ...consent.grant import Grant, Item
    from ...consent.label import Label, NeedLabel
    from ...host.host import Host
    from ...model.text import Language
    from ...service.manifest import Manifest


@new_command(
    "grant",
    "Show what a service asks for (what, how fine, how far back, why), and agree to it, part by part. On a terminal each "
    "part is asked; elsewhere, or to answer without being asked, name each one. What is optional and not answered is "
    "left for later. SERVICE is as for `selfdata run`.",
    "Montrer ce qu'un service demande (quoi, à quelle finesse, jusqu'où, pourquoi), et l'accepter, partie par partie. Sur "
    "un terminal, chaque partie est demandée ; ailleurs, ou pour répondre sans question, nommez chacune. Ce qui est "
    "facultatif et sans réponse est remis à plus tard. SERVICE est comme pour `selfdata run`.",
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
        "Agree to less of this part: granularity=day, back=P90D, precision=1km or where.FIELD=a|b.",
        "Accepter moins de cette partie : granularity=day, back=P90D, precision=1km ou where.CHAMP=a|b.",
    ),
)
@option(
    "--again",
    is_flag=True,
    words=Words("Renew: the same answers as before.", "Renouveler : les mêmes réponses qu'avant."),
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
@trust_option
@pass_session
def command(
    session: Session, service: str, accept: tuple[str, ...], refuse: tuple[str, ...], limit: tuple[str, ...], again: bool,
    lasts: str, once: bool, as_json: bool, trust: bool,
) -> int:  # fmt: skip
    from ...consent.grant import Terms
    from ..advice import find

    # The newest version is the one to be asked about, whatever was agreed to before.
    manifest = find(service, None, session.home, trust=trust).manifest
    _refuse_no_duration(lasts)
    items = _named(manifest, accept, refuse, limit)
    asks = not items and not again and not as_json and sys.stdin.isatty()
    if not asks and not again:
        _refuse_unanswered(manifest, items, as_json, trust)
    with session.host(create=True) as host:
        if again:
            items = {**_earlier(host, manifest), **items}
        label = _label(manifest, trust)
        if not as_json:
            _show(label, _news(host, manifest))
        if asks:
            items = {need.label: _ask(need) for need in label.needs}
        grant = host.grant(manifest, Terms(items=items, lasts=lasts, once=once, language=cast("Language", spoken())))
    _tell_idle(manifest, items)
    if as_json:
        print_json(grant.model_dump(mode="json", exclude_none=True))
    else:
        _tell(grant, label)
    return 0


def _refuse_no_duration(lasts: str) -> None:
    from ...service.need import back_problem

    if back_problem(lasts):
        raise RequestError(
            f"“{lasts[:40]}” is no length of time.", where="--for", next="Write it like P30D, P6M, P1Y or PT30M."
        )


def _named(manifest: Manifest, accept: Iterable[str], refuse: Iterable[str], limit: Iterable[str]) -> dict[str, Item]:
    """The answers that the options give. To name a need is a consent of its own to how fine it is."""
    from ...consent.grant import Item
    from ...model import REGISTRY
    from ..limits import need_named, read_limits

    given = {need_named(manifest, name): Item(decision="given", finer=True) for name in accept}
    for text in limit:
        name, _, axes = text.partition(":")
        label = need_named(manifest, name)
        limits = read_limits(axes, label, manifest.needs[label], manifest.types(REGISTRY))
        given[label] = Item(decision="given", limits=limits, finer=True)
    refused = {need_named(manifest, name): Item(decision="refused") for name in refuse}
    if both := sorted(given.keys() & refused.keys()):
        raise click.UsageError(
            say(f"{both[0]} is both agreed to and refused.", f"{both[0]} est à la fois accepté et refusé.")
        )
    return {**given, **refused}


def _refuse_unanswered(manifest: Manifest, items: Mapping[str, Item], as_json: bool, trust: bool) -> None:
    """RequestError, after the label, if there is no answer at all, or none to a need that is required."""
    left = [name for name, need in manifest.needs.items() if need.required and name not in items]
    if not left and (items or not manifest.needs):
        return
    if not as_json:
        _show(_label(manifest, trust), ())
    if left:
        raise RequestError(
            f"There is no answer to {left[0]}, without which it cannot work.",
            where=manifest.id,
            next=f"Answer with --accept {left[0]}, --refuse {left[0]} or --limit {left[0]}:AXIS=VALUE.",
        )
    raise RequestError(
        "There is no answer, and no terminal on which to ask.",
        where=manifest.id,
        next="Answer with --accept NEED, --refuse NEED or --limit NEED:AXIS=VALUE.",
    )


def _earlier(host: Host, manifest: Manifest) -> Mapping[str, Item]:
    """The answers given before, as far as this version asks for no more."""
    from ...consent.inherit import updated

    standing = host.standing(manifest.id)
    if standing.state not in ("given", "renewed", "suspended", "expired"):
        raise RequestError(
            "There is nothing to renew: it was refused or taken back.",
            where=manifest.id,
            next="Answer anew, without --again.",
        )
    if standing.grant.manifest == manifest:
        return standing.grant.items
    return updated(standing.grant, manifest, host.ledger.look().now).items


def _label(manifest: Manifest, trust: bool) -> Label:
    from ...consent.label import Enforcement, label_of
    from ...model import REGISTRY

    return label_of(manifest, REGISTRY, Enforcement(isolated=not trust))


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
            inset(out, text.say(spoken()))
    out.print()
    for fact in (*label.facts, label.where):
        out.print(plain(fact.say(spoken())))
    out.print()


def _ask(need: NeedLabel) -> Item:
    """The answer of a person at a terminal; an empty one refuses what is optional."""
    from ...consent.grant import Item

    choices = {
        say("y", "o"): (say("yes", "oui"), Item(decision="given", finer=True)),
        "n": (say("no", "non"), Item(decision="refused")),
    }
    if need.coarse is not None:
        coarse = say(f"yes, but only {need.coarse.en}", f"oui, mais seulement {need.coarse.fr}")
        choices["c"] = (coarse, Item(decision="given"))
    told = ", ".join(f"{key} = {text}" for key, (text, _) in choices.items())
    question = f"{need.what.say(spoken())}{say('?', chr(0xA0) + '?')} ({told})"
    while True:
        answer = click.prompt(question, default=None if need.required else "n", show_default=not need.required)
        if (found := choices.get(str(answer).strip().lower()[:1])) is not None:
            return found[1]
        tell(say(f"Answer with {', '.join(choices)}.", f"Répondez par {', '.join(choices)}."), err=True)


def _tell_idle(manifest: Manifest, items: Mapping[str, Item]) -> None:
    """Limits that change nothing."""
    from ..limits import idle

    for label, item in items.items():
        for axis in idle(manifest.needs[label], item.limits):
            tell(
                say(
                    f"The limit {axis} changes nothing: {label} asks for no more than that.",
                    f"La limite {axis} ne change rien : {label} n'en demande pas plus.",
                ),
                err=True,
            )


def _tell(grant: Grant, label: Label) -> None:
    from ...model.wording import wording

    if grant.state == "refused":
        tell(say("You refused this service. Nothing will be read.", "Vous avez refusé ce service. Rien ne sera lu."))
        return
    until = wording(grant.expires_at.astimezone().date(), spoken())
    name = grant.manifest.id
    once = say(" It holds for one run.", " Cela vaut pour une seule fois.") if grant.once else ""
    tell(say(f"Agreed until {until}.{once}", f"Accepté jusqu'au {until}.{once}"))
    for need in label.needs:
        if need.required and grant.items[need.label].decision != "given":
            tell(
                say(
                    f"The service will not run: it cannot work without {need.label}.",
                    f"Le service ne tournera pas : il ne peut pas se passer de {need.label}.",
                )
            )
    tell(
        say(
            f"Take it back at any time: selfdata withdraw {name}",
            f"À tout moment, pour le retirer : selfdata withdraw {name}",
        )
    )
    tell(say(f"Your receipt: selfdata receipt {name}", f"Votre reçu : selfdata receipt {name}"))
