"""Every importer that comes with selfdata keeps the rules for importers."""

from __future__ import annotations

from pathlib import Path

from selfdata_sdk.importers import Importer, Importers
from selfdata_sdk.testing.importers import importer_tests

REAL = Path(__file__).parents[1] / "files"
MADE = Path(__file__).parent / "holders"

FILES: dict[str, list[Path]] = {
    "bank-csv": [MADE / "bank.csv"],
    "camt-053": [REAL / "bank" / "camt053.v4.xml", REAL / "bank" / "business_sample_camt.053.001.04.xml"],
    "conso-downloader": [MADE / "conso.csv", MADE / "conso_without_end.csv"],
    "eau-services-csv": [MADE / "eau_services.csv"],
    "enedis-data-connect": [MADE / "enedis_data_connect.json"],
    "enedis-index": [MADE / "enedis_index.csv", MADE / "enedis_peaks.csv"],
    "enedis-load-curve": [MADE / "enedis_load_curve.csv"],
    "enedis-sge": [MADE / "enedis_sge_r4x.xml", MADE / "enedis_sge_r50.xml"],
    "flow-events": [REAL / "water" / "weusedto_toilet.csv"],
    "flow-trace": [REAL / "water" / "weusedto_wholehouse.csv"],
    "grand-lyon-json": [MADE / "grand_lyon.json"],
    "grdf-json": [REAL / "gas" / "donnees_publiees.json"],
    "grdf-xlsx": [REAL / "gas" / "Donnees_informatives_PCE_MONTHLY.xlsx"],
    "green-button": [REAL / "electricity" / "electric_containerized.xml"],
    "hourly-index-csv": [REAL / "daiad" / "daiad_alicante_clean.csv"],
    "ofx": [REAL / "bank" / "bank_medium.ofx", REAL / "bank" / "ofx-v102-empty-tags.ofx"],
    "qif": [REAL / "bank" / "test.qif"],
    "veolia-idf-daily-csv": [REAL / "water" / "historique_jours_litres.csv"],
    "veolia-idf-monthly-csv": [REAL / "water" / "historique_mois_litres.csv"],
}


def made(name: str) -> type:
    known: Importer = Importers().named(name)
    return importer_tests(known, FILES[name])


TestBankCsv = made("bank-csv")
TestCamt = made("camt-053")
TestConsoDownloader = made("conso-downloader")
TestEauServices = made("eau-services-csv")
TestEnedisDataConnect = made("enedis-data-connect")
TestEnedisIndex = made("enedis-index")
TestEnedisLoadCurve = made("enedis-load-curve")
TestEnedisSge = made("enedis-sge")
TestFlowEvents = made("flow-events")
TestFlowTrace = made("flow-trace")
TestGrandLyon = made("grand-lyon-json")
TestGrdfJson = made("grdf-json")
TestGrdfXlsx = made("grdf-xlsx")
TestGreenButton = made("green-button")
TestHourlyIndex = made("hourly-index-csv")
TestOfx = made("ofx")
TestQif = made("qif")
TestVeoliaDaily = made("veolia-idf-daily-csv")
TestVeoliaMonthly = made("veolia-idf-monthly-csv")


def test_none_is_left_out() -> None:
    assert set(FILES) == {importer.name for importer in Importers()}
