"""`selfdata grants`: what was agreed, service by service, as it stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, say, spoken
from ..terminal import console, plain, print_json, tell

if TYPE_CHECKING:
    from ...consent.grant import Item
    from ...host.host import Standing
    from ...model import Registry

STATES = {
    "given": Words("agreed", "accepté"),
    "renewed": Words("agreed", "accepté"),
    "refused": Words("refused", "refusé"),
    "withdrawn": Words("taken back", "retiré"),
    "expired": Words("run out", "expiré"),
    "suspended": Words("suspended until you confirm it", "suspendu jusqu'à votre confirmation"),
    "invalidated": Words(
        "not written by this host: it counts for nothing", "pas écrit par cet hôte : ne compte pour rien"
    ),
    "requested": Words("asked for", "demandé"),
    "deferred": Words("left for later", "remis à plus tard"),
    "superseded": Words("replaced", "remplacé"),
}


@new_command(
    "grants",
    "List what you agreed to, with whom and until when.",
    "Lister ce que vous avez accepté, avec qui et jusqu'à quand.",
)
@option("--json", "as_json", is_flag=True, words=Words("Print the list as JSON.", "Afficher la liste en JSON."))
@pass_session
def command(session: Session, as_json: bool) -> int:
    with session.host() as host:
        standings = host.grants()
        registry = host.registry
    if as_json:
        print_json([_json(s) for s in standings])
        return 0
    if not standings:
        tell(say("You have agreed to nothing.", "Vous n'avez rien accepté."))
    for standing in standings:
        _show(standing, registry)
    return 0


def _json(standing: Standing) -> dict[str, object]:
    grant = standing.grant
    return {
        "service": grant.service,
        "version": grant.manifest.version,
        "state": standing.state,
        "given_at": grant.given_at.isoformat(),
        "expires_at": grant.expires_at.isoformat(),
        "last_used": standing.last_used.isoformat() if standing.last_used else None,
        "items": {label: item.model_dump(mode="json", exclude_none=True) for label, item in grant.items.items()},
    }


def _show(standing: Standing, registry: Registry) -> None:
    from ...consent.label import what_words
    from ...model.wording import wording

    grant, out = standing.grant, console()
    head = plain(grant.manifest.name.say(spoken()), style="bold")
    head.append(f"  {grant.service} {grant.manifest.version}", style="dim")
    out.print(head)
    state = str(STATES[standing.state])
    if standing.in_force:
        state = say(
            f"{state} until {wording(grant.expires_at.date(), 'en')}",
            f"{state} jusqu'au {wording(grant.expires_at.date(), 'fr')}",
        )
    if standing.last_used is not None:
        used = wording(standing.last_used.date(), spoken())
        state += say(f", last used on {used}", f", utilisé le {used}")
    out.print(plain(f"  {state[:1].upper()}{state[1:]}"))
    for label, item in grant.items.items():
        need = grant.manifest.needs[label]
        out.print(
            plain(f"  {label}{say(': ', chr(0xA0) + ': ')}{what_words(need, registry).say(spoken())}: {_answer(item)}")
        )
    if standing.state in ("suspended", "expired", "invalidated"):
        out.print(
            plain(
                say(
                    f"  To agree again: selfdata grant {grant.service}",
                    f"  Pour accepter à nouveau : selfdata grant {grant.service}",
                )
            )
        )


def _answer(item: Item) -> str:
    from ...consent.wordings import back_words, granularity_words, precision_words

    answer = str(STATES[item.decision])
    limits = item.limits
    told = [granularity_words(limits.granularity)] if limits.granularity else []
    told += [back_words(limits.back)] if limits.back else []
    told += [precision_words(limits.precision)] if limits.precision else []
    narrowed = [t.say(spoken()) for t in told]
    narrowed += [f"{name} {' | '.join(values)}" for name, values in limits.where.items()]
    return f"{answer}, {say('only', 'seulement')} {', '.join(narrowed)}" if narrowed else answer
