"""`selfdata show`: what is there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..command import Session, option, pass_session
from ..command import command as new_command
from ..language import Words, say, spoken
from ..terminal import console, plain, print_json, tell, unbroken
from ..types import RecordTypeName

if TYPE_CHECKING:
    from rich.console import Console

    from ...model import Table
    from ..series import Contents


@new_command(
    "show",
    "See what is there: counts, periods, gaps and sources; for one type also a chart.",
    "Voir ce qui est là : nombres, périodes, trous et sources ; pour un type, aussi un graphique.",
)
@click.argument("type", required=False, type=RecordTypeName())
@option("--json", "as_json", is_flag=True, words=Words("Print it as JSON.", "L'afficher en JSON."))
@option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    words=Words(
        "Write it as one page that shows all of it over time, and no value: you can show it to others.",
        "L'écrire comme une page qui montre tout au fil du temps, sans aucune valeur : vous pouvez la montrer à d'autres.",
    ),
)
@pass_session
def command(session: Session, type: str | None, as_json: bool, html: Path | None) -> int:
    home = session.home
    if not home.exists:
        from ...host.record_types import RecordTypes

        if type:
            RecordTypes().get(type)
        return _empty(as_json, type)
    from ..series import contents

    page = None
    with home.open() as store:
        record_type = store.registry.get(type) if type else None
        if html is not None:
            from ...host.home_page import home_page

            page = home_page(store, spoken(), datetime.now().astimezone(), record_type)
        found = list(contents(store, record_type)) if as_json or page is None else []
    if html is not None and page is not None:
        from ..files import write_page

        write_page(html, page)
        uri = html.absolute().as_uri()
        tell(say(f"Page: {uri}", f"Page\u00a0: {uri}"), err=as_json)
    if as_json:
        print_json([c.to_json() for c, _ in found])
    elif found:
        _tell(console(), found, with_charts=type is not None)
    elif page is None:
        _empty(as_json, type)
    return 0


def _empty(as_json: bool, type: str | None) -> int:
    if as_json:
        print_json([])
        return 0
    if type:
        tell(say(f"There are no {type} data here yet.", f"Il n'y a pas encore de données {type} ici."))
    else:
        tell(say("There is nothing here yet.", "Il n'y a encore rien ici."))
    tell(
        say(
            "Bring data in with `selfdata import FILE`, or look at an example with `selfdata demo`.",
            "Importez des données avec `selfdata import FICHIER`, ou voyez un exemple avec `selfdata demo`.",
        )
    )
    return 0


def _tell(out: Console, found: list[tuple[Contents, Table]], with_charts: bool) -> None:
    from rich.padding import Padding

    for i, (content, table) in enumerate(found):
        if i:
            out.print()
        head = plain(f"{content.number}  ", style="dim")
        head.append(unbroken(content.title.say(spoken())), style="bold cyan")
        head.append(f"  {content.series.type}", style="dim")
        out.print(head)
        for line in _lines(content):
            out.print(Padding(plain(line), (0, 0, 0, 3), expand=False))
        if with_charts:
            _picture(out, table)


def _lines(content: Contents) -> list[str]:
    from ...host.sentences import length
    from ...model.wording import wording

    series, language = content.series, spoken()
    first, last = content.shown
    period = wording(first, language), wording(last, language)
    count = wording(content.count, language)
    records = say(
        "record" if content.count == 1 else "records", "enregistrement" if content.count == 1 else "enregistrements"
    )
    when = say(f"{period[0]} to {period[1]}", f"du {period[0]} au {period[1]}")
    if first == last:
        when = period[0]
    lines = [f"{count} {records}, {when}{_every(series.cadence)}"]
    if content.gap_count:
        gaps = wording(content.gap_count, language)
        many = content.gap_count > 1
        total = length(content.gap_time).say(language)
        lines.append(
            say(
                f"{gaps} {'gaps' if many else 'gap'}, {total} in all",
                f"{gaps} {'trous' if many else 'trou'}, {total} en tout",
            )
        )
    elif series.cadence:
        lines.append(say("no gaps", "aucun trou"))
    files = say(
        f"{content.files} {'files' if content.files > 1 else 'file'}",
        f"{content.files} {'fichiers' if content.files > 1 else 'fichier'}",
    )
    origin = files if content.files else say("typed in", "saisi à la main")
    if content.importers == (series.holder,):
        origin = say("a service", "un service")
    lines.append(say(f"from {series.holder} ({origin})", f"de {series.holder} ({origin})"))
    about = " · ".join(part for part in (series.about, series.register) if part)
    if about:
        lines.append(say(f"about {about}", f"au sujet de {about}"))
    return lines


def _every(cadence: str) -> str:
    from ...host.sentences import every

    said = every(cadence)
    return f", {said.say(spoken())}" if said else ""


def _picture(out: Console, table: Table) -> None:
    from rich.padding import Padding

    from ...host import sentences
    from ...host.plot import plot
    from ...model.time import zone
    from ..blocks import WIDEST, letters
    from ..chart import chart as drawn
    from ..chart import legend
    from ..series import chart

    block = chart(table)
    if block is None:
        _values(out, table)
        return
    laid = plot(block, spoken(), zone(table.series.tz))
    out.print(
        Padding(
            plain(f"{block.title.say(spoken())}. {block.summary.say(spoken())}", style="dim"),
            (1, 0, 0, 3),
            expand=False,
        )
    )
    shown = [
        *drawn(laid, min(out.width, WIDEST) - 3, letters()),
        *legend(laid, letters(), sentences.UNSURE.say(spoken()), sentences.NO_READING.say(spoken()), ""),
    ]
    for line in shown:
        out.print(Padding(line, (0, 0, 0, 3), expand=False))


def _values(out: Console, table: Table) -> None:
    """The latest record, field by field."""
    from rich.padding import Padding

    from ..answers import told_fields

    for label, value in told_fields(table.records()[-1], spoken()):
        line = plain(f"{label}{say(': ', chr(0xA0) + ': ')}", style="dim")
        line.append(unbroken(value), style="default")
        out.print(Padding(line, (0, 0, 0, 3), expand=False))
