"""Trusted plugins load one by one: one that fails is named with its distribution, and stops nobody else."""

from __future__ import annotations

import inspect
import pickle
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pluggy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfdata_sdk.cli import main
from selfdata_sdk.cloud import Cloud, MemoryCloud
from selfdata_sdk.errors import CloudUnavailable, PluginError, RequestError
from selfdata_sdk.host.hookspecs import ENTRY_POINTS, HOOKS, PROJECT, Hooks
from selfdata_sdk.host.plugins import Plugins
from selfdata_sdk.host.record_types import RecordTypes
from selfdata_sdk.host.report import RunReport
from selfdata_sdk.importers import Importer
from selfdata_sdk.model import REGISTRY, Registry, WaterUse

hookimpl = pluggy.HookimplMarker(PROJECT)
Install = Callable[..., None]

REPORT = RunReport(
    service="org.example.leaks",
    version="1.0.0",
    code="0" * 64,
    walls=("landlock", "seccomp"),
    outcome="done",
    error=None,
    seconds=0.5,
    cpu_seconds=0.4,
    peak_memory=30_000_000,
    blocks={"card": 2},
)

IMPORTER = """
import pluggy
from selfdata_sdk import Text
hookimpl = pluggy.HookimplMarker("selfdata")

class Toy:
    version, title, holder, record_types = "1", Text(en="Toy", fr="Jouet"), "Toy", ()
    def __init__(self, name):
        self.name = name
    def recognises(self, sample):
        return False
    def read(self, file, source, options):
        yield from ()
"""
GOOD = f"{IMPORTER}\n@hookimpl\ndef selfdata_importers():\n    return [Toy('toy-good')]\n"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs a distribution with one module, as an installer leaves it, and an entry point for it."""
    monkeypatch.syspath_prepend(tmp_path)

    def made(distribution: str, source: str, version: str = "1.2") -> None:
        module = distribution.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(source, encoding="utf-8")
        info = tmp_path / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[{ENTRY_POINTS}]\n{distribution}-point = {module}\n")
        monkeypatch.delitem(sys.modules, module, raising=False)

    return made


def told(plugins: Plugins) -> list[str]:
    return [str(f.error) for f in plugins.faults]


def names(plugins: Plugins) -> set[str]:
    return {i.name for i in plugins.importers if i.name.startswith("toy-")}


BROKEN = {
    "raises when it is imported": (
        "import os\nraise OSError('a secret value')",
        "broken_one.py, line 2: The plugin cannot be loaded (OSError). Update or remove the plugin.",
    ),
    "leaves the program when it is imported": (
        "raise SystemExit('a secret value')",
        "broken_one.py, line 1: The plugin cannot be loaded (SystemExit). Update or remove the plugin.",
    ),
    "imports what is not there": (
        "import no_such_module_at_all",
        "broken_one.py, line 1: The plugin cannot be loaded (ModuleNotFoundError). Update or remove the plugin.",
    ),
    "is no Python": (
        "def secret(:",
        "broken_one.py, line 1: The plugin cannot be loaded (SyntaxError). Update or remove the plugin.",
    ),
    "misspells a hook": (
        f"{IMPORTER}\n@hookimpl\ndef selfdata_importer():\n    return []",
        "There is no hook selfdata_importer. Did you mean selfdata_importers?",
    ),
    "misspells a hook and does not mark it": (
        f"{IMPORTER}\ndef selfdata_cloud():\n    return []",
        "There is no hook selfdata_cloud. Did you mean selfdata_clouds?",
    ),
    "marks what is like no hook": (
        f"{IMPORTER}\n@hookimpl\ndef zzz():\n    return []",
        f"There is no hook zzz. Hooks: {', '.join(HOOKS)}.",
    ),
    "does not mark a hook": (
        f"{IMPORTER}\ndef selfdata_importers():\n    return []",
        "Its selfdata_importers is not marked. Put @hookimpl on it.",
    ),
    "has no hook": ("", "It implements no hook. Name the module that does in the entry point."),
    "asks for what the hook does not give": (
        f"{IMPORTER}\n@hookimpl\ndef selfdata_run_ended(run, person):\n    pass",
        (
            "Argument(s) {'person'} are declared in the hookimpl but can not be found in the hookspec. "
            "Correct the function."
        ),
    ),
    "marks a plain function as a wrapper": (
        f"{IMPORTER}\n@hookimpl(wrapper=True)\ndef selfdata_importers():\n    return []",
        (
            "Declared as wrapper=True or hookwrapper=True but function is not a generator function. "
            "Correct the function."
        ),
    ),
    "is async": (
        f"{IMPORTER}\n@hookimpl\nasync def selfdata_importers():\n    return []",
        "Its selfdata_importers is async, and the host is not. Write it with def.",
    ),
    "is an async generator": (
        f"{IMPORTER}\n@hookimpl\nasync def selfdata_importers():\n    yield",
        "Its selfdata_importers is async, and the host is not. Write it with def.",
    ),
    "is a generator": (
        f"{IMPORTER}\n@hookimpl\ndef selfdata_importers():\n    yield Toy('toy-bad')",
        "Its selfdata_importers is a generator. Return the whole, or mark it as a wrapper.",
    ),
    "raises when it is asked": (
        f"{IMPORTER}\n@hookimpl\ndef selfdata_importers():\n    raise OSError('a secret value')",
        "broken_one.py, line 17: The plugin fails in selfdata_importers (OSError). Update or remove the plugin.",
    ),
    "leaves the program when it is asked": (
        f"{IMPORTER}\n@hookimpl\ndef selfdata_importers():\n    raise SystemExit('a secret value')",
        "broken_one.py, line 17: The plugin fails in selfdata_importers (SystemExit). Update or remove the plugin.",
    ),
    "raises in another hook": (
        (
            f"{IMPORTER}\n@hookimpl\ndef selfdata_importers():\n    return [Toy('toy-bad')]\n"
            "@hookimpl\ndef selfdata_clouds():\n    raise OSError('a secret value')"
        ),
        "broken_one.py, line 20: The plugin fails in selfdata_clouds (OSError). Update or remove the plugin.",
    ),
    "raises when its importer is looked at": (
        (
            f"{IMPORTER}\nclass Bad(Toy):\n    holder = property(lambda self: 1 / 0)\n"
            "@hookimpl\ndef selfdata_importers():\n    return [Bad('toy-bad')]"
        ),
        (
            "broken_one.py, line 16: The plugin fails in selfdata_importers (ZeroDivisionError). "
            "Update or remove the plugin."
        ),
    ),
    "has a wrapper that raises first": (
        f"{IMPORTER}\n@hookimpl(wrapper=True)\ndef selfdata_importers():\n    1 / 0\n    return (yield)",
        (
            "broken_one.py, line 17: The plugin fails in selfdata_importers (ZeroDivisionError). "
            "Update or remove the plugin."
        ),
    ),
    "has a wrapper that raises last": (
        f"{IMPORTER}\n@hookimpl(wrapper=True)\ndef selfdata_importers():\n    yield\n    1 / 0",
        (
            "broken_one.py, line 18: The plugin fails in selfdata_importers (ZeroDivisionError). "
            "Update or remove the plugin."
        ),
    ),
    "has a wrapper of the older style that raises last": (
        f"{IMPORTER}\n@hookimpl(hookwrapper=True)\ndef selfdata_importers():\n    yield\n    1 / 0",
        (
            "broken_one.py, line 18: The plugin fails in selfdata_importers (ZeroDivisionError). "
            "Update or remove the plugin."
        ),
    ),
    "has a wrapper that never yields": (
        f"{IMPORTER}\n@hookimpl(wrapper=True)\ndef selfdata_importers():\n    return\n    yield",
        "The plugin fails in selfdata_importers (StopIteration). Update or remove the plugin.",
    ),
    "has a wrapper that yields twice": (
        f"{IMPORTER}\n@hookimpl(wrapper=True)\ndef selfdata_importers():\n    yield\n    yield",
        "The plugin fails in selfdata_importers (RuntimeError). Update or remove the plugin.",
    ),
    "has a wrapper that gives nothing": (
        f"{IMPORTER}\n@hookimpl(wrapper=True)\ndef selfdata_importers():\n    yield",
        "The plugin fails in selfdata_importers (TypeError). Update or remove the plugin.",
    ),
}


@pytest.mark.parametrize(("source", "says"), BROKEN.values(), ids=BROKEN)
def test_a_plugin_that(install: Install, source: str, says: str) -> None:
    install("a-good-one", GOOD)
    install("broken-one", source)
    install("other-good-one", GOOD.replace("toy-good", "toy-other"))
    plugins = Plugins.load()
    assert names(plugins) == {"toy-good", "toy-other"}
    (fault,) = plugins.faults
    where = "broken-one-point (broken-one 1.2)"
    assert str(fault.error) == f"{where}, {says}" if says.startswith("broken_one.py") else f"{where}: {says}"
    assert (fault.plugin.name, fault.plugin.distribution, fault.plugin.version) == (
        "broken-one-point",
        "broken-one",
        "1.2",
    )
    assert "secret" not in str(fault.error)
    assert list(plugins.importers.faults) == [fault.error]


def test_an_interrupt_while_a_plugin_loads_is_not_the_plugins(install: Install) -> None:
    install("broken-one", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        Plugins.load()


def test_without_plugins_there_is_what_is_built_in() -> None:
    plugins = Plugins.of()
    assert plugins.faults == ()
    assert list(plugins.registry) == list(REGISTRY)
    assert plugins.clouds == {}
    assert len(list(plugins.importers)) >= 7


WRONG_GIFTS = {
    "no importer": ("selfdata_importers", "[object()]", "What it gives is no importer (object)."),
    "an importer's class": ("selfdata_importers", "[Toy]", "What it gives is no importer (type)."),
    "an importer that hides its name": (
        "selfdata_importers",
        "[Toy('\\u202etoy')]",
        "Its importer has a name that cannot be used.",
    ),
    "one importer": ("selfdata_importers", "Toy('toy-a')", "Its selfdata_importers gives no sequence (Toy)."),
    "a text": ("selfdata_importers", "'toy'", "Its selfdata_importers gives no sequence (str)."),
    "no record type": ("selfdata_record_types", "[Toy]", "What it gives is no record type (type)."),
    "a list of clouds": ("selfdata_clouds", "[open]", "Its selfdata_clouds gives no mapping (list)."),
    "a cloud without an opener": (
        "selfdata_clouds",
        "{'toy': 3}",
        "It gives a cloud without a scheme or without an opener.",
    ),
    "a cloud without a scheme": (
        "selfdata_clouds",
        "{'To y': open}",
        "It gives a cloud without a scheme or without an opener.",
    ),
}


@pytest.mark.parametrize(("hook", "given", "says"), WRONG_GIFTS.values(), ids=WRONG_GIFTS)
def test_what_is_of_a_wrong_kind_is_refused_alone(install: Install, hook: str, given: str, says: str) -> None:
    other = "selfdata_clouds" if hook == "selfdata_importers" else "selfdata_importers"
    right = {"selfdata_clouds": "{'folder': open}", "selfdata_importers": "[Toy('toy-good')]"}[other]
    install(
        "half-good",
        f"{IMPORTER}\n@hookimpl\ndef {hook}():\n    return {given}\n@hookimpl\ndef {other}():\n    return {right}\n",
    )
    plugins = Plugins.load()
    assert [f.error.what for f in plugins.faults] == [says]
    assert (names(plugins), set(plugins.clouds)) in (({"toy-good"}, set()), (set(), {"folder"}))


def test_what_a_decorated_async_function_gives_is_refused() -> None:
    async def later() -> list[Importer]:
        return []

    class Late:
        @hookimpl
        def selfdata_importers(self) -> object:
            return later()

        @hookimpl
        def selfdata_run_ended(self, run: RunReport) -> object:
            return later()

    plugins = Plugins.of(late=Late())
    assert told(plugins) == ["late: Its selfdata_importers gives no sequence (coroutine). Return a sequence."]
    plugins.observe(REPORT)
    assert told(plugins)[1].endswith("The plugin fails in selfdata_run_ended (TypeError). Update or remove the plugin.")


CLAIMS = {
    "format": (
        "selfdata_importers",
        "[Toy('toy-a')]",
        "The importer toy-a is taken by a-first-point (a-first 1.2).",
    ),
    "built-in format": (
        "selfdata_importers",
        "[Toy('hourly-index-csv')]",
        "The importer hourly-index-csv is taken by selfdata-sdk.",
    ),
    "scheme": (
        "selfdata_clouds",
        "{'toy': lambda url: None}",
        "The scheme toy is taken by a-first-point (a-first 1.2).",
    ),
}


@pytest.mark.parametrize(("hook", "given", "says"), CLAIMS.values(), ids=CLAIMS)
def test_a_name_is_whose_claims_it_first(install: Install, hook: str, given: str, says: str) -> None:
    source = f"{IMPORTER}\n@hookimpl\ndef {hook}():\n    return {given}\n"
    install("z-later", source)
    install("a-first", source)
    plugins = Plugins.load()
    later = plugins.faults[-1]
    assert later.plugin.distribution == "z-later"
    assert later.error.what == says
    assert len(plugins.faults) == (2 if "built-in" not in says and "selfdata-sdk" in says else 1)


def test_a_record_type_of_a_name_that_is_taken_is_left_out(install: Install) -> None:
    rain = example("selfdata_record_types")
    install("a-first", rain)
    install("z-later", rain)
    install("z-last", rain.replace("rain.gauge/1", "water.use/1"))
    plugins = Plugins.load()
    assert plugins.registry.get("rain.gauge").__module__ == "a_first"
    assert plugins.registry.get("water.use") is WaterUse
    assert [(f.plugin.distribution, f.error.what) for f in plugins.faults] == [
        ("z-last", "The record type water.use/1 is taken by selfdata-sdk."),
        ("z-later", "The record type rain.gauge/1 is taken by a-first-point (a-first 1.2)."),
    ]


def test_a_record_type_that_cannot_be_stored_is_left_out(install: Install) -> None:
    rain = example("selfdata_record_types")
    install("bad-name", rain.replace("rain.gauge/1", "Rain"))
    install("bad-field", re.sub("litres: .*", "litres: set[int]", rain))
    plugins = Plugins.load()
    assert list(plugins.registry) == list(REGISTRY)
    assert [f.plugin.distribution for f in plugins.faults] == ["bad-field", "bad-name"]
    assert "not a record type's name" in plugins.faults[1].error.what


# Order and wrappers


class Giving:
    """Gives one importer."""

    def __init__(self, importer: object) -> None:
        self.importer = importer

    @hookimpl
    def selfdata_importers(self) -> object:
        return [self.importer]


class Toy:
    version, title, holder, record_types = "1", None, "Toy", ()

    def __init__(self, name: str) -> None:
        self.name = name

    def recognises(self, sample: object) -> bool:
        return False

    def read(self, file: object, source: object, options: object) -> Iterator[object]:
        yield from ()


class First(Giving):
    @hookimpl(tryfirst=True)
    def selfdata_importers(self) -> object:
        return [self.importer]


class Last(Giving):
    @hookimpl(trylast=True)
    def selfdata_importers(self) -> object:
        return [self.importer]


@given(st.permutations([First, Giving, Last]))
def test_who_is_asked_first_has_the_name(kinds: list[type[Giving]]) -> None:
    toys = {kind.__name__.lower(): kind(Toy("toy-a")) for kind in kinds}
    plugins = Plugins.of(**toys)
    assert plugins.importers.named("toy-a") is toys["first"].importer
    assert [f.plugin.name for f in plugins.faults] == ["giving", "last"]


def test_plugins_are_asked_in_the_order_of_their_names() -> None:
    a, b = Giving(Toy("toy-a")), Giving(Toy("toy-a"))
    assert Plugins.of(a=a, b=b).importers.named("toy-a") is a.importer


class NewWrapper:
    """Takes the importers of others away, and gives its own."""

    @hookimpl(wrapper=True)
    def selfdata_importers(self) -> Iterator[None]:
        results = yield
        self.seen = [i.name for result in results for i in result]  # type: ignore[attr-defined]
        return [[Toy("toy-wrapped"), object()]]  # type: ignore[return-value]


class OldWrapper:
    @hookimpl(hookwrapper=True)
    def selfdata_importers(self) -> Iterator[None]:
        outcome: Any = yield
        self.seen = [i.name for result in outcome.get_result() for i in result]
        outcome.force_result([[Toy("toy-wrapped"), object()]])


@pytest.mark.parametrize("kind", [NewWrapper, OldWrapper])
def test_a_wrapper_sees_what_others_gave_and_answers_for_what_it_gives(kind: type[NewWrapper | OldWrapper]) -> None:
    wrapper = kind()
    plugins = Plugins.of(a=Giving(Toy("toy-a")), b=Giving(Toy("toy-b")), wrapper=wrapper)
    assert wrapper.seen == ["toy-a", "toy-b"]
    assert names(plugins) == {"toy-wrapped"}
    assert told(plugins) == ["wrapper: What it gives is no importer (object). Give it what Importer has."]


def test_a_wrapper_around_observers_runs_before_and_after_them() -> None:
    seen = []

    class Around:
        @hookimpl(wrapper=True)
        def selfdata_run_ended(self, run: RunReport) -> Iterator[None]:
            seen.append("before")
            result = yield
            seen.append("after")
            return result

    class Observer:
        @hookimpl
        def selfdata_run_ended(self) -> None:
            seen.append("observed")

    plugins = Plugins.of(around=Around(), observer=Observer())
    plugins.observe(REPORT)
    assert (seen, plugins.faults) == (["before", "observed", "after"], ())


def test_a_hook_under_another_name_and_one_of_a_later_version_are_allowed() -> None:
    class Plugin:
        @hookimpl(specname="selfdata_importers")
        def importers(self) -> object:
            return [Toy("toy-a")]

        @hookimpl(optionalhook=True)
        def selfdata_weather(self) -> None: ...

    plugins = Plugins.of(plugin=Plugin())
    assert (names(plugins), plugins.faults) == ({"toy-a"}, ())


# Observers


class Observer:
    def __init__(self, raises: type[BaseException] | None = None) -> None:
        self.seen: list[RunReport] = []
        self.raises = raises

    @hookimpl
    def selfdata_run_ended(self, run: RunReport) -> None:
        self.seen.append(run)
        if self.raises is not None:
            raise self.raises("a secret value")


@pytest.mark.parametrize("raises", [ValueError, SystemExit, MemoryError])
def test_an_observer_that_raises_is_named_and_told_of_no_other_run(raises: type[BaseException]) -> None:
    a, bad, z = Observer(), Observer(raises), Observer()
    plugins = Plugins.of(a=a, bad=bad, z=z)
    plugins.observe(REPORT)
    plugins.observe(replace(REPORT, outcome="failed", error="ServiceFailed"))
    assert [len(o.seen) for o in (a, bad, z)] == [2, 1, 2]
    (fault,) = plugins.faults
    assert re.fullmatch(
        rf"bad, test_plugins.py, line \d+: The plugin fails in selfdata_run_ended \({raises.__name__}\)\. .*",
        str(fault.error),
    )


def test_what_one_observer_does_to_its_report_no_other_sees() -> None:
    class Meddler:
        @hookimpl
        def selfdata_run_ended(self, run: Any) -> None:
            run.blocks["card"] = 0

    observer = Observer()
    Plugins.of(meddler=Meddler(), observer=observer).observe(REPORT)
    assert observer.seen == [REPORT]
    assert REPORT.blocks == {"card": 2}


def test_a_report_comes_whole_from_another_process() -> None:
    assert pickle.loads(pickle.dumps(REPORT)) == REPORT
    assert asdict(REPORT)["blocks"] == {"card": 2}


# Clouds


class Clouds:
    def __init__(self, opener: Callable[[str], object]) -> None:
        self.opener = opener

    @hookimpl
    def selfdata_clouds(self) -> Mapping[str, object]:
        return {"toy": self.opener}


def test_a_cloud_is_opened_by_the_plugin_that_has_its_scheme() -> None:
    plugins = Plugins.of(toy=Clouds(lambda url: MemoryCloud()))
    assert isinstance(plugins.open_cloud("TOY://ada:secret@example.org"), Cloud)


def test_a_cloud_of_an_unknown_scheme_is_refused_and_the_url_not_repeated() -> None:
    with pytest.raises(RequestError) as refused:
        Plugins.of(toy=Clouds(lambda url: MemoryCloud())).open_cloud("other://ada:secret@example.org")
    assert refused.value.say("fr").endswith("L'URL commence par l'un de ces mots : toy.")
    assert "secret" not in str(refused.value)
    with pytest.raises(RequestError, match="Install a plugin"):
        Plugins.of().open_cloud("")


def test_a_plugin_that_fails_to_open_a_cloud_is_named_and_what_it_says_of_the_cloud_is_kept() -> None:
    def fails(url: str) -> Cloud:
        raise OSError(url)

    def refuses(url: str) -> Cloud:
        raise CloudUnavailable("The cloud does not answer.")

    with pytest.raises(PluginError, match=r"^toy, .*The plugin cannot open the cloud \(OSError\)") as failed:
        Plugins.of(toy=Clouds(fails)).open_cloud("toy://secret")
    assert "secret" not in str(failed.value)
    with pytest.raises(PluginError, match=r"What it opens is no cloud \(int\)"):
        Plugins.of(toy=Clouds(lambda url: 3)).open_cloud("toy:")
    with pytest.raises(CloudUnavailable):
        Plugins.of(toy=Clouds(refuses)).open_cloud("toy:")


# Record types, when they are needed


def test_record_types_of_plugins_are_loaded_when_one_that_the_model_has_not_is_asked_for(install: Install) -> None:
    install("rain-plugin", example("selfdata_record_types"))
    loads = []

    def more() -> Registry:
        loads.append(1)
        return Plugins.load().registry

    types = RecordTypes(more)
    assert types.get("water.use") is WaterUse
    assert "water.use/1" in types
    assert loads == []
    assert "rain.gauge/1" in types
    assert types.get("rain.gauge").type == "rain.gauge/1"
    assert "snow.gauge/1" not in types
    with pytest.raises(RequestError, match="no record type"):
        types.get("snow.gauge")
    assert loads == [1]
    assert len(list(RecordTypes())) == len(list(REGISTRY)) + 1


def test_a_record_type_of_a_plugin_is_found_by_a_name_without_version(install: Install) -> None:
    install("rain-plugin", example("selfdata_record_types"))
    assert RecordTypes().get("rain.gauge").type == "rain.gauge/1"


# The examples that the hooks show


def example(hook: str) -> str:
    """The module that a hook's docstring shows."""
    return blocks(hook)[0]


