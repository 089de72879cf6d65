"""Telling the host anything but blocks: words that are no messages, too many of them, or lies."""

from __future__ import annotations

import json
import os
import pickle
import struct
import threading
import time
from collections.abc import Callable, Iterable

from selfdata_sdk import Block, NoInsight, Text
from selfdata_sdk.errors import (
    NoResult,
    OutputError,
    OutputLimit,
    ProtocolError,
    ServiceCrash,
    ServiceFailed,
    TimeLimit,
)
from selfdata_sdk.host.sandbox import Limits

from .attack import ROOMY, Function, World, attack, block

HOST = 3
TEXTS = Limits(seconds=30.0, cpu_seconds=20, output=256 << 10)
SHORT = Limits(seconds=0.4, cpu_seconds=20)


def say(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(HOST, view) :]


def message(data: bytes) -> None:
    say(struct.pack("<I", len(data)) + data)


def _block(id: str = "worked") -> str:
    return '{"block":' + block(id).model_dump_json() + "}"


def nonsense(data: Callable[[], bytes]) -> Function:
    """An attack that sends one thing that is no message."""

    def send(world: World) -> None:
        message(data())

    send.__name__, send.__module__ = data.__name__, data.__module__
    return attack(ProtocolError)(send)


@attack(ProtocolError)
def empty_message(world: World) -> None:
    message(b"")


@attack(ProtocolError)
def one_letter(world: World) -> None:
    message(b"1")


@attack(ProtocolError)
def large_length(world: World) -> None:
    say(b"\xff\xff\xff\xff" + _block().encode())


@attack(ProtocolError)
def length_past_the_limit(world: World) -> None:
    say(struct.pack("<I", (1 << 20) + 1))


@attack(ProtocolError)
def length_too_short(world: World) -> None:
    text = _block().encode()
    say(struct.pack("<I", len(text) - 5) + text)


@attack(ProtocolError, NoResult)
def length_too_long(world: World) -> None:
    """What follows is taken for the rest of it."""
    text = _block().encode()
    say(struct.pack("<I", len(text) + 5) + text)


@attack(NoResult)
def half_a_message(world: World) -> None:
    text = _block().encode()
    say(struct.pack("<I", len(text)) + text[:20])
    _leave(world)


@attack(NoResult)
def half_a_length(world: World) -> None:
    say(b"\x10\x00")
    _leave(world)


@attack(NoResult)
def leave_without_a_word(world: World) -> None:
    say(struct.pack("<I", 2))
    _leave(world)


def _leave(world: World) -> None:
    os._exit(0)


@attack(NoResult, ServiceCrash)
def closed(world: World) -> None:
    """It can say nothing any more, and is ended though it goes on."""
    os.write(HOST, b"\2")
    os.close(HOST)
    time.sleep(0.05)
    os._exit(0)


@nonsense
def no_json() -> bytes:
    return b"worked"


@nonsense
def wrong_utf8() -> bytes:
    return b'{"block":{"kind":"no_insight","id":"\xff\xfe"}}'


@nonsense
def utf16() -> bytes:
    return _block().encode("utf-16")


@nonsense
def surrogate() -> bytes:
    return b'{"error":{"kind":"ServiceFailed","trace":"\\ud800"}}'


@nonsense
def pickled() -> bytes:
    return pickle.dumps({"block": 1})


class _Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch /tmp/unpickled",)


@nonsense
def pickled_program() -> bytes:
    return pickle.dumps(_Bomb())


@nonsense
def nothing() -> bytes:
    return b"{}"


@nonsense
def null() -> bytes:
    return b"null"


@nonsense
def lists() -> bytes:
    return f"[{_block()}]".encode()


@nonsense
def number() -> bytes:
    return b"12"


@nonsense
def not_a_number() -> bytes:
    return b"NaN"


@nonsense
def null_block() -> bytes:
    return b'{"block":null}'


@nonsense
def unknown_key() -> bytes:
    return b'{"query":"SELECT 1"}'


@nonsense
def several_keys() -> bytes:
    return f'{{"end":true,{_block()[1:]}'.encode()


@nonsense
def deep() -> bytes:
    return b"[" * 100_000 + b"]" * 100_000


@nonsense
def deep_objects() -> bytes:
    return b'{"error":' * 100_000 + b"1" + b"}" * 100_000


@nonsense
def large_number() -> bytes:
    return b'{"error":{"kind":"ServiceFailed","line":' + b"9" * 100_000 + b"}}"


@nonsense
def infinite_line() -> bytes:
    return b'{"error":{"kind":"ServiceFailed","line":Infinity}}'


