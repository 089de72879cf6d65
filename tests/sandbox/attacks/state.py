"""What one run leaves for the next, which may be another person's. Each is made in a first run and looked for in a second."""

from __future__ import annotations

import atexit
import builtins
import ctypes
import decimal
import gc
import json
import linecache
import logging
import os
import random
import signal
import sys
import threading
import types
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np

from selfdata_sdk import Card, Context, NoInsight
from selfdata_sdk.errors import ProtocolError
from selfdata_sdk.host.sandbox import child, wire

from .attack import World, attack, check

NAME = "left_by_another"
HERE = Path(__file__).parent
leaves = attack(twice=True)


def _left(place: object, again: bool) -> None:
    if again:
        check(hasattr(place, NAME))
    else:
        setattr(place, NAME, "kept")


@leaves
def builtins_(world: World) -> None:
    _left(builtins, world.again)


@leaves
def module(world: World) -> None:
    if world.again:
        check(NAME in sys.modules)
    else:
        sys.modules[NAME] = types.ModuleType(NAME)


@leaves
def its_own_module(world: World) -> None:
    _left(sys.modules[__name__], world.again)


@leaves
def module_of_the_sdk(world: World) -> None:
    _left(child, world.again)


@leaves
def class_of_the_sdk(world: World) -> None:
    _left(Context, world.again)


@leaves
def method_of_the_sdk(world: World) -> None:
    """A block that tells more than it shows."""
    if world.again:
        check(Card.__repr__.__name__ == "<lambda>")
    else:
        Card.__repr__ = lambda self: NAME  # type: ignore[method-assign]


@leaves
def function_of_the_sdk(world: World) -> None:
    """The function that reads the next person's data."""
    if world.again:
        check(wire.unpacked.__name__ == "<lambda>")
    else:
        wire.unpacked = lambda header, body: None  # type: ignore[assignment, return-value]


@leaves
def model(world: World) -> None:
    if world.again:
        check(NAME in NoInsight.model_config)
    else:
        NoInsight.model_config[NAME] = True  # type: ignore[literal-required]


@attack(ProtocolError, twice=True)
def function_of_the_library(world: World) -> None:
    """It is what the first run itself ends with."""
    if world.again:
        check(json.dumps.__name__ == "<lambda>")
    else:
        json.dumps = lambda *_, **__: "{}"


@leaves
def environment(world: World) -> None:
    if world.again:
        check(NAME in os.environ)
    else:
        os.environ[NAME] = "kept"


@leaves
def search_path(world: World) -> None:
    if world.again:
        check(NAME in sys.path)
    else:
        sys.path.append(NAME)


class _Finder:
    @staticmethod
    def find_spec(*_: object) -> None:
        return None


@leaves
def importing(world: World) -> None:
    if world.again:
        check(any(type(f).__name__ == "_Finder" and type(f).__module__ == __name__ for f in sys.meta_path))
    else:
        sys.meta_path.insert(0, _Finder())


def _collected(phase: str, info: dict[str, int]) -> None:
    pass


@leaves
def collector(world: World) -> None:
    if world.again:
        check(_collected in gc.callbacks)
    else:
        gc.callbacks.append(_collected)


@leaves
def at_exit(world: World) -> None:
    """What was registered is run with the process: without walls, with that of the second run too."""
    if world.again:
        atexit._run_exitfuncs()
        check(hasattr(builtins, "left_at_exit"))
    else:
        atexit._clear()
        atexit.register(setattr, builtins, "left_at_exit", True)


@leaves
def handler(world: World) -> None:
    if world.again:
        check(signal.getsignal(signal.SIGUSR2) is signal.SIG_IGN)
    else:
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)


@leaves
def traced(world: World) -> None:
    def trace(*_: object) -> None:
        return None

    if world.again:
        check(sys.getprofile() is not None)
        sys.setprofile(None)
    else:
        sys.setprofile(trace)


@leaves
def thread(world: World) -> None:
    """One that goes on after the run."""
    if world.again:
        check(any(t.name == NAME for t in threading.enumerate()))
    else:
        threading.Thread(target=threading.Event().wait, args=(5,), name=NAME, daemon=True).start()


@leaves
def exception_hook(world: World) -> None:
    if world.again:
        check(sys.excepthook.__name__ == "<lambda>")
    else:
        sys.excepthook = lambda *_: None


@leaves
def logged(world: World) -> None:
    if world.again:
        check(any(h.name == NAME for h in logging.getLogger().handlers))
    else:
        handler = logging.NullHandler()
        handler.name = NAME
        logging.getLogger().addHandler(handler)


@leaves
def warned(world: World) -> None:
    if world.again:
        check(any(f[4] == 4711 for f in warnings.filters))
    else:
        warnings.filterwarnings("ignore", lineno=4711)


@leaves
def arithmetic(world: World) -> None:
    if world.again:
        check(decimal.getcontext().prec == 4)
    else:
        decimal.getcontext().prec = 4


@leaves
def numbers(world: World) -> None:
    if world.again:
        check(np.geterr()["divide"] == "raise")
    else:
        np.seterr(divide="raise")


@leaves
def chance(world: World) -> None:
    """A seed makes the next run's choices known."""
    if world.again:
        check(random.random() == random.Random(4711).random())
    else:
        random.seed(4711)


@leaves
def recursion(world: World) -> None:
    if world.again:
        check(sys.getrecursionlimit() == 4711)
    else:
        sys.setrecursionlimit(4711)


@leaves
def lines(world: World) -> None:
    if world.again:
        check(NAME in linecache.cache)
    else:
        linecache.cache[NAME] = (4, None, ["kept"], NAME)


@leaves
def file(world: World) -> None:
    paths = [folder / world.mark for folder in (HERE, Path("/"), Path("/tmp"), Path("/dev/shm"), Path(world.folder))]
    if world.again:
        check(any(path.exists() for path in paths))
        return
    for path in paths:
        with suppress(OSError):
            path.touch()


@leaves
def small_integer(world: World) -> None:
    """Memory that all share: a number that Python keeps once, changed in place. Here its count of references only."""
    at = ctypes.c_ssize_t.from_address(id(NAME))
    if world.again:
        check(at.value > 1 << 30)
    else:
        at.value += 1 << 31


class Person:
    """What a run holds of its person."""


@leaves
def another_persons_data(world: World) -> None:
    """A search through all that is in memory."""
    if world.again:
        check(any(type(thing).__name__ == Person.__name__ for thing in gc.get_objects()))
    else:
        globals()["kept"] = Person()
        gc.collect()