def blocks(hook: str) -> list[str]:
    text = inspect.cleandoc(getattr(Hooks, hook).__doc__ or "")
    return [textwrap.dedent(b) for b in re.findall(r"(?:^    .*\n|^\n(?=\n*    ))+", text + "\n", re.M) if b.strip()]


def test_every_hook_has_an_example_and_the_lines_of_its_entry_point() -> None:
    assert HOOKS == ("selfdata_importers", "selfdata_record_types", "selfdata_clouds", "selfdata_run_ended")
    for hook in HOOKS:
        code, toml = blocks(hook)
        assert f"@hookimpl\ndef {hook}(" in code
        assert toml.strip().startswith(f'[project.entry-points."{ENTRY_POINTS}"]')


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_of_a_hook_is_a_plugin_that_works(install: Install, tmp_path: Path, hook: str) -> None:
    code, toml = blocks(hook)
    module = toml.rpartition('"')[0].rpartition('"')[2]
    install(module.replace("_", "-"), code)
    plugins = Plugins.load()
    assert plugins.faults == ()
    match hook:
        case "selfdata_importers":
            assert isinstance(plugins.importers.named("dial-csv"), Importer)
        case "selfdata_record_types":
            assert "rain.gauge/1" in plugins.registry
        case "selfdata_clouds":
            assert isinstance(plugins.open_cloud(f"folder://{tmp_path}/cloud"), Cloud)
        case "selfdata_run_ended":
            plugins.observe(REPORT)
            assert import_module(module).outcomes == {("org.example.leaks", "done"): 1}
            assert plugins.faults == ()


# In commands


def test_only_commands_that_need_plugins_load_them(
    install: Install, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = tmp_path / "loaded"
    install("marking", f"{GOOD}\nopen({str(loaded)!r}, 'w').close()\n")
    install("broken-one", "raise OSError('a secret value')")
    file = Path(__file__).parents[1] / "files" / "water" / "historique_jours_litres.csv"
    home = ["--home", str(tmp_path / "home")]
    for words in (["--version"], ["--help"], [*home, "show"], [*home, "run"], [*home, "doctor"]):
        main(words)
        assert not loaded.exists(), words
    capsys.readouterr()
    assert main([*home, "import", str(file)]) == 0
    assert loaded.exists()
    assert "broken-one-point (broken-one 1.2), broken_one.py, line 1: " in capsys.readouterr().err