@nonsense
def line_below_zero() -> bytes:
    return b'{"error":{"kind":"ServiceFailed","line":-1}}'


@nonsense
def line_as_text() -> bytes:
    return b'{"error":{"kind":"ServiceFailed","line":"1"}}'


@nonsense
def long_name() -> bytes:
    return json.dumps({"error": {"kind": "ServiceFailed", "name": "A" * 61}}).encode()


@nonsense
def long_trace() -> bytes:
    return json.dumps({"error": {"kind": "ServiceFailed", "trace": "A" * 40_001}}).encode()


@nonsense
def unknown_error() -> bytes:
    return b'{"error":{"kind":"ConsentNeeded"}}'


@nonsense
def false_end() -> bytes:
    return b'{"end":false}'


@attack(ProtocolError, None)
def end_as_number(world: World) -> None:
    """What equals true is an end: of this run, not of the host."""
    message(b'{"end":1}')


@nonsense
def end_as_text() -> bytes:
    return b'{"end":"true"}'


@nonsense
def message_of_zeros() -> bytes:
    return bytes(1000)


@nonsense
def trailing() -> bytes:
    return (_block() + _block()).encode()


@nonsense
def comment() -> bytes:
    return b'{"end":true/**/}'


@nonsense
def byte_order_mark() -> bytes:
    return b'\xef\xbb\xbf{"end":true}'


@attack(ProtocolError)
def two_ends(world: World) -> None:
    end = b'{"end":true}'
    say((struct.pack("<I", len(end)) + end) * 2)


@attack(ProtocolError)
def block_after_the_end(world: World) -> None:
    end, more = b'{"end":true}', _block().encode()
    say(struct.pack("<I", len(end)) + end + struct.pack("<I", len(more)) + more)


@attack(ProtocolError)
def something_after_the_end(world: World) -> None:
    end = b'{"end":true}'
    say(struct.pack("<I", len(end)) + end + b"\0")


@attack(OutputError)
def unknown_kind(world: World) -> None:
    message(b'{"block":{"kind":"script","id":"x"}}')


@attack(OutputError)
def markup(world: World) -> None:
    message(b'{"block":{"kind":"no_insight","id":"x","reason":"gaps","help":{"en":"x","fr":"x"},"html":"<script>"}}')


@attack(OutputError)
def infinite_value(world: World) -> None:
    card = {"kind": "card", "id": "x", "metric": {"value": float("inf"), "unit": "L"}}
    for name in ("headline", "body", "why"):
        card[name] = {"en": "x", "fr": "x"}
    message(json.dumps({"block": card}).encode())


@attack(OutputError)
def large_block(world: World) -> None:
    text = {"en": "x" * 500_000, "fr": "x"}
    message(json.dumps({"block": {"kind": "no_insight", "id": "x", "reason": "gaps", "help": text}}).encode())


@attack(OutputError)
def no_blocks(world: World) -> Iterable[Block]:
    """In place of a block: what only looks like one."""
    yield "worked"  # type: ignore[misc]


@attack(OutputError)
def changed_block(world: World) -> Iterable[Block]:
    """A block of the right class, whose checks were left out."""
    yield NoInsight.model_construct(id="<script>", reason="gaps", help=Text(en="x", fr="x"))


@attack(OutputLimit, limits=TEXTS)
def endless_blocks(world: World) -> Iterable[Block]:
    for n in range(5000):
        yield block(f"n{n}")


@attack(OutputLimit, limits=TEXTS)
def flood(world: World) -> None:
    text = _block("x").encode()
    say((struct.pack("<I", len(text)) + text) * 5000)


@attack(OutputLimit, limits=TEXTS)
def flood_within_a_message(world: World) -> None:
    message(b" " * (512 << 10))


@attack(TimeLimit, limits=SHORT)
def trickle(world: World) -> None:
    """One byte after the other: something always arrives, and no message ever ends."""
    say(struct.pack("<I", 1 << 20))
    end = time.monotonic() + 2.0
    while time.monotonic() < end:
        say(b" ")


@attack(ServiceFailed)
def blame_itself(world: World) -> None:
    message(b'{"error":{"kind":"ServiceFailed","name":"the address of somebody"}}')


@attack(ServiceFailed, ProtocolError)
def blame_the_host(world: World) -> None:
    """That its walls could not be raised: only what raises them may say so."""
    message(b'{"error":{"kind":"SandboxUnavailable"}}')


@attack(ProtocolError, limits=ROOMY)
def from_a_thread(world: World) -> None:
    """Words of a thread in the middle of the run's own."""
    thread = threading.Thread(target=say, args=(b"\xff" * 4096,))
    thread.start()
    thread.join()
