"""A service's blocks as one page: no scripts, nothing fetched, whole in one file.

All texts of a service are escaped; only the host's own drawings are markup.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ..model.text import Text
from ..model.wording import NO_BREAK, wording
from ..service.blocks import REASONS, Action, Alert, Ask, Block, Card, Chart, NoInsight, Save
from . import sentences
from .drawing import PATTERNS, barred, drawing, scales, swatch
from .plot import Plot, plot

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).with_name("templates")
_URGENCY = {"urgent": 0, "attention": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class About:
    """Which service gave the blocks, and when.

    now        aware; its zone is the one in which moments are written
    read       what the service was handed, one sentence each
    links      the manifest's links and telephone numbers by name
    questions  the manifest's questions by name
    """

    name: Text
    now: datetime
    id: str = ""
    version: str = ""
    summary: Text | None = None
    read: Sequence[Text] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, Text] = field(default_factory=dict)


def page(blocks: Sequence[Block], about: About, language: str) -> str:
    """The page in `language` (en or fr), as HTML."""
    style = style_of("page.css")
    template = environment().get_template("page.html")
    common = sentences.common_coverage(b.coverage for b in blocks)
    html: str = template.render(
        language=language,
        about=_about(about, language),
        style=Markup(style),
        style_hash=style_hash(style),
        patterns=PATTERNS,
        when=wording(about.now, language),
        groups=groups(blocks, about, language, each=common is None),
        covered=common.say(language) if common else "",
        words=words(language),
        colon=sentences.colon(language).rstrip(" "),
    )
    return html


@cache
def environment() -> Environment:
    # Only a page needs it, and the terminal shares the rest of this module.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


@cache
def style_of(*names: str) -> str:
    return "".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


def style_hash(style: str) -> str:
    """What a page's content security policy allows, and nothing else."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def words(language: str) -> dict[str, str]:
    names = (
        "why",
        "what_to_do",
        "figures",
        "quality",
        "helps",
        "no_advice",
        "no_reading",
        "nothing",
        "here",
        "question",
    )
    return {name: getattr(sentences, name.upper()).say(language) for name in names}


def _about(about: About, language: str) -> dict[str, Any]:
    return {
        "name": about.name.say(language),
        "summary": about.summary.say(language) if about.summary else "",
        "id": about.id,
        "version": about.version,
        "read": [line.say(language) for line in about.read],
    }


def in_order(blocks: Sequence[Block]) -> list[Block]:
    """Alerts first, the most urgent first; then findings as the service ordered them; what to do and what is kept last."""

    def rank(block: Block) -> tuple[int, int]:
        match block:
            case Alert():
                return 0, _URGENCY[block.severity]
            case Ask():
                return 2, 0
            case Action():
                return 3, 0
            case Save():
                return 4, 0
            case _:
                return 1, 0

    return sorted(blocks, key=rank)


def groups(blocks: Sequence[Block], about: About, language: str, *, each: bool) -> list[dict[str, Any]]:
    """Neighbours of one kind together, each block as what the template shows of it."""
    names = iter(range(len(blocks)))
    found = []
    for kind, members in groupby(in_order(blocks), key=lambda b: b.kind):
        items = [_view(b, f"b{next(names)}", about, language, each=each) for b in members]
        titles = {"action": sentences.NEXT, "save": sentences.KEPT}
        title = titles[kind].say(language) if kind in titles else ""
        found.append({"kind": "cards" if kind == "card" else kind, "members": items, "title": title})
    return found


def _view(block: Block, name: str, about: About, language: str, *, each: bool) -> dict[str, Any]:
    covered = sentences.covered(block.coverage) if each else None
    common = {"name": name, "covered": covered.say(language) if covered else ""}
    match block:
        case Card():
            return common | _card(block, language)
        case Chart():
            zone = about.now.tzinfo
            assert zone is not None
            return common | _chart(block, name, language, zone)
        case Alert():
            return common | _alert(block, language)
        case NoInsight():
            return dict(common, reason=REASONS[block.reason].say(language), help=block.help.say(language))
        case Ask():
            question = about.questions.get(block.question)
            why = block.why.say(language)
            return dict(common, question=question.say(language) if question else why, why=why)
        case Action():
            return common | _action(block, about, language)
        case Save():
            return dict(common, text=block.fallback.say(language), url="")


def _card(card: Card, language: str) -> dict[str, Any]:
    metric, comparison = card.metric, card.comparison
    number, _, unit = sentences.measured(metric, language).partition(NO_BREAK) if metric else ("", "", "")
    return {
        "tone": card.tone,
        "word": sentences.TONES[card.tone].say(language),
        "headline": card.headline.say(language),
        "body": card.body.say(language),
        "why": card.why.say(language),
        "number": number,
        "unit": unit,
        "period": metric.period.say(language) if metric and metric.period else "",
        "against": sentences.against(metric, comparison, language) if metric and comparison else "",
        "scales": scales(metric.value, comparison.value) if metric and comparison else "",
    }


def _alert(alert: Alert, language: str) -> dict[str, Any]:
    return {
        "severity": alert.severity,
        "word": sentences.SEVERITIES[alert.severity].say(language),
        "what": alert.what.say(language),
        "what_to_do": alert.what_to_do.say(language),
        "why": alert.why.say(language) if alert.why else "",
    }


def _action(action: Action, about: About, language: str) -> dict[str, Any]:
    target = about.links.get(action.target or "", "")
    text = action.label.say(language)
    if action.at is not None:
        text = f"{text} ({wording(action.at.astimezone(about.now.tzinfo), language)})"
    if target and not target.startswith("https://"):
        return {"text": f"{text}{sentences.colon(language)}{target}", "url": ""}
    return {"text": text, "url": target}


def _chart(chart: Chart, name: str, language: str, zone: tzinfo) -> dict[str, Any]:
    laid = plot(chart, language, zone)
    single = sentences.VALUE.say(language)
    return {
        "title": chart.title.say(language),
        "summary": chart.summary.say(language),
        "picture": drawing(chart, laid, name),
        "legend": _legend(chart, laid, language),
        "first": (sentences.WHAT if laid.categories else sentences.WHEN).say(language),
        "heads": [line.label or single for line in laid.lines],
        "qualities": any(r.quality != "measured" for r in laid.rows),
        "rows": [
            {"when": r.when, "cells": r.values, "quality": sentences.QUALITIES[r.quality].say(language)}
            for r in laid.rows
        ],
    }


def _legend(chart: Chart, laid: Plot, language: str) -> list[dict[str, Any]]:
    """What the marks mean: only those that occur."""
    bar = barred(chart, laid)
    mark = "bar" if bar else "line"
    entries = []
    if len(laid.lines) > 1:
        for line, second in zip(laid.lines, ("", " second"), strict=True):
            entries.append((swatch(mark + second, bar=bar), line.label or sentences.THIS.say(language)))
    if laid.has_unsure:
        entries.append((swatch(f"{mark} unsure", bar=bar), sentences.UNSURE.say(language)))
    if laid.gaps and not laid.categories:
        entries.append((swatch("gap", bar=True), sentences.NO_READING.say(language)))
    if chart.reference is not None:
        entries.append((swatch("reference", bar=False), sentences.reference(chart, language)))
    return [{"swatch": drawn, "label": label} for drawn, label in entries]
