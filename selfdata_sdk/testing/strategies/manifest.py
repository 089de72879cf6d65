"""Manifests and changes of them, valid ones, and needs that an author could have written.

@given(manifests().flatmap(lambda old: st.tuples(st.just(old), changed(old))))
def test_an_update(versions): ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from hypothesis import strategies as st

from ...model import REGISTRY, Record, Text
from ...model.field import fields_of
from ...model.reduction import reducible
from ...model.time import GRANULARITIES
from ...service.manifest import AskedNeed, BlockKind, Manifest
from ...service.need import Precision
from ...service.purpose import PURPOSES
from ...service.row import WITHHELD

Strategy = st.SearchStrategy

AXES: dict[str, tuple[str, ...]] = {
    "fields": ("fields", "pseudonyms"),
    "granularity": ("granularity", "at_worst"),
    "precision": ("precision",),
    "where": ("where",),
    "back": ("back",),
    "ongoing": ("ongoing",),
    "purpose": ("purpose",),
    "required": ("without",),
    "why": ("why",),
}
"""The parts of a need that can change each on its own."""

_WHY = (
    Text(en="Find leaks from hours without rest", fr="Repérer une fuite dans les heures sans repos"),
    Text(en="Compare with homes of your size", fr="Comparer avec des foyers de votre taille"),
    Text(en="Say {what} you could save in a year", fr="Dire {ce que} vous pourriez économiser en un an"),
)
_WITHOUT = Text(en="No comparison with similar homes", fr="Pas de comparaison avec des foyers semblables")
_NAMES = (Text(en="Water coach", fr="Coach eau"), Text(en="Coach of water", fr="Coach de l'eau"))
_LABELS = ("water", "home", "power", "other", "more")


def durations() -> Strategy[str]:
    """How far back: hours to years, with those near a month and a year that no calendar orders."""
    near = st.sampled_from(["P28D", "P30D", "P31D", "P1M", "P365D", "P366D", "P12M", "P1Y", "P1M1D", "P1W", "P2D"])
    made = st.builds("P{}{}".format, st.integers(1, 40), st.sampled_from("DWM"))
    return near | made | st.builds("PT{}H".format, st.integers(1, 100))


def _texts(values: tuple[Text, ...]) -> Strategy[Text]:
    return st.sampled_from(values)


def _subsets(values: tuple[str, ...], least: int = 0) -> Strategy[tuple[str, ...]]:
    """Some of the values, sorted."""
    return st.sets(st.sampled_from(values), min_size=least).map(sorted).map(tuple) if values else st.just(())


def _plain_names(record_type: type[Record]) -> tuple[str, ...]:
    """The fields that a service may ask for as they are, those of lists as `list.field`."""
    names: list[str] = []
    for name, field in fields_of(record_type).items():
        if name not in WITHHELD:
            names += [f"{name}.{item.name}" for item in field.items] if field.kind == "list" else [name]
    return tuple(names)


def _identifying_names(record_type: type[Record]) -> tuple[str, ...]:
    """The fields of which a service may ask for pseudonyms."""
    texts = (n for n, f in fields_of(record_type).items() if f.kind == "text" and f.choices is None)
    return (*record_type.series_fields, *(n for n in texts if n not in WITHHELD))


@st.composite
def asked_needs(draw: st.DrawFn, record_type: type[Record] | None = None) -> AskedNeed:
    """A need of `record_type`, or of any that is known."""
    kind = draw(st.sampled_from(list(REGISTRY))) if record_type is None else record_type
    pseudonyms = draw(_subsets(_identifying_names(kind)))
    plain = set(draw(_subsets(_plain_names(kind), least=1))) - set(pseudonyms)
    finest = draw(st.sampled_from(GRANULARITIES)) if reducible(kind) else "raw"
    coarser = GRANULARITIES[: GRANULARITIES.index(finest) + 1] if reducible(kind) else ("raw",)
    places = {"lat", "lon"} <= set(fields_of(kind))
    return AskedNeed(
        record_type=kind.type,
        fields=tuple(sorted({*plain, *pseudonyms})),
        pseudonyms=pseudonyms,
        granularity=finest,
        at_worst=draw(st.sampled_from(coarser)),
        precision=draw(st.sampled_from(get_args(Precision))) if places else "exact",
        where=draw(_limits(kind)),
        back=draw(durations()),
        ongoing=draw(st.booleans()),
        purpose=draw(st.sampled_from(list(PURPOSES))),
        why=draw(_texts(_WHY)),
        without=draw(st.none() | st.just(_WITHOUT)),
    )


@st.composite
def _limits(draw: st.DrawFn, record_type: type[Record]) -> dict[str, tuple[str, ...]]:
    known = {n: f.choices or f.known for n, f in fields_of(record_type).items() if n not in ("quality", "status")}
    enumerated = [n for n, values in known.items() if values]
    if not enumerated or draw(st.booleans()):
        return {}
    name = draw(st.sampled_from(enumerated))
    return {name: draw(_subsets(known[name], least=1))}


@st.composite
def changed_needs(draw: st.DrawFn, need: AskedNeed) -> AskedNeed:
    """`need` with some of its axes changed."""
    other = draw(asked_needs(REGISTRY.get(need.record_type)))
    axes = draw(st.sets(st.sampled_from(list(AXES)), min_size=1, max_size=3))
    return need.model_copy(update={name: getattr(other, name) for axis in axes for name in AXES[axis]})


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    """A manifest with up to four needs, all of one publisher."""
    labels = draw(st.sets(st.sampled_from(_LABELS), max_size=4))
    value = {
        "id": "org.example.made",
        "version": draw(_VERSIONS),
        "sdk": ">=0.1",
        "function": "made:made",
        "name": draw(_texts(_NAMES)),
        "summary": draw(_texts(_WHY)),
        "publisher": {"name": "Example", "country": "FR"},
        "licence": "Apache-2.0",
        "needs": {label: draw(asked_needs()) for label in sorted(labels)},
        "settings": draw(_settings()),
        "produces": draw(_produces()),
        "outputs": draw(_outputs()),
        "schedule": draw(_SCHEDULES),
        "automation": draw(_AUTOMATIONS),
    }
    return _checked(Manifest.model_validate(value))


def _checked(manifest: Manifest) -> Manifest:
    return Manifest.from_json(manifest.canonical())


_VERSIONS = st.sampled_from(["0.1.0", "0.2.0", "1.0.0-rc.1", "1.0.0", "1.0.0+build.5", "1.1.0", "2.0.0"])
_SCHEDULES = st.sampled_from(["on_open", "on_new_data", "daily", "weekly"])
_AUTOMATIONS = st.sampled_from(["none", "advice", "profiling", "decision"])


def _settings() -> Strategy[Any]:
    title = _texts(_NAMES)
    return st.dictionaries(
        st.sampled_from(["goal", "size"]),
        st.fixed_dictionaries({"kind": st.just("number"), "title": title, "default": st.just("1")}),
    )


def _produces() -> Strategy[Any]:
    kept = st.dictionaries(st.sampled_from(["supply.alert/1", "water.use/1"]), st.just("") | durations(), max_size=2)
    return kept.map(lambda kept: [{"record_type": name, "retention": kept[name]} for name in sorted(kept)])


@st.composite
def _outputs(draw: st.DrawFn) -> dict[str, Any]:
    slugs = st.sampled_from(["a", "b", "c.d"])
    label = _texts(_NAMES)
    urls = st.sampled_from(["https://example.org/leaks", "https://example.org/help"])
    numbers = st.sampled_from(["+33 1 02 03 04 05", "3939"])
    return {
        "kinds": draw(_subsets(get_args(BlockKind))),
        "alerts_per_week": draw(st.integers(0, 50)),
        "links": draw(st.dictionaries(slugs, st.fixed_dictionaries({"label": label, "url": urls}), max_size=2)),
        "numbers": draw(st.dictionaries(slugs, st.fixed_dictionaries({"label": label, "number": numbers}), max_size=2)),
        "questions": draw(st.dictionaries(slugs, st.fixed_dictionaries({"text": label}), max_size=2)),
    }


@st.composite
def changed(draw: st.DrawFn, manifest: Manifest) -> Manifest:
    """`manifest` with one to three changes of any kind, of the same publisher."""
    for _ in range(draw(st.integers(1, 3))):
        value = manifest.model_dump(mode="json", exclude_none=True)
        draw(st.sampled_from(_CHANGES))(draw, value)
        manifest = Manifest.model_validate(value)
    return _checked(manifest)


@st.composite
def renamed(draw: st.DrawFn, manifest: Manifest) -> Manifest:
    """`manifest` with the same needs under other labels."""
    labels = draw(st.permutations(_LABELS))
    return _checked(manifest.model_copy(update={"needs": dict(zip(labels, manifest.needs.values(), strict=False))}))


def _change_need(draw: st.DrawFn, value: dict[str, Any]) -> None:
    for label in draw(st.sets(st.sampled_from(sorted(value["needs"])), max_size=1)) if value["needs"] else ():
        need = draw(changed_needs(AskedNeed.model_validate(value["needs"][label])))
        value["needs"][label] = need.model_dump(mode="json", exclude_none=True)


def _add_need(draw: st.DrawFn, value: dict[str, Any]) -> None:
    need = draw(asked_needs()).model_dump(mode="json", exclude_none=True)
    value["needs"].setdefault(draw(st.sampled_from(_LABELS)), need)


def _drop_need(draw: st.DrawFn, value: dict[str, Any]) -> None:
    value["needs"].pop(draw(st.sampled_from(_LABELS)), None)


def _replace(name: str, strategy: Strategy[Any]) -> Callable[[st.DrawFn, dict[str, Any]], None]:
    def change(draw: st.DrawFn, value: dict[str, Any]) -> None:
        value[name] = draw(strategy)

    return change


_CHANGES = (
    _change_need,
    _add_need,
    _drop_need,
    _replace("version", _VERSIONS),
    _replace("name", _texts(_NAMES)),
    _replace("summary", _texts(_WHY)),
    _replace("settings", _settings()),
    _replace("produces", _produces()),
    _replace("outputs", _outputs()),
    _replace("schedule", _SCHEDULES),
    _replace("automation", _AUTOMATIONS),
)
