"""`selfdata grants`: what was agreed, service by service, as it stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, say, spoken
from ..terminal import console, inset, plain, print_json, tell

if TYPE_CHECKING:
    from ...consent.grant import Item
    from ...host.host import Standing
    from ...model import Registry
    from ...service.manifest import AskedNeed

STATES = {
    "given": Words("agreed", "accepté"),
    "renewed": Words("agreed", "accepté"),
    "refused": Words("refused", "refusé"),
    "withdrawn": Words("taken back", "retiré"),
    "expired": Words("run out", "expiré"),
    "suspended": Words("suspended until you confirm it", "suspendu jusqu'à votre confirmation"),
    "invalidated": Words(
        "not written by this host: it counts for nothing", "pas écrit par cet hôte : ne compte pour rien"
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
    if not session.home.exists:
        return _nothing(as_json)
    with session.host() as host:
        standings = host.grants()
        registry = host.record_types()
    if as_json:
        print_json([_json(s) for s in standings])
        return 0
    if not standings:
        return _nothing(as_json)
    for standing in standings:
        _show(standing, registry)
    return 0


def _nothing(as_json: bool) -> int:
    if as_json:
        print_json([])
    else:
        tell(say("You have agreed to nothing.", "Vous n'avez rien accepté."))
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
    from ...host.sentences import capital, colon
    from ...model.wording import wording

    grant, out = standing.grant, console()
    head = plain(grant.manifest.name.say(spoken()), style="bold")
    head.append(f"  {grant.service} {grant.manifest.version}", style="dim")
    out.print(head)
    state = str(STATES[standing.state])
    if standing.in_force:
        until = wording(grant.expires_at.astimezone().date(), spoken())
        state += say(f" until {until}", f" jusqu'au {until}")
    if standing.last_used is not None:
        used = wording(standing.last_used.astimezone().date(), spoken())
        state += say(f", last used on {used}", f", utilisé le {used}")
    inset(out, capital(state))
    for label, item in grant.items.items():
        need = grant.manifest.needs[label]
        what = what_words(need, registry).say(spoken())
        inset(out, f"{what} ({label}){colon(spoken())}{_answer(item, need, registry)}")
    if (step := _step(standing)) is not None:
        inset(out, step)


def _step(standing: Standing) -> str | None:
    """How to agree again to what has ended by itself."""
    service = standing.grant.service
    match standing.state:
        case "suspended" | "expired":
            again = f"selfdata grant {service} --again"
            return say(f"To renew it: {again}", f"Pour le renouveler : {again}")
        case "invalidated":
            return say(
                f"To answer anew: selfdata grant {service}", f"Pour répondre à nouveau : selfdata grant {service}"
            )
        case _:
            return None


def _answer(item: Item, need: AskedNeed, registry: Registry) -> str:
    from ...consent.wordings import back_words, granularity_words, precision_words, where_words

    limits = item.limits
    told = [granularity_words(limits.granularity)] if limits.granularity else []
    told += [back_words(limits.back)] if limits.back else []
    told += [precision_words(limits.precision)] if limits.precision else []
    told += [where_words(registry, need.record_type, {name: values}) for name, values in limits.where.items()]
    narrowed = ", ".join(text.say(spoken()) for text in told)
    return str(STATES[item.decision]) + (say(f", but only {narrowed}", f", mais seulement {narrowed}") if told else "")
