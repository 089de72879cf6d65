"""What a person answers to a manifest, and the grants that come of it, in each state that a grant can be in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from ...consent.grant import Grant, Item, Limits, State, Terms, give, notice_of
from ...model.text import LANGUAGES
from ...model.time import GRANULARITIES, Granularity
from ...service.manifest import AskedNeed, Manifest
from .manifest import durations

Strategy = st.SearchStrategy

NOW = datetime(2026, 1, 1, tzinfo=UTC)

_GIVEN, _REFUSED = Item(decision="given"), Item(decision="refused")


def granted(need: AskedNeed) -> Strategy[Item]:
    """Yes to a need: to all that it asks for, or to less."""
    return st.just(_GIVEN) | st.builds(Item, decision=st.just("given"), limits=narrower(need), finer=st.booleans())


@st.composite
def narrower(draw: st.DrawFn, need: AskedNeed) -> Limits:
    """Limits of a need, of which it is still of use; perhaps none."""
    precise = ["10km", "1km", "exact"]
    return Limits(
        granularity=draw(st.none() | st.sampled_from(_coarser(need))),
        precision=draw(st.none() | st.sampled_from(precise[: precise.index(need.precision) + 1])),
        back=draw(st.none() | durations()),
        where={
            name: tuple(sorted(draw(st.sets(st.sampled_from(words), min_size=1))))
            for name, words in need.where.items()
            if draw(st.booleans())
        },
    )


def _coarser(need: AskedNeed) -> tuple[Granularity, ...]:
    """The granularities from the one asked for to the coarsest that is of use."""
    return GRANULARITIES[GRANULARITIES.index(need.at_worst) : GRANULARITIES.index(need.granularity) + 1][::-1]


@st.composite
def terms(draw: st.DrawFn, manifest: Manifest) -> Terms:
    """An answer that a person may give: to each need yes, no or nothing yet."""
    answers = {
        label: draw(st.none() | st.just(_REFUSED)) if draw(st.booleans()) else draw(granted(need))
        for label, need in manifest.needs.items()
    }
    return Terms(
        items={label: item for label, item in answers.items() if item is not None},
        lasts=draw(st.sampled_from(["P6M", "P1D", "P13M"])),
        once=draw(st.booleans()),
        language=draw(st.sampled_from(LANGUAGES)),
    )


@st.composite
def unfit_terms(draw: st.DrawFn, manifest: Manifest) -> tuple[Terms, str]:
    """An answer with one thing in it that `give` refuses, and what that is."""
    answer = draw(terms(manifest))
    faults: list[tuple[str, dict[str, object]]] = [
        ("a need that is not asked for", {"items": {**answer.items, "unasked": _GIVEN}}),
        ("longer than 13 months", {"lasts": "P2Y"}),
    ]
    for label, need in manifest.needs.items():
        if need.at_worst != GRANULARITIES[0]:
            coarse = Item(decision="given", limits=Limits(granularity=GRANULARITIES[0]))
            faults.append((f"too coarse for {label}", {"items": {**answer.items, label: coarse}}))
    why, change = draw(st.sampled_from(faults))
    return answer.model_copy(update=change), why


@st.composite
def grants(draw: st.DrawFn, manifest: Manifest, state: State = "given", *, now: datetime = NOW) -> Grant:
    """A grant that is in `state` at `now` if it was never used; a manifest without needs has none that is refused."""
    answer = draw(terms(manifest))
    match state:
        case "given":
            return draw(_agreed(manifest, _agreeing(manifest, answer), now, st.integers(0, 80)))
        case "renewed":
            before = draw(_agreed(manifest, _agreeing(manifest, answer), now, st.integers(80, 300)))
            return draw(_agreed(manifest, _agreeing(manifest, answer), now, st.integers(0, 80), before))
        case "expired":
            return draw(_agreed(manifest, _agreeing(manifest, answer), now, st.integers(400, 800)))
        case "suspended":
            lasting = _agreeing(manifest, answer).model_copy(update={"lasts": "P13M"})
            return draw(_agreed(manifest, lasting, now, st.integers(90, 390)))
        case "refused":
            nothing = answer.model_copy(update={"items": dict.fromkeys(manifest.needs, _REFUSED)})
            return draw(_agreed(manifest, nothing, now, st.integers(0, 800)))
        case _:
            given = draw(_agreed(manifest, _agreeing(manifest, answer), now, st.integers(1, 80)))
            return given.moved(state, now - timedelta(hours=draw(st.integers(0, 24))), answer.method)


def _agreeing(manifest: Manifest, answer: Terms) -> Terms:
    """`answer`, with yes to a need if it was no to all; for as long as nothing but its age can end it."""
    label = next(iter(manifest.needs), None)
    refused = any(item.decision == "refused" for item in answer.items.values())
    given = any(item.decision == "given" for item in answer.items.values())
    items = answer.items if label is None or given or not refused else {**answer.items, label: _GIVEN}
    return answer.model_copy(update={"items": items, "lasts": "P6M" if answer.lasts == "P1D" else answer.lasts})


@st.composite
def _agreed(
    draw: st.DrawFn, manifest: Manifest, answer: Terms, now: datetime, ago: Strategy[int], before: Grant | None = None
) -> Grant:
    """What was agreed so many days before `now`."""
    person = f"{draw(st.integers(0, 2**64 - 1)):016x}" if before is None else before.person
    at = now - timedelta(days=draw(ago))
    grant = give(manifest, answer, person, notice_of(manifest, answer.language), at, before)
    return grant.model_copy(update={"id": str(UUID(int=draw(st.integers(1, 2**128 - 1))))})
