"""The page of what a host is made of."""

from __future__ import annotations

from selfdata_sdk.host import discovery, home, host, people, policy, run_record, runner, schedule
from selfdata_sdk.host.code import Code
from selfdata_sdk.host.engine import Engine, InProcess, Usage
from selfdata_sdk.host.fleet import Fleet, Report, Sandboxed
from selfdata_sdk.host.sandbox import Limits, Sandbox
from selfdata_sdk.store.ledger import Keeper

from .markdown import block, code, page, prose, signature

INTRODUCTION = """
A host keeps persons' data and runs services on them. The command line uses nothing but what is here:

```python
from pathlib import Path

from selfdata_sdk.host.discovery import find
from selfdata_sdk.host.home import Home
from selfdata_sdk.host.sandbox import Sandbox

home = Home(Path("data"))
found = find("org.example.water-coach")
with home.host() as host, Sandbox() as sandbox:
    done = host.run(sandbox.engine(found.code()), found.manifest, language="fr")
    for block in done.blocks:
        print(block.fallback.fr)
```

What a host has its own way of doing comes in by a protocol: who somebody is (`Identity`), where its keys are kept
(`Keeper`), and where code runs (`Engine`). The [host guide](../how-to/host.md) shows how to use all this.
"""

PARTS: tuple[tuple[str, type, tuple[str, ...]], ...] = (
    ("selfdata_sdk.host.home", home.Home, ("open", "host")),
    (
        "selfdata_sdk.host.host",
        host.Host,
        (
            "grant",
            "withdraw",
            "withdraw_all",
            "grants",
            "agreed",
            "run",
            "runs",
            "latest_runs",
            "receipt",
            "checkpoint",
        ),
    ),
    ("selfdata_sdk.host.runner", runner.Run, ()),
    ("selfdata_sdk.host.run_record", run_record.RunRecord, ()),
    ("selfdata_sdk.host.discovery", discovery.Found, ("code", "load")),
    ("selfdata_sdk.host.code", Code, ()),
    ("selfdata_sdk.host.sandbox", Sandbox, ("engine", "close")),
    ("selfdata_sdk.host.sandbox", Limits, ()),
    ("selfdata_sdk.host.engine", Engine, ("start",)),
    ("selfdata_sdk.host.engine", InProcess, ()),
    ("selfdata_sdk.host.engine", Usage, ()),
    ("selfdata_sdk.host.people", people.People, ("add", "ids", "home", "host", "erase")),
    ("selfdata_sdk.host.people", people.Identity, ("person",)),
    ("selfdata_sdk.store.ledger", Keeper, ("key", "secret", "anchor", "advance", "forget")),
    ("selfdata_sdk.host.policy", policy.HostPolicy, ("read", "for_person", "sandbox")),
    ("selfdata_sdk.host.fleet", Fleet, ("run",)),
    ("selfdata_sdk.host.fleet", Sandboxed, ()),
    ("selfdata_sdk.host.fleet", Report, ()),
)
FUNCTIONS = (
    ("selfdata_sdk.host.discovery", discovery.find),
    ("selfdata_sdk.host.discovery", discovery.installed),
    ("selfdata_sdk.host.discovery", discovery.versions),
    ("selfdata_sdk.host.schedule", schedule.run_due),
)


def host_page() -> str:
    functions = (f"## {code(f.__name__)}\n\nFrom {code(m)}.\n\n{_signed(f.__name__, f)}" for m, f in FUNCTIONS)
    return page("Host", INTRODUCTION, *(_part(*part) for part in PARTS), *functions)


def _part(module: str, kind: type, methods: tuple[str, ...]) -> str:
    parts = [f"## {code(kind.__name__)}", f"From {code(module)}.", prose(kind.__doc__)]
    parts += [f"### {code(f'{kind.__name__}.{name}')}\n\n{_signed(name, getattr(kind, name))}" for name in methods]
    return "\n\n".join(part for part in parts if part)


def _signed(name: str, function: object) -> str:
    said = prose(getattr(function, "__doc__", None))
    return "\n\n".join(part for part in (block(signature(name, function)), said) if part)  # type: ignore[arg-type]
