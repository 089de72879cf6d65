"""`@service`: the signature of one function is the data request. Everything is checked when the module is imported."""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, ParamSpec, get_args, get_origin

from selfdata_sdk.errors import ServiceMistake
from selfdata_sdk.model.own_record import own_type_of
from selfdata_sdk.model.own_type import OwnType
from selfdata_sdk.model.record import Record
from selfdata_sdk.model.text import Text, scripts

from .blocks import Block
from .context import Context
from .dataset import Dataset
from .need import Need, check_need, text_problems
from .row import Row, Shape, shape_of
from .setting import Option, Setting, option_of

P = ParamSpec("P")

_ID = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){2,}")
_LABEL = re.compile(r"[a-z_][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Request:
    """One dataset that a service asks for, labelled by its parameter's name."""

    label: str
    row: type[Row[Any]]
    need: Need

    @property
    def shape(self) -> Shape:
        return shape_of(self.row)


@dataclass(frozen=True, slots=True, eq=False)
class Service(Generic[P]):
    """A function with what it asks for. Calling it calls the function."""

    id: str
    name: Text
    summary: Text
    function: Callable[P, Iterable[Block]]
    context: str
    requests: tuple[Request, ...]
    options: tuple[Option, ...]
    produces: tuple[type[Record], ...]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Iterable[Block]:
        return self.function(*args, **kwargs)

    @property
    def own_types(self) -> tuple[OwnType, ...]:
        """The record types of its own that it asks for or may save, by name."""
        types = {*self.produces, *(request.shape.record_type for request in self.requests)}
        own = (own_type_of(record_type) for record_type in types)
        return tuple(sorted((o for o in own if o is not None), key=lambda o: o.name))

    @property
    def place(self) -> str:
        """Where a host finds the function: `module:name`."""
        return f"{self.function.__module__}:{self.function.__name__}"

    @property
    def __name__(self) -> str:
        return self.function.__name__

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.function.__doc__


def service(
    *, id: str, name: Text, summary: Text, produces: Sequence[type[Record]] = ()
) -> Callable[[Callable[P, Iterable[Block]]], Service[P]]:
    """Declare a function as a service.

    id        reverse domain name, ASCII: org.example.water-coach
    name      at most 60 characters, summary at most 200
    produces  the record types that it may save

    One parameter is the `Context`; each dataset is `Annotated[Dataset[MyRow], NEED]`, each setting
    `Annotated[int, SETTING] = default`. ServiceMistake says which parameter is wrong, and the repair.
    """

    def declare(function: Callable[P, Iterable[Block]]) -> Service[P]:
        if isinstance(function, Service):
            raise ServiceMistake("The function is a service already.", where=id, next="Remove one @service.")
        where = getattr(function, "__qualname__", repr(function))
        _check_identity(id, name, summary, where)
        _check_kind(function, where)
        _check_alone(function, id, where)
        names = sys._getframe(1).f_locals  # annotations may use names local to where the function is written
        return _declared(
            function, where, names, id=id, name=name, summary=summary, produces=_record_types(produces, where)
        )

    return declare


def _check_identity(id: object, name: object, summary: object, where: str) -> None:
    if not _ID.fullmatch(str(id)) or len(str(id)) > 100:
        raise ServiceMistake(
            f"“{str(id)[:60]}” is not a service's id.",
            where=f"{where}, id",
            next="Write a domain of yours in reverse, in lower case: org.example.water-coach.",
        )
    for label, text, longest in (("name", name, 60), ("summary", summary, 200)):
        for problem, step in text_problems(label, text, 1, longest):
            raise ServiceMistake(problem, where=f"{where}, {label}", next=step)
    assert isinstance(name, Text)
    for written in (name.en, name.fr):
        if len(scripts(written)) > 1:
            raise ServiceMistake(
                "The name mixes letters of several scripts, which can deceive.",
                where=f"{where}, name",
                next="Use one script.",
            )


def _check_kind(function: object, where: str) -> None:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise ServiceMistake(
            "A service is not async: its data are there before it is called.", where=where, next="Write def."
        )
    if not inspect.isfunction(function):
        raise ServiceMistake("A service is a function.", where=where, next="Put @service on a def.")
    if function.__name__ == "<lambda>":
        raise ServiceMistake("A service is a function with a name.", where=where, next="Put @service on a def.")


def _check_alone(function: Callable[..., Any], id: str, where: str) -> None:
    for name, other in function.__globals__.items():
        if isinstance(other, Service) and other.id == id and name != function.__name__:
            raise ServiceMistake(f"{name} has the id {id} too.", where=where, next="Give each service its own id.")


def _record_types(produces: Sequence[Any], where: str) -> tuple[type[Record], ...]:
    for record_type in produces:
        if not (isinstance(record_type, type) and issubclass(record_type, Record) and hasattr(record_type, "facts")):
            raise ServiceMistake(
                "produces lists something that is not a record type.",
                where=f"{where}, produces",
                next="List record types.",
            )
    return tuple(sorted(set(produces), key=lambda t: t.type))


def _declared(
    function: Callable[P, Iterable[Block]],
    where: str,
    names: Mapping[str, Any],
    *,
    id: str,
    name: Text,
    summary: Text,
    produces: tuple[type[Record], ...],
) -> Service[P]:
    contexts: list[str] = []
    requests: list[Request] = []
    options: list[Option] = []
    for parameter in _signature(function).parameters.values():
        place = f"{where}({parameter.name})"
        _check_parameter(parameter, place)
        annotation = _resolved(function, parameter, names, place)
        found = _parameter(parameter, annotation, place)
        if isinstance(found, Request):
            requests.append(found)
        elif isinstance(found, Option):
            options.append(found)
        else:
            contexts.append(parameter.name)
    if len(contexts) != 1:
        what = "There is no Context parameter." if not contexts else f"{' and '.join(contexts)} are both the Context."
        raise ServiceMistake(what, where=where, next="Have one parameter `context: Context`.")
    declared = Service(id, name, summary, function, contexts[0], tuple(requests), tuple(options), produces)
    for own in declared.own_types:
        if own.service != id:
            raise ServiceMistake(
                f"{own.name} is not in the service's namespace.",
                where=where,
                next=f"Name it {id}.{own.name.rpartition('.')[2]} in its schema.",
            )
    return declared


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """The signature, its annotations not yet evaluated where Python evaluates them late."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return inspect.signature(function, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(function)


def _check_parameter(parameter: inspect.Parameter, place: str) -> None:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        stars = "*" if parameter.kind == parameter.VAR_POSITIONAL else "**"
        raise ServiceMistake(
            f"{stars}{parameter.name} asks for nothing in particular.",
            where=place,
            next="Name each dataset and setting.",
        )
    if parameter.kind == parameter.POSITIONAL_ONLY:
        raise ServiceMistake(
            "The parameter has no name for the host.", where=place, next="Remove the / in the signature."
        )
    if not _LABEL.fullmatch(parameter.name):
        raise ServiceMistake(
            "A parameter's name is shown and stored.", where=place, next="Use lower-case ASCII letters, digits and _."
        )
    if parameter.annotation is parameter.empty:
        raise ServiceMistake(
            "The parameter has no annotation.",
            where=place,
            next="Write `context: Context`, `Annotated[Dataset[MyRow], NEED]` or `Annotated[int, SETTING] = 1`.",
        )


def _resolved(function: Callable[..., Any], parameter: inspect.Parameter, names: Mapping[str, Any], place: str) -> Any:
    """The annotation itself, also where annotations are kept as text."""
    holder = type(
        "_", (), {"__annotations__": {parameter.name: parameter.annotation}, "__module__": function.__module__}
    )
    try:
        hints = typing.get_type_hints(holder, function.__globals__, dict(names), include_extras=True)
    except NameError as error:
        raise ServiceMistake(
            f"The name {error.name} cannot be resolved.",
            where=place,
            next=f"Define or import {error.name} at the top of the module, not under TYPE_CHECKING.",
        ) from None
    except ServiceMistake as mistake:
        raise ServiceMistake(mistake.what, where=place, next=mistake.next) from None
    except Exception as error:
        raise ServiceMistake(
            f"The annotation cannot be evaluated ({type(error).__name__}).", where=place, next="Correct it."
        ) from error
    return hints[parameter.name]


def _parameter(parameter: inspect.Parameter, annotation: Any, place: str) -> Request | Option | None:
    metadata: tuple[Any, ...] = ()
    if get_origin(annotation) is Annotated:
        annotation, *rest = get_args(annotation)
        metadata = tuple(rest)
    if annotation is Context:
        if parameter.default is not parameter.empty:
            raise ServiceMistake("The Context has a default.", where=place, next="Remove the default.")
        return None
    for kind in (Need, Setting):
        if kind in metadata:
            raise ServiceMistake(
                f"{kind.__name__} is the class, not a {kind.__name__.lower()}.",
                where=place,
                next=f"Call it at the top of the module, like GIVEN = {kind.__name__}(…), and annotate with GIVEN.",
            )
    needs = [m for m in metadata if isinstance(m, Need)]
    settings = [m for m in metadata if isinstance(m, Setting)]
    if annotation is Dataset or get_origin(annotation) is Dataset:
        return _request(parameter, annotation, needs, settings, place)
    return _option(parameter, annotation, needs, settings, place)


def _request(
    parameter: inspect.Parameter, annotation: Any, needs: list[Need], settings: list[Setting], place: str
) -> Request:
    if annotation is Dataset:
        raise ServiceMistake(
            "Dataset does not say of what.", where=place, next="Write Annotated[Dataset[MyRow], NEED] with a Row class."
        )
    (row,) = get_args(annotation)
    if not (isinstance(row, type) and issubclass(row, Row)) or row is Row:
        asked = getattr(row, "__name__", str(row))
        raise ServiceMistake(
            f"Dataset[{asked}] is not of rows.",
            where=place,
            next=f"Write `class MyRow(Row[{asked}])` with the fields that are needed, and Dataset[MyRow].",
        )
    shape = shape_of(row)
    if not issubclass(shape.model, Record):
        raise ServiceMistake(
            f"{row.__name__} is a row of {shape.model.__name__}, which is only a part of a record.",
            where=place,
            next="Use a row of a record type.",
        )
    if settings:
        raise ServiceMistake("A dataset has a Need, not a Setting.", where=place, next="Annotate it with a Need.")
    if len(needs) != 1:
        what = "The dataset has no Need." if not needs else "The dataset has two Needs."
        raise ServiceMistake(what, where=place, next="Write Annotated[Dataset[MyRow], NEED] with one Need.")
    if parameter.default is not parameter.empty:
        raise ServiceMistake(
            "A dataset has a default.", where=place, next="Remove it: an optional need is one with `without`."
        )
    check_need(needs[0], shape, place)
    return Request(parameter.name, row, needs[0])


def _option(
    parameter: inspect.Parameter, annotation: Any, needs: list[Need], settings: list[Setting], place: str
) -> Option:
    if needs:
        raise ServiceMistake(
            "A Need goes with a Dataset.", where=place, next="Write Annotated[Dataset[MyRow], NEED], or use a Setting."
        )
    if len(settings) != 1:
        what = "The setting has no Setting." if not settings else "The setting has two Settings."
        raise ServiceMistake(
            what, where=place, next='Write Annotated[int, SETTING] = 1 with SETTING = Setting(Text(en="…", fr="…")).'
        )
    if parameter.default is parameter.empty:
        raise ServiceMistake(
            "The setting has no default.", where=place, next="Give it one: it runs before anybody sets it."
        )
    return option_of(parameter.name, annotation, settings[0], parameter.default, place)


def services_in(module: str) -> tuple[Service[...], ...]:
    """The services of an imported module, by id."""
    found = {s.id: s for s in vars(sys.modules[module]).values() if isinstance(s, Service)}
    return tuple(found[name] for name in sorted(found))
