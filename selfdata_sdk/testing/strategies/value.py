"""Values of one field, as records hold them, valid ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from ...model import Money
from ...model.field import Field
from ...model.time import moment
from .text import labels, matching
from .time import dates, instants

Strategy = st.SearchStrategy


def values(spec: Field) -> Strategy[Any]:
    """Valid values of a field, its bounds among them; None too if it may be missing."""
    found = _present(spec)
    return st.none() | found if spec.nullable and spec.kind != "json" else found


def _present(spec: Field) -> Strategy[Any]:
    match spec.kind:
        case "instant":
            return instants().map(moment)
        case "date":
            return dates()
        case "quantity" | "integer" | "boolean":
            whole = _integers(spec)
            if spec.kind == "quantity":
                return whole.map(lambda v: Decimal(v).scaleb(-spec.places))
            return whole.map(bool) if spec.kind == "boolean" else whole
        case "text":
            return _words(spec)
        case "money":
            return moneys()
        case "json":
            return exts()
        case "list":
            assert spec.element is not None
            fields = {item.name: values(item) for item in spec.items}
            return st.lists(st.builds(spec.element, **fields), max_size=3).map(tuple)


def _integers(spec: Field) -> Strategy[int]:
    return st.integers(-(2**62) if spec.lower is None else spec.lower, 2**62 if spec.upper is None else spec.upper)


def _words(spec: Field) -> Strategy[str]:
    if spec.choices is not None:
        return st.sampled_from(spec.choices)
    least = max(spec.min_length, 1)
    most = max(least, min(spec.max_length or 12, 12))
    if spec.label:
        return labels(least, most)
    if spec.known:
        return st.sampled_from(spec.known) | st.just("a.word-not_known+yet")
    if spec.pattern is not None:
        return matching(spec.pattern)
    return st.text("abcz09é", min_size=least, max_size=most)


@st.composite
def moneys(draw: st.DrawFn) -> Money:
    """Amounts of up to 18 digits and 0 to 18 decimals, of both signs, with their trailing zeros."""
    exponent = draw(st.sampled_from([2, 2, 2, 0, 1, 4, 18]))
    unscaled = draw(st.integers(-100_000, 100_000) | st.sampled_from([10**18 - 1, 1 - 10**18]))
    return Money(amount=Decimal(unscaled).scaleb(-exponent), currency=draw(st.sampled_from(["EUR", "USD", "JPY"])))


def exts() -> Strategy[dict[str, Any]]:
    """Other fields of a holder: mostly none; nested JSON within what RFC 8785 keeps exactly."""
    leaf = (
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text('aé\n"\\/😀', max_size=4) | _floats()
    )
    nested = st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab.", max_size=3), inner, max_size=2),
        max_leaves=4,
    )
    return st.just({}) | st.dictionaries(st.sampled_from(["x.note", "x.code"]), nested, max_size=2)


def _floats() -> Strategy[float]:
    return st.floats(-1e12, 1e12)
