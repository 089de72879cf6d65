"""A service's blocks in the terminal: panels that fit any width, no markup from the service's texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from ..host import sentences
from ..host.page import About, in_order
from ..host.plot import plot
from ..model.wording import wording
from ..service.blocks import REASONS, Action, Alert, Ask, Block, Card, Chart, NoInsight, Save
from .chart import BLOCKS, PLAIN, Letters, chart, legend
from .terminal import can_show, plain, unbroken

WIDEST = 92
_COLOURS = {"good": "green", "neutral": "blue", "info": "blue", "attention": "yellow", "urgent": "red"}


def show_blocks(console: Console, blocks: Sequence[Block], about: About, language: str, *, why: bool = True) -> None:
    """Print the blocks in the order of the page."""
    width = min(console.width, WIDEST)
    common = sentences.common_coverage(b.coverage for b in blocks)
    for block in in_order(blocks):
        if common is not None:
            block = block.model_copy(update={"coverage": None})
        console.print(block_view(block, about, language, width, why=why), width=width)
    if common is not None:
        console.print(plain(common.say(language), style="dim"))
    if not blocks:
        console.print(plain(sentences.NOTHING.say(language)))


def block_view(block: Block, about: About, language: str, width: int, *, why: bool = True) -> RenderableType:
    """One block, `width` columns wide."""
    match block:
        case Card():
            return _card(block, language, why)
        case Chart():
            return _chart(block, language, about.now, width)
        case Alert():
            return _alert(block, language, why)
        case NoInsight():
            return _panel(
                sentences.NO_ADVICE.say(language),
                "blue",
                [
                    plain(REASONS[block.reason].say(language)),
                    _labelled(sentences.HELPS.say(language), block.help.say(language), language),
                ],
            )
        case Ask():
            question = about.questions.get(block.question)
            said = [plain(question.say(language), style="bold")] if question else []
            how = sentences.ANSWER.fill(question=block.question).say(language)
            parts = [*said, plain(block.why.say(language)), plain(how, style="dim")]
            return _panel(sentences.QUESTION.say(language), "blue", parts)
        case Action():
            return _action(block, about, language)
        case Save():
            return plain(block.fallback.say(language), style="dim")


def _panel(title: str, colour: str, parts: Sequence[RenderableType]) -> Panel:
    return Panel(
        Group(*parts),
        title=plain(title, style=f"bold {colour}"),
        title_align="left",
        border_style=colour,
        padding=(0, 1),
    )


def _labelled(label: str, text: str, language: str, style: str = "") -> Text:
    said = Text(style=style)
    said.append(unbroken(f"{label}{sentences.colon(language)}"), style=style or "bold")
    said.append(unbroken(text))
    return said


def _card(card: Card, language: str, why: bool) -> Panel:
    parts: list[RenderableType] = [plain(card.headline.say(language), style="bold")]
    if card.metric is not None:
        number = plain(sentences.measured(card.metric, language), style=f"bold {_COLOURS[card.tone]}")
        if card.metric.period is not None:
            number.append(unbroken(f"  {card.metric.period.say(language)}"), style="not bold dim")
        parts.append(number)
        if card.comparison is not None:
            parts.append(plain(sentences.against(card.metric, card.comparison, language), style="dim"))
    parts.append(plain(card.body.say(language)))
    parts += _fine(card, card.why.say(language) if why else "", language)
    return _panel(sentences.TONES[card.tone].say(language), _COLOURS[card.tone], parts)


def _fine(block: Card | Alert | Chart, why: str, language: str) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if covered := sentences.covered(block.coverage):
        parts.append(plain(covered.say(language), style="dim"))
    if why:
        parts.append(_labelled(sentences.WHY.say(language), why, language, "dim"))
    return parts


def _alert(alert: Alert, language: str, why: bool) -> Panel:
    parts: list[RenderableType] = [
        plain(alert.what.say(language), style="bold"),
        _labelled(sentences.WHAT_TO_DO.say(language), alert.what_to_do.say(language), language),
    ]
    parts += _fine(alert, alert.why.say(language) if alert.why and why else "", language)
    return _panel(sentences.SEVERITIES[alert.severity].say(language), _COLOURS[alert.severity], parts)


def letters() -> Letters:
    """What the terminal's encoding can draw charts with."""
    return BLOCKS if can_show(BLOCKS.steps + BLOCKS.unsure + BLOCKS.rule) else PLAIN


def _chart(block: Chart, language: str, now: datetime, width: int) -> RenderableType:
    assert now.tzinfo is not None
    laid = plot(block, language, now.tzinfo)
    drawn_with = letters()
    reference = sentences.reference(block, language) if block.reference else ""
    parts: list[RenderableType] = [plain(block.title.say(language), style="bold"), plain(block.summary.say(language))]
    parts += chart(laid, width - 2, drawn_with)
    parts += legend(laid, drawn_with, sentences.UNSURE.say(language), sentences.NO_READING.say(language), reference)
    parts += _fine(block, "", language)
    return Padding(Group(*parts), (1, 1), expand=False)


def _action(action: Action, about: About, language: str) -> Text:
    text = plain("* ")
    text.append(unbroken(action.label.say(language)))
    if action.at is not None:
        text.append(f" ({wording(action.at.astimezone(about.now.tzinfo), language)})")
    if target := about.links.get(action.target or ""):
        text.append(f"{sentences.colon(language)}{target}", style="underline")
    return text
