"""Where code asks for the time, chance or its surroundings itself, instead of being told."""

from __future__ import annotations

import ast
from collections.abc import Iterator

ASKED = frozenset({
    "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow", "datetime.date.today",
    "pandas.Timestamp.now", "pandas.Timestamp.today", "pandas.Timestamp.utcnow",
    "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns",
    "time.process_time", "time.process_time_ns", "time.thread_time", "time.localtime", "time.gmtime", "time.ctime",
    "time.asctime", "time.strftime", "time.timezone", "time.altzone", "time.daylight", "time.tzname",
    "uuid.uuid1", "uuid.uuid4", "random.SystemRandom",
    "os.environ", "os.environb", "os.getenv", "os.urandom", "os.getrandom", "os.getpid", "os.getcwd", "os.getlogin",
    "os.uname", "os.cpu_count", "pathlib.Path.cwd", "pathlib.Path.home", "socket.gethostname", "sys.argv",
})  # fmt: skip
"""Names that tell of the moment, of chance, or of the machine."""
WHOLE = ("secrets", "platform", "getpass", "locale")
"""Modules of which nothing is for a service."""
DRAWING = ("random", "numpy.random")
"""Modules whose functions draw from a generator that all share; a generator with a seed of its own is fine."""
GENERATORS = frozenset({"random.Random", "numpy.random.default_rng", "numpy.random.PCG64", "numpy.random.RandomState"})
"""What makes a generator: steady if it is given a seed."""


def asked(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of each such use."""
    tree = ast.parse(source)
    names = _imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and _asks(name := _dotted(node, names)):
            yield node.lineno, name
        elif isinstance(node, ast.Call) and _is_unseeded(name := _dotted(node.func, names), node):
            yield node.lineno, f"{name}()"


def _imported(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for, in full."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    """The full name of what is imported, "" for everything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute) and (head := _dotted(node.value, names)):
        return f"{head}.{node.attr}"
    return ""


def _asks(name: str) -> bool:
    module, _, last = name.rpartition(".")
    return name in ASKED or module in WHOLE or (module in DRAWING and last.islower() and name not in GENERATORS)


def _is_unseeded(name: str, call: ast.Call) -> bool:
    if name == "numpy.datetime64":
        return any(isinstance(a, ast.Constant) and a.value in ("now", "today") for a in call.args)
    return name in GENERATORS and not call.args and not call.keywords
