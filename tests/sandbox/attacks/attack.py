"""What an attack is, what it aims at, and the service that makes it."""

from __future__ import annotations

import importlib
import json
import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from errno import ENOSYS, EPERM
from typing import Annotated

from selfdata_sdk import Block, Context, NoInsight, Setting, Text, service
from selfdata_sdk.errors import PolicyViolation, SelfDataError
from selfdata_sdk.host.sandbox import Limits, kernel
from selfdata_sdk.host.sandbox.syscalls import ARCHITECTURES

SECRET = b"the secret of another person"
NUMBERS = ARCHITECTURES[platform.machine()].numbers
_TEXT = Text(en="Hostile", fr="Hostile")


@dataclass(frozen=True, slots=True)
class World:
    """What there is to attack, all of it the host's.

    host      its process id
    address   where `SECRET` lies in its memory
    descriptor  one of its own, of the file `secret`
    folder    holds the files below; a change in it is seen
    secret    a file that holds `SECRET`
    database  a person's, with a table `documents`
    link      leads to `secret`
    home      with one folder in it, `.ssh`
    mark      begins the name of every file that an attack makes elsewhere
    tcp, udp  ports on 127.0.0.1 at which it listens
    unix, datagrams, packets, abstract  addresses of its Unix sockets, the last as hexadecimal
    again     the second of two runs: has it what the first one left?
    """

    host: int
    address: int
    descriptor: int
    folder: str
    secret: str
    database: str
    link: str
    home: str
    mark: str
    tcp: int
    udp: int
    unix: str
    datagrams: str
    packets: str
    abstract: str
    again: bool = False


Function = Callable[[World], Iterable[Block] | None]


@dataclass(frozen=True, slots=True)
class Attack:
    """An attack works if its function returns, or gives a block. It is refused if it raises OSError.

    ends    the errors with which walls may end it; "" if the run ends well
    limits  of the run
    root    works without walls for root alone
    unless  errors by which a kernel says that it does not have what is attacked
    twice   does its work in a first run, and looks for it in a second
    dies    without walls, its process ends by a signal or stops
    """

    name: str
    ends: frozenset[str]
    limits: Limits
    root: bool
    unless: tuple[int, ...]
    twice: bool
    dies: bool


ATTACKS: dict[str, Attack] = {}
ROOMY = Limits(seconds=30.0, cpu_seconds=20)
"""So much that a busy machine cannot take a refused attack for one that hit a limit."""


def attack(
    *ends: type[SelfDataError] | None,
    limits: Limits = ROOMY,
    root: bool = False,
    unless: tuple[int, ...] = (),
    twice: bool = False,
    dies: bool = False,
) -> Callable[[Function], Function]:
    """Count a function among the attacks. `ends`: see `Attack`; by default the run ends well."""

    def count(function: Function) -> Function:
        name = f"{function.__module__.rpartition('.')[2]}.{function.__name__.removesuffix('_')}"
        assert name not in ATTACKS, name
        kinds = frozenset(kind.__name__ if kind else "" for kind in ends or (None,))
        ATTACKS[name] = Attack(name, kinds, limits, root, unless, twice, dies)
        return function

    return count


def killed(*, root: bool = False, unless: tuple[int, ...] = ()) -> Callable[[Function], Function]:
    """Count a function among the attacks that end the process at once."""
    return attack(PolicyViolation, root=root, unless=unless)


class Refused(OSError):
    """The attack did not work, though no system call failed."""


def check(worked: object) -> None:
    if not worked:
        raise Refused


def call(name: str, *arguments: object) -> int:
    """One system call, by its name. OSError if it fails, or if this processor has none of this name."""
    if name not in NUMBERS:
        raise OSError(ENOSYS, f"no {name} here")
    return kernel.syscall(NUMBERS[name], *arguments, *[0] * (6 - len(arguments)))


def reach(name: str, *arguments: object) -> None:
    """A system call that does no harm as its arguments are wrong: it works if the kernel takes a look at them."""
    try:
        call(name, *arguments)
    except OSError as error:
        if error.errno in (EPERM, ENOSYS):
            raise


def function_of(attack: str) -> Function:
    family, _, name = attack.partition(".")
    module = importlib.import_module(f"{__package__}.{family}")
    found: Function = getattr(module, f"{name}_", None) or getattr(module, name)
    return found


def block(id: str) -> Block:
    return NoInsight(id=id, reason="gaps", help=_TEXT)


@service(id="org.example.hostile", name=_TEXT, summary=_TEXT)
def hostile(
    context: Context, attack: Annotated[str, Setting(_TEXT)] = "", world: Annotated[str, Setting(_TEXT)] = "{}"
) -> Iterable[Block]:
    """Make one attack. A block says that it worked."""
    try:
        yield from function_of(attack)(World(**json.loads(world))) or ()
    except OSError:
        return
    yield block("worked")
