"""Importers are found by content; a plugin that fails is named and left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from selfdata_sdk.errors import PluginError, RequestError
from selfdata_sdk.importers import File, Importer, Importers, Item, Options, Sample, import_files
from selfdata_sdk.importers.registry import BUILT_IN, family
from selfdata_sdk.model import Record, Source, Text, WaterUse
from selfdata_sdk.store import PersonalStore

Write = Callable[[str | bytes], Path]


class Toy:
    """Recognises files that begin with its name."""

    version = "1"
    title = Text(en="Toy", fr="Jouet")
    holder = "Toy"
    record_types: tuple[type[Record], ...] = (WaterUse,)

    def __init__(self, name: str, fails: type[Exception] | None = None) -> None:
        self.name = name
        self._fails = fails

    def recognises(self, sample: Sample) -> bool:
        if self._fails is not None:
            raise self._fails("a secret value")
        return sample.text.startswith("toy")

    def read(self, file: File, source: Source, options: Options) -> Iterator[Item]:
        raise ZeroDivisionError("a secret value")
        yield


def importers(**plugins: Importer) -> Importers:
    return Importers(plugins.items())


def test_every_real_water_file_is_recognised_by_exactly_one_importer(water: Path) -> None:
    known = Importers()
    names = {
        p.name: [i.name for i in known.recognising(File(p).sample)]
        for p in [*water.glob("*.csv"), *(water.parent / "daiad").glob("*.csv")]
    }
    assert names == {
        "daiad_alicante_clean.csv": ["hourly-index-csv"],
        "daiad_alicante_leak_12d.csv": ["hourly-index-csv"],
        "historique_jours_litres.csv": ["veolia-idf-daily-csv"],
        "historique_mois_litres.csv": ["veolia-idf-monthly-csv"],
        "weusedto_toilet.csv": ["flow-events"],
        "weusedto_wholehouse.csv": ["flow-trace"],
    }


def test_every_real_file_of_electricity_and_gas_is_recognised_by_exactly_one_importer(water: Path) -> None:
    known = Importers()
    for folder, count in (("electricity", 4), ("gas", 3)):
        paths = [p for p in (water.parent / folder).iterdir() if p.suffix in (".xml", ".xlsx", ".json")]
        assert [len(known.recognising(File(p).sample)) for p in paths] == [1] * count


def test_every_importer_is_whole_and_has_a_name_of_its_own() -> None:
    known = list(Importers())
    assert len({i.name for i in known}) == len(known) >= 7
    for importer in known:
        assert isinstance(importer, Importer)
        assert importer.name.isascii()
        assert importer.record_types
        assert importer.title.en
        assert importer.title.fr


def test_no_importer_recognises_or_stumbles_over_what_is_no_file_of_its_format() -> None:
    for data in (b"", b"\0" * 100, b"\xff" * 100, b"a;b\n", b"{}", b"[]", b"<a/>", b"PK\x03\x04" + b"\0" * 60, b"\n\n"):
        sample = Sample(data, len(data), "x")
        assert [i.name for i in Importers() if i.recognises(sample)] == []


def test_the_kind_of_file_decides_which_importers_are_loaded() -> None:
    kinds = {family(Sample(d, len(d), "x")) for d in (b"PK\x03\x04", b"%PDF-", b"<a/>", b" {}", b"a;b")}
    assert kinds == set(BUILT_IN)


def test_importers_of_plugins_stand_beside_the_built_in_ones(write: Write) -> None:
    known = importers(mine=Toy("toy-a"))
    assert known.named("toy-a").name == "toy-a"
    assert known.named("hourly-index-csv").name == "hourly-index-csv"
    assert [i.name for i in known.recognising(File(write("toy\n")).sample)] == ["toy-a"]
    assert known.faults == ()


def test_a_plugin_that_raises_at_a_file_is_left_out_and_the_file_is_still_imported(
    store: PersonalStore, water: Path, now: datetime
) -> None:
    known = importers(bad=Toy("toy-a", fails=RecursionError))
    report = import_files(store, [water / "historique_jours_litres.csv"], now=now, importers=known)
    assert report.created == 30
    assert [f.where for f in report.faults] == ["bad"]
    assert "secret" not in " ".join(t.en for t in report.sentences())


def test_an_importer_that_raises_while_it_reads_refuses_that_file_only(
    store: PersonalStore, water: Path, write: Write, now: datetime
) -> None:
    known = importers(bad=Toy("toy-a"))
    report = import_files(store, [write("toy\n"), water / "historique_jours_litres.csv"], now=now, importers=known)
    refused = report.files[0].refused
    assert refused is not None
    assert "toy-a fails on this file (ZeroDivisionError)" in refused.what
    assert isinstance(refused.__cause__, ZeroDivisionError)
    assert report.created == 30


def test_a_file_that_two_importers_recognise_is_refused_with_both_names(
    store: PersonalStore, write: Write, now: datetime
) -> None:
    known = importers(a=Toy("toy-a"), b=Toy("toy-b"))
    (file,) = import_files(store, [write("toy\n")], now=now, importers=known).files
    assert file.refused is not None
    assert file.refused.what == "It could be toy-a or toy-b."
    assert "--format toy-a" in file.refused.next


def test_a_format_can_be_named_and_an_unknown_one_gets_suggestions(
    store: PersonalStore, water: Path, now: datetime
) -> None:
    known = importers(a=Toy("toy-a"), b=Toy("toy-b"))
    path = water / "historique_jours_litres.csv"
    assert import_files(store, [path], now=now, importers=known, format="veolia-idf-daily-csv").created == 30
    with pytest.raises(RequestError, match="Did you mean veolia-idf-daily-csv"):
        import_files(store, [path], now=now, importers=known, format="veolia-daily-csv")


def test_what_was_left_out_before_is_reported_with_the_import(store: PersonalStore, water: Path, now: datetime) -> None:
    fault = PluginError("The plugin cannot be loaded (OSError).", where="bad (bad-plugin 1.0)", next="Remove it.")
    known = Importers(faults=[fault])
    report = import_files(store, [water / "historique_jours_litres.csv"], now=now, importers=known)
    assert report.faults == (fault,)
    assert report.created == 30
