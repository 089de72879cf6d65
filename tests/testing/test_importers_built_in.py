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
    "cdr-csv": [MADE / "cdr.csv"],
    "cii-invoice": [REAL / "bills" / "zugferd_2p3_EN16931_Einfach.xml"],
    "conso-downloader": [MADE / "conso.csv", MADE / "conso_without_end.csv"],
    "cozy": [*sorted(MADE.glob("cozy_*.json"))],
    "eau-services-csv": [MADE / "eau_services.csv"],
    "enedis-data-connect": [MADE / "enedis_data_connect.json"],
    "enedis-index": [MADE / "enedis_index.csv", MADE / "enedis_peaks.csv"],
    "enedis-load-curve": [MADE / "enedis_load_curve.csv"],
    "enedis-sge": [MADE / "enedis_sge_r4x.xml", MADE / "enedis_sge_r50.xml"],
    "factur-x-pdf": [MADE / "factur_x.pdf"],
    "flow-events": [REAL / "water" / "weusedto_toilet.csv"],
    "flow-trace": [REAL / "water" / "weusedto_wholehouse.csv"],
    "geojson": [MADE / "places.geojson"],
    "google-timeline": [*sorted(MADE.glob("google_*.json")), REAL / "mobility" / "google_timeline_device.json"],
    "gpx": [REAL / "mobility" / "around-visnjan-with-car.gpx"],
    "grand-lyon-json": [MADE / "grand_lyon.json"],
    "grdf-json": [REAL / "gas" / "donnees_publiees.json"],
    "grdf-xlsx": [REAL / "gas" / "Donnees_informatives_PCE_MONTHLY.xlsx"],
    "green-button": [REAL / "electricity" / "electric_containerized.xml"],
    "hourly-index-csv": [REAL / "daiad" / "daiad_alicante_clean.csv"],
    "invoice2data": [REAL / "bills" / "free_fiber.json"],
    "laposte-tracking": [MADE / "laposte.json"],
    "mesinfos-maif": [MADE / "maif.json"],
    "mesinfos-receipts": [MADE / "intermarche.json"],
    "ofx": [REAL / "bank" / "bank_medium.ofx", REAL / "bank" / "ofx-v102-empty-tags.ofx"],
    "owntracks": [MADE / "owntracks.rec", REAL / "mobility" / "owntracks_location.json"],
    "qif": [REAL / "bank" / "test.qif"],
    "telecom-json": [*sorted(MADE.glob("orange_*.json"))],
    "text-receipt": [REAL / "receipts" / "rewe_coupon.txt", MADE / "receipt_fr.txt"],
    "top-ups-csv": [MADE / "top_ups.csv"],
    "ubl-invoice": [MADE / "ubl_water.xml"],
    "vcard": [MADE / "contacts.vcf", REAL / "contacts" / "gmail-list.vcf"],
    "veolia-idf-daily-csv": [REAL / "water" / "historique_jours_litres.csv"],
    "veolia-idf-monthly-csv": [REAL / "water" / "historique_mois_litres.csv"],
}


def made(name: str) -> type:
    known: Importer = Importers().named(name)
    return importer_tests(known, FILES[name])


TestBankCsv = made("bank-csv")
TestCamt = made("camt-053")
TestCdrCsv = made("cdr-csv")
TestCii = made("cii-invoice")
TestConsoDownloader = made("conso-downloader")
TestCozy = made("cozy")
TestEauServices = made("eau-services-csv")
TestEnedisDataConnect = made("enedis-data-connect")
TestEnedisIndex = made("enedis-index")
TestEnedisLoadCurve = made("enedis-load-curve")
TestEnedisSge = made("enedis-sge")
TestFacturX = made("factur-x-pdf")
TestFlowEvents = made("flow-events")
TestFlowTrace = made("flow-trace")
TestGeoJson = made("geojson")
TestGoogleTimeline = made("google-timeline")
TestGpx = made("gpx")
TestGrandLyon = made("grand-lyon-json")
TestGrdfJson = made("grdf-json")
TestGrdfXlsx = made("grdf-xlsx")
TestGreenButton = made("green-button")
TestHourlyIndex = made("hourly-index-csv")
TestInvoice2Data = made("invoice2data")
TestLaPosteTracking = made("laposte-tracking")
TestMesInfosMaif = made("mesinfos-maif")
TestMesInfosReceipts = made("mesinfos-receipts")
TestOfx = made("ofx")
TestOwnTracks = made("owntracks")
TestQif = made("qif")
TestTelecomJson = made("telecom-json")
TestTextReceipt = made("text-receipt")
TestTopUps = made("top-ups-csv")
TestUbl = made("ubl-invoice")
TestVCard = made("vcard")
TestVeoliaDaily = made("veolia-idf-daily-csv")
TestVeoliaMonthly = made("veolia-idf-monthly-csv")


def test_none_is_left_out() -> None:
    assert set(FILES) == {importer.name for importer in Importers()}
