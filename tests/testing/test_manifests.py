"""Generated manifests are ones that a service's author could have written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from selfdata_sdk.consent.right import asked
from selfdata_sdk.model import REGISTRY
from selfdata_sdk.model.field import fields_of
from selfdata_sdk.model.reduction import reducible
from selfdata_sdk.model.schema import validator
from selfdata_sdk.service.manifest import AskedNeed, Manifest, manifest_schema
from selfdata_sdk.testing.strategies import AXES, asked_needs, changed, changed_needs, manifests, renamed

NOW = datetime(2025, 3, 11, 8, tzinfo=UTC)
ONCE = settings(phases=[Phase.generate], max_examples=2000, database=None)
SCHEMA = validator(manifest_schema())


@given(asked_needs().flatmap(changed_needs))
def test_a_need_can_be_read_and_has_a_form_that_its_type_has(need: AskedNeed) -> None:
    assert asked(need, REGISTRY, NOW).record_type.type == need.record_type
    record_type = REGISTRY.get(need.record_type)
    assert reducible(record_type) or need.at_worst == "raw"
    assert AskedNeed.model_validate(need.model_dump()) == need
    for name, values in need.where.items():
        spec = fields_of(record_type)[name]
        assert set(values) <= set(spec.choices or spec.known)


@given(manifests().flatmap(lambda m: st.tuples(st.just(m), changed(m), renamed(m))))
def test_manifests_and_what_becomes_of_them_are_valid(versions: tuple[Manifest, ...]) -> None:
    for manifest in versions:
        assert SCHEMA.is_valid(manifest.model_dump(mode="json", exclude_none=True))
        assert Manifest.from_json(manifest.canonical()) == manifest


@pytest.mark.parametrize("axis", [axis for axis in AXES if axis != "precision"])  # no record type holds places
def test_every_axis_of_a_need_varies(axis: str) -> None:
    pairs = asked_needs().flatmap(lambda need: st.tuples(st.just(need), changed_needs(need)))
    find(pairs, lambda pair: all(getattr(pair[0], n) != getattr(pair[1], n) for n in AXES[axis]), settings=ONCE)


@pytest.mark.parametrize("name", [record_type.type for record_type in REGISTRY])
def test_every_record_type_is_asked_for(name: str) -> None:
    assert find(asked_needs(), lambda need: need.record_type == name, settings=ONCE).record_type == name
