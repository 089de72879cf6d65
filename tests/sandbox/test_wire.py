"""What goes over the wire comes out as it went in; what a run sends, however wrong, is blocks or one kind of error."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from selfdata_sdk import Action, Alert, Ask, Block, Card, Chart, Metric, NoInsight, Point, Save, Text
from selfdata_sdk.errors import (
    CpuLimit,
    MemoryLimit,
    NoResult,
    OutputError,
    PolicyViolation,
    ProtocolError,
    SandboxUnavailable,
    SelfDataError,
    ServiceCrash,
    ServiceFailed,
    TimeLimit,
)
from selfdata_sdk.host.code import Code
from selfdata_sdk.host.sandbox import Limits, wire
from selfdata_sdk.host.sandbox.held_run import HeldRun
from selfdata_sdk.host.sandbox.wire import LENGTH, LENGTHS, Messages, Task, packed, unpacked
from selfdata_sdk.model.column import NULL, Codes, Column, Ints, Lists, Moneys
from selfdata_sdk.model.reduction import Part
from selfdata_sdk.model.time import moment, zone
from selfdata_sdk.service.blocks import blocks_from_json, blocks_json
from selfdata_sdk.service.calling import Given
from selfdata_sdk.service.payload import Payload
from selfdata_sdk.testing.running import OpenDoor
from selfdata_sdk.testing.strategies import ZONES

# What a run is given

INT64 = st.integers(-(2**63), 2**63 - 1) | st.just(NULL)
WORDS = st.lists(st.text(max_size=8), unique=True, max_size=4).map(tuple)


@st.composite
def ints(draw: st.DrawFn, n: int) -> Ints:
    if draw(st.booleans()):
        return Ints.constant(draw(INT64), n)
    values = np.array(draw(st.lists(INT64, min_size=n, max_size=n)), np.int64)
    # As a slice of a larger array, and backwards, which does not lie in memory as it reads.
    return Ints(draw(st.sampled_from([values, np.repeat(values, 2)[::2], values[::-1]])))


@st.composite
def codes(draw: st.DrawFn, n: int) -> Codes:
    if draw(st.booleans()):
        return Codes.constant(draw(st.none() | st.text(max_size=8)), n)
    words = draw(WORDS)
    return Codes(np.array(draw(st.lists(st.integers(-1, len(words) - 1), min_size=n, max_size=n)), np.int32), words)


@st.composite
def columns(draw: st.DrawFn, n: int, depth: int = 2) -> Column:
    kind = draw(st.sampled_from(["ints", "codes", "moneys", *(["lists"] if depth else [])]))
    if kind == "ints":
        return draw(ints(n))
    if kind == "codes":
        return draw(codes(n))
    if kind == "moneys":
        return Moneys(draw(ints(n)), draw(ints(n)), draw(codes(n)))
    lengths = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    names = draw(st.lists(st.text(max_size=4), unique=True, max_size=2))
    items = {name: draw(columns(sum(lengths), depth - 1)) for name in names}
    return Lists(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), items)


@st.composite
def payloads(draw: st.DrawFn) -> Payload:
    n = draw(st.integers(0, 5))
    names = draw(st.lists(st.text(max_size=6), unique=True, max_size=3))
    zones = tuple(draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3)))
    shares = st.floats(0, 1)
    constant = draw(st.booleans())
    rows = Part(
        {name: draw(columns(n)) for name in names},
        draw(codes(n)),
        np.broadcast_to(True, n) if constant else np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool),
        np.broadcast_to(0.5, n) if constant else np.array(draw(st.lists(shares, min_size=n, max_size=n)), float),
    )
    series = np.array(draw(st.lists(st.integers(0, len(zones) - 1), min_size=n, max_size=n)), np.int64)
    times = draw(st.tuples(INT64, INT64, INT64))
    return Payload(rows, series, zones, draw(st.sampled_from(["raw", "hour", "total"])), *times)


VALUES = (
    st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.text(max_size=20)
)


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    tz = draw(st.sampled_from(ZONES))
    now = moment(draw(st.integers(0, 2**51)), zone(tz))
    given_ = Given(
        draw(st.dictionaries(st.text(max_size=6), payloads(), max_size=3)),
        now,
        tz,
        draw(st.sampled_from(["en", "fr"])),
        draw(st.dictionaries(st.text(max_size=6), VALUES, max_size=3)),
    )
    asked = {label: ("water.use/1", ("start", *p.rows.columns)) for label, p in given_.payloads.items()}
    return Task("org.example.tried", asked, given_)


def sent(task: Task) -> Task:
    """The task as the other side has it."""
    data = b"".join(packed(task))
    header, body = LENGTHS.unpack_from(data)
    at = LENGTHS.size + header
    assert len(data) == at + body
    return unpacked(data[LENGTHS.size : at], bytearray(data[at:]))


def assert_arrays(a: Any, b: Any) -> None:
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    assert np.array_equal(a, b)


def assert_columns(a: Column, b: Column) -> None:
    assert type(a) is type(b)
    match a, b:
        case Ints(), Ints():
            assert_arrays(a.values, b.values)
        case Codes(), Codes():
            assert_arrays(a.indexes, b.indexes)
            assert a.words == b.words
        case Moneys(), Moneys():
            for part in ("unscaled", "exponent", "currency"):
                assert_columns(getattr(a, part), getattr(b, part))
        case Lists(), Lists():
            assert_arrays(a.offsets, b.offsets)
            assert_named(a.items, b.items)


def assert_named(a: Mapping[str, Column], b: Mapping[str, Column]) -> None:
    assert list(a) == list(b)
    for name in a:
        assert_columns(a[name], b[name])


def assert_payloads(a: Payload, b: Payload) -> None:
    assert_named(a.rows.columns, b.rows.columns)
    assert_columns(a.rows.quality, b.rows.quality)
    assert_arrays(a.rows.provisional, b.rows.provisional)
    assert_arrays(a.rows.covered, b.rows.covered)
    assert_arrays(a.series, b.series)
    names = ("zones", "granularity", "start", "end", "since")
    assert [getattr(a, n) for n in names] == [getattr(b, n) for n in names]


@given(tasks())
def test_a_run_is_given_exactly_what_the_host_packed(task: Task) -> None:
    there = sent(task)
    assert replace(there, given=task.given) == task
    a, b = task.given, there.given
    assert (a.now, a.now.utcoffset(), a.tz, a.language) == (b.now, b.now.utcoffset(), b.tz, b.language)
    assert {n: (type(v), v) for n, v in a.settings.items()} == {n: (type(v), v) for n, v in b.settings.items()}
    assert list(a.payloads) == list(b.payloads)
    for label in a.payloads:
        assert_payloads(a.payloads[label], b.payloads[label])


def test_a_value_that_repeats_is_sent_once() -> None:
    n = 1_000_000
    part = Part(
        {"a": Ints.constant(7, n)}, Codes.constant("measured", n), np.broadcast_to(False, n), np.broadcast_to(1.0, n)
    )
    payload = Payload(part, np.broadcast_to(np.int64(0), n), ("UTC",), "raw", 0, 1, 0)
    task = Task("a", {}, Given({"x": payload}, datetime(2025, 1, 1, tzinfo=UTC), "UTC", "en", {}))
    assert sum(len(piece) for piece in packed(task)) < 1000
    assert_payloads(payload, sent(task).given.payloads["x"])


# What a run says, cut in pieces


def message(body: bytes) -> bytes:
    return LENGTH.pack(len(body)) + body


def cut(data: bytes, places: list[int]) -> Iterator[bytes]:
    bounds = [0, *sorted(p % (len(data) + 1) for p in places), len(data)]
    return (data[a:b] for a, b in itertools.pairwise(bounds))


@given(
    st.lists(st.binary(min_size=2, max_size=30).filter(lambda body: body != wire.RAISED), max_size=5),
    st.lists(st.integers(0, 200), max_size=8),
    st.binary(max_size=3),
)
def test_messages_are_the_same_however_they_arrive(bodies: list[bytes], places: list[int], rest: bytes) -> None:
    messages = Messages(1000)
    found = [m for piece in cut(b"".join(map(message, bodies)) + rest, places) for m in messages.feed(piece)]
    assert found == bodies
    assert messages.whole == (rest == b"")


@given(st.integers(1, 60), st.lists(st.integers(0, 60), max_size=4))
def test_no_more_is_taken_than_may_come(most: int, places: list[int]) -> None:
    messages, data, came = Messages(most), message(b"12345678") * 5, 0
    for piece in cut(data, places):
        came += len(piece)
        if came > most:
            with pytest.raises(OverflowError):
                next(messages.feed(piece))
            return
        assert set(messages.feed(piece)) <= {b"12345678"}
    assert came <= most


@pytest.mark.parametrize("length", [0, 1, 101, 2**31, 2**32 - 1])
def test_a_length_that_no_message_has_is_refused_before_the_message_comes(length: int) -> None:
    with pytest.raises(ValueError, match="length"):
        list(Messages(10_000, 100).feed(LENGTH.pack(length)))


# A run that says anything

SAID = Text(en="Some text", fr="Un texte")
NOW = datetime(2025, 6, 15, tzinfo=UTC)
POINTS = tuple(Point(at=moment(i * 3_600_000_000), value=float(i)) for i in range(40))
BLOCKS: tuple[Block, ...] = (
    Card(id="card", headline=SAID, body=SAID, why=SAID, metric=Metric(value=1.5, unit="L"), needs=("water",)),
    Chart(id="chart", form="bars", title=SAID, summary=SAID, unit="L", time_unit="hour", points=POINTS),
    Alert(id="alert", severity="info", what=SAID, what_to_do=SAID),
    Action(id="open", does="open", label=SAID, target="tips"),
    Ask(id="ask", question="bath", why=SAID),
    Save(id="save", record_type="supply.alert/1", values={"kind": "leak", "note": ["é", 1, None, {"a": 2.5}]}),
    NoInsight(id="none", reason="gaps", help=SAID),
)


def blocks_said(*blocks: Block) -> list[bytes]:
    return [b'{"block":' + block.model_dump_json().encode() + b"}" for block in blocks]


END, RAISED = b'{"end": true}', b'{"error": {"kind": "ServiceFailed", "name": "KeyError", "line": 3}}'
CONVERSATIONS: dict[str, list[bytes]] = {
    "every kind of block": [*blocks_said(*BLOCKS), END],
    "nothing": [END],
    "an error": [*blocks_said(BLOCKS[0]), RAISED],
    "an error with its trace": [
        b'{"error": {"kind": "ServiceFailed", "name": "ValueError", "trace": "Traceback\\n  File"}}'
    ],
    "a broken contract": [b'{"error": {"kind": "OutputError", "name": "an exception of its own"}}'],
    "no memory": [b'{"error": {"kind": "MemoryLimit", "name": "MemoryError", "line": 3}}'],
    "no walls": [b'{"error": {"kind": "SandboxUnavailable", "trace": "OSError: no"}}'],
    "no end": blocks_said(*BLOCKS[:2]),
}
STATUSES = {0: NoResult, 70: ServiceCrash, -9: ServiceCrash, -11: ServiceCrash, -24: CpuLimit, -31: PolicyViolation}


@dataclass
class Fake:
    """A zygote whose runs say these bytes, and end like this."""

    said: bytes
    status: int = 0
    stays: bool = False
    ended: bytes | None = None
    walls: tuple[str, ...] = ()
    threads: list[threading.Thread] = field(default_factory=list)

    def fork(self, *_: object, **__: object) -> tuple[socket.socket, socket.socket]:
        ours, theirs = socket.socketpair()
        report, their_report = socket.socketpair()
        self.threads.append(threading.Thread(target=self._act, args=(theirs, their_report)))
        self.threads[-1].start()
        return ours, report

    def _act(self, data: socket.socket, report: socket.socket) -> None:
        with data, report:
            try:
                header, body = LENGTHS.unpack(data.recv(LENGTHS.size, socket.MSG_WAITALL))
                data.recv(header + body, socket.MSG_WAITALL)
                data.sendall(self.said)
                if not self.stays:
                    data.close()
            except OSError:  # the host wants no more
                pass
            report.recv(1)
            usual = json.dumps({"status": self.status, "cpu": 0.5, "peak": 10**7}).encode()
            report.send(usual if self.ended is None else self.ended, socket.MSG_NOSIGNAL)


TASK = Task("org.example.tried", {}, Given({}, NOW, "UTC", "en", {}))


def heard(fake: Fake, **limits: Any) -> list[Block]:
    """What the host makes of it."""
    running = HeldRun(fake, Code("written:tried", {}, ""), TASK, Limits(**limits))  # type: ignore[arg-type]
    try:
        return list(running)
    finally:
        for thread in fake.threads:
            thread.join(10)
            assert not thread.is_alive()


def joined(messages: list[bytes]) -> bytes:
    return b"".join(map(message, messages))


ENDS = {
    "every kind of block": None,
    "nothing": None,
    "an error": (ServiceFailed, "org.example.tried, line 3: The service raised KeyError."),
    "an error with its trace": (ServiceFailed, "The service raised ValueError."),
    "a broken contract": (OutputError, "broke its contract"),
    "no memory": (MemoryLimit, "more memory"),
    "no walls": (SandboxUnavailable, "wall around the service could not be raised"),
    "no end": (NoResult, "without a result"),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_is_understood(name: str) -> None:
    fake = Fake(joined(CONVERSATIONS[name]))
    expected = ENDS[name]
    if expected is None:
        assert heard(fake) == (list(BLOCKS) if name != "nothing" else [])
        return
    with pytest.raises(expected[0], match=expected[1]):
        heard(fake)


@pytest.mark.parametrize("status", STATUSES)
def test_how_a_process_ended_is_told(status: int) -> None:
    with pytest.raises(STATUSES[status]) as raised:
        heard(Fake(b"", status))
    assert raised.type is STATUSES[status]


REAL = {
    "every kind of block": "yield from blocks_from_json(BLOCKS)",
    "nothing": "return []",
    "an error": "yield blocks_from_json(BLOCKS)[0]\nraise KeyError",
    "a broken contract": "return [3]",
    "no memory": "raise MemoryError",
    "no end": "yield from blocks_from_json(BLOCKS)[:2]\nimport os\nos._exit(0)",
}


@pytest.mark.parametrize("name", REAL)
def test_the_conversations_are_those_of_real_runs(
    name: str, written: Any, home: Any, sandboxes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = f"from selfdata_sdk.service.blocks import blocks_from_json\nBLOCKS = {blocks_json(BLOCKS)!r}"
    code = written(REAL[name], before=before)
    engine = sandboxes("landlock").engine(code)
    opened = OpenDoor(home.store).open(home.manifest, NOW, None)
    running = engine.start(home.manifest, Given(opened.payloads, opened.now, opened.tz, "en", {"goal": 120}))
    feed, came = Messages.feed, list[bytes]()

    def fed(self: Messages, data: bytes) -> Iterator[bytes]:
        for said in feed(self, data):
            came.append(re.sub(rb'"line": \d+', b'"line": 3', said))
            yield said

    monkeypatch.setattr(Messages, "feed", fed)
    with contextlib.suppress(ServiceFailed, OutputError):
        list(running)
    assert came == CONVERSATIONS[name]


TYPED = (ServiceFailed, OutputError, SandboxUnavailable)

HOSTILE = {
    "pickle": b"\x80\x04\x95.",
    "no object": message(b"[]"),
    "two things": message(b'{"end": true, "error": null}'),
    "no thing": message(b"{}"),
    "nothing of a thing": message(b'{"block": null}'),
    "a thing of its own": message(b'{"eval": "1"}'),
    "no end": message(b'{"end": false}'),
    "after the end": joined([END, END]),
    "half after the end": joined([END]) + b"\x05",
    "bad UTF-8": message(b'{"block": {"kind": "card", "id": "\xff"}}'),
    "a lone surrogate": message(b'{"error": {"kind": "ServiceFailed", "name": "\\ud800"}}'),
    "an error of a kind of its own": message(b'{"error": {"kind": "ConsentDenied"}}'),
    "an error with a long name": message(b'{"error": {"kind": "ServiceFailed", "name": "' + b"x" * 61 + b'"}}'),
    "a line of another type": message(b'{"error": {"kind": "ServiceFailed", "line": "3"}}'),
    "a call, which only an author is told": message(b'{"call": "litres.fifty_nine"}') + message(END),
    "deep nesting": message(b'{"block":' + b"[" * 500_000),
    "many digits": message(b'{"block":' + b"1" * 900_000 + b"}"),
    "a lying length": LENGTH.pack(1000) + END,
    "a huge length": LENGTH.pack(2**31) + END,
    "half a length": b"\x05\x00",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_message_is_no_message(name: str) -> None:
    with pytest.raises((ProtocolError, NoResult)):
        heard(Fake(HOSTILE[name]))


def test_the_name_of_an_exception_cannot_carry_a_value() -> None:
    said = b'{"error": {"kind": "ServiceFailed", "name": "Litres59Error", "line": 3}}'
    with pytest.raises(ServiceFailed, match="an exception of its own"):
        heard(Fake(message(said)))


def test_a_block_that_is_not_valid_is_told_without_its_values() -> None:
    card = BLOCKS[0].model_dump_json().encode().replace(b'"L"', b'"secret litres"')
    with pytest.raises(OutputError, match=r"block\.card\.metric\.unit") as raised:
        heard(Fake(joined([b'{"block":' + card + b"}", END])))
    assert "secret" not in str(raised.value)


def test_a_block_that_is_wrong_everywhere_costs_little() -> None:
    """As an error for each of half a million points it would cost the host more than the run may take."""
    chart = b'{"block":{"kind":"chart","points":[' + b"1," * 500_000 + b"1]}}"
    tracemalloc.start()
    try:
        with pytest.raises(ProtocolError):
            heard(Fake(message(chart)))
        assert tracemalloc.get_traced_memory()[1] < 30e6
    finally:
        tracemalloc.stop()


def test_a_run_that_says_nothing_more_is_late() -> None:
    for said in (b"", joined(blocks_said(BLOCKS[0])), LENGTH.pack(50)):
        with pytest.raises(TimeLimit):
            heard(Fake(said, stays=True), seconds=0.1)


def test_a_run_that_is_not_read_or_never_reads_is_late() -> None:
    """The task does not fit into the socket, and nobody takes it out."""
    n = 1_000_000
    part = Part({"a": Ints(np.zeros(n, np.int64))}, Codes.constant("measured", n), np.zeros(n, bool), np.ones(n))
    payload = Payload(part, np.zeros(n, np.int64), ("UTC",), "raw", 0, 1, 0)
    ours, theirs = socket.socketpair()
    report, theirs_report = socket.socketpair()
    theirs_report.send(b'{"status": -9, "cpu": 0, "peak": 0}')

    class Silent:
        def fork(self, *_: object, **__: object) -> tuple[socket.socket, socket.socket]:
            return ours, report

    task = Task("org.example.tried", {}, Given({"x": payload}, NOW, "UTC", "en", {}))
    running = HeldRun(Silent(), Code("written:tried", {}, ""), task, Limits(seconds=0.1))  # type: ignore[arg-type]
    with theirs, theirs_report, pytest.raises(TimeLimit):
        list(running)


@pytest.mark.parametrize(
    "ended", [b"", b"{}", b"[]", b"\xff", b"1", b'{"status": 0}', b'{"status": "x", "cpu": 0, "peak": 0}', b"{" * 1000]
)
def test_a_report_that_is_none_is_the_end_of_the_sandbox(ended: bytes) -> None:
    with pytest.raises(ServiceCrash, match="sandbox's process has ended"):
        heard(Fake(b"", ended=ended))
    assert heard(Fake(joined([END]), ended=ended)) == []


@pytest.mark.parametrize("number", [b"NaN", b"-Infinity", b"1e999", b"9" * 400, b"9007199254740993"])
def test_a_record_with_a_number_that_json_does_not_keep_is_refused(number: bytes) -> None:
    with pytest.raises(OutputError, match="values holds a number that JSON does not know"):
        heard(Fake(joined([m.replace(b"2.5", number) for m in CONVERSATIONS["every kind of block"]])))


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real conversation with bytes flipped, cut out, put in or said again, or two spliced."""
    names = st.sampled_from(sorted(CONVERSATIONS))
    messages = list(CONVERSATIONS[draw(names)])
    for how in draw(st.lists(st.sampled_from(["drop", "again", "swap", "other"]), max_size=2)):
        at = draw(st.integers(0, max(len(messages) - 1, 0)))
        if how == "drop":
            del messages[at : at + 1]
        elif how == "again":
            messages[at:at] = messages[at : at + 1] * draw(st.integers(1, 5))
        elif how == "swap":
            messages.reverse()
        else:
            messages[at:at] = CONVERSATIONS[draw(names)]
    data = bytearray(joined(messages))
    inside = st.integers(0, max(len(data) - 1, 0))
    for how in draw(st.lists(st.sampled_from(["flip", "cut", "insert", "number", "splice"]), max_size=3)):
        at = draw(inside)
        if how == "flip" and data:
            data[at % len(data)] ^= 1 << draw(st.integers(0, 7))
        elif how == "cut":
            del data[at : at + draw(st.integers(1, 200))]
        elif how == "insert":
            data[at:at] = draw(
                st.binary(max_size=20) | st.sampled_from([b"NaN", b"1e999", b"[[", b"\x00", b'"', b"{}"])
            )
        elif how == "number":
            data = bytearray(
                bytes(data).replace(
                    draw(st.sampled_from([b"1.5", b"2.5"])),
                    draw(st.sampled_from([b"NaN", b"-Infinity", b"1e999", b"9" * 400])),
                )
            )
        else:
            data[at:] = joined(CONVERSATIONS[draw(names)])[at:]
    return bytes(data)


