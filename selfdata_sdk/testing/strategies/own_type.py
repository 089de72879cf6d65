"""Record types of services' own."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ...model.own_type import TIMES, OwnType

Strategy = st.SearchStrategy

_NAMES = ("points", "litres", "kept", "kind", "note")
_TEXTS = st.sampled_from(["Points", "Litres", "In time"])


@st.composite
def _properties(draw: st.DrawFn) -> dict[str, Any]:
    rules = draw(
        st.one_of(
            st.just({"type": "boolean"}),
            st.builds(lambda n: {"type": "integer", "minimum": 0, "maximum": n}, st.integers(0, 100)),
            st.builds(lambda n: {"type": "string", "maxLength": n}, st.integers(12, 500)),
            st.builds(
                lambda words: {"type": "string", "enum": words},
                st.lists(st.sampled_from(["good", "bad", "B2"]), min_size=1, unique=True),
            ),
            st.sampled_from([{"type": "string", "format": form} for form in ("date", "date-time")]),
            st.builds(
                lambda places, low: {"type": "string", "x-unit": "L", "x-places": places, "x-reduce": "sum", **low},
                st.integers(0, 6),
                st.sampled_from([{}, {"x-minimum": "-12.5"}, {"x-maximum": "1000"}]),
            ),
            st.just({"type": "object", "x-money": True}),
        )
    )
    return {**rules, "title": draw(_TEXTS), "x-title-fr": draw(_TEXTS)}


@st.composite
def own_types(draw: st.DrawFn, service: str = "org.example.water-week") -> OwnType:
    """A record type of this service's own, of one name."""
    properties = draw(st.dictionaries(st.sampled_from(_NAMES), _properties(), min_size=1, max_size=4))
    return OwnType.model_validate(
        {
            "x-type": f"{service}.score/1",
            "title": draw(_TEXTS),
            "x-title-fr": "Note",
            "description": "What a week came to.",
            "x-description-fr": "Ce qu'a donné une semaine.",
            "type": "object",
            "x-time": draw(st.sampled_from(sorted(TIMES))),
            "properties": properties,
            "required": draw(st.lists(st.sampled_from(sorted(properties)), unique=True)),
        }
    )


@st.composite
def extensions(draw: st.DrawFn, own: OwnType) -> OwnType:
    """`own` with optional properties more, or none."""
    value = own.written()
    free = [name for name in _NAMES if name not in own.properties]
    more = draw(st.dictionaries(st.sampled_from(free), _properties())) if free else {}
    return OwnType.model_validate({**value, "properties": {**value["properties"], **more}})
