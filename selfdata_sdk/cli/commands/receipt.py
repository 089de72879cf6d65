"""`selfdata receipt`: what a person keeps of what they agreed to."""

from __future__ import annotations

from pathlib import Path

import click

from ..command import Session, option, pass_session
from ..command import command as new_command
from ..files import write_page
from ..language import Words, say, spoken
from ..terminal import print_json, tell


@new_command(
    "receipt",
    "Print the receipt of what you agreed with a service, as JSON; or write it as a page to print. SERVICE is its id, as "
    "`selfdata grants` lists it.",
    "Afficher en JSON le reçu de ce que vous avez accepté pour un service ; ou l'écrire comme une page à imprimer. SERVICE "
    "est son identifiant, tel que `selfdata grants` le donne.",
)
@click.argument("service")
@option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    words=Words("Write a page to print.", "Écrire une page à imprimer."),
)
@option(
    "--dpv",
    is_flag=True,
    words=Words(
        "Print it as JSON-LD, in the terms of the W3C's DPV.", "L'afficher en JSON-LD, avec les termes du DPV du W3C."
    ),
)
@pass_session
def command(session: Session, service: str, html: Path | None, dpv: bool) -> int:
    with session.host() as host:
        receipt = host.receipt(host.service_named(service))
        registry = host.record_types()
    if html is not None:
        from ...host.receipt_page import receipt_page

        write_page(html, receipt_page(receipt, spoken(), registry))
        tell(say(f"Receipt: {html.absolute().as_uri()}", f"Reçu : {html.absolute().as_uri()}"), err=dpv)
    if dpv:
        from ...consent.dpv import to_jsonld

        print_json(to_jsonld(receipt))
    elif html is None:
        print_json(receipt.model_dump(mode="json", exclude_none=True))
    return 0