def assert_safe(fake: Fake) -> None:
    """Blocks that are valid, or one of the errors that are written down; nothing else, and in time."""
    began = time.monotonic()
    found: list[Block] | SelfDataError
    try:
        found = heard(fake, seconds=0.1 if fake.stays else 10.0)
    except TYPED as error:
        found = error
    if isinstance(found, list):
        assert blocks_from_json(blocks_json(found)) == found
    else:
        assert found.next
        assert found.where.startswith("org.example.tried")
    assert time.monotonic() - began < 20


FUZZED = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FUZZED
@given(st.binary(max_size=2000), st.sampled_from(sorted(STATUSES)))
@example(b"", 0)
def test_any_bytes_at_all_are_survived(said: bytes, status: int) -> None:
    assert_safe(Fake(said, status))


@FUZZED
@given(mutated(), st.sampled_from(sorted(STATUSES)), st.integers(0, 40).map(lambda n: n == 0))
def test_real_conversations_changed_anywhere_are_survived(said: bytes, status: int, stays: bool) -> None:
    assert_safe(Fake(said, status, stays))


@FUZZED
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.sampled_from(["card", "chart", "save"]),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["block", "kind", "id", "error", "end", "values"]) | st.text(), inner)
        ),
        max_leaves=20,
    )
)
def test_any_json_at_all_is_survived(said: Any) -> None:
    assert_safe(Fake(joined([json.dumps(said).encode(), END])))
