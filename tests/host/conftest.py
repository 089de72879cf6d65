from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from selfdata_sdk.model import Text
from selfdata_sdk.service.blocks import Chart, Point


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs chromium and chromedriver; skipped where they are missing")


@pytest.fixture
def day_chart() -> Callable[..., Chart]:
    """Makes a chart of days from 1 October 2016 with these values; None is a gap."""

    def make(*values: float | None, quality: dict[int, str] | None = None, **more: Any) -> Chart:
        points = tuple(
            Point(at=date(2016, 10, 1) + timedelta(days=i), value=v, quality=(quality or {}).get(i, "measured"))
            for i, v in enumerate(values)
        )
        return Chart(
            **{
                "id": "days",
                "form": "bars",
                "title": Text(en="Days", fr="Jours"),
                "summary": Text(en="What each day used.", fr="La consommation de chaque jour."),
                "unit": "L",
                "time_unit": "day",
                "points": points,
                **more,
            }
        )

    return make


FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


CONTRAST = """
const light = c => { c = c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; };
const rgb = s => s.match(/[0-9.]+/g).slice(0, 3).map(Number);
const ground = e => { for (; e; e = e.parentElement) { const b = getComputedStyle(e).backgroundColor;
  if (!/, 0\\)$/.test(b)) return rgb(b); } return [255, 255, 255]; };
return Math.min(...[...document.querySelectorAll('%s')].map(e => {
  const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05); }));
"""
"""WCAG 2.2, the contrast ratio: the least of all elements of a selector against their ground."""


class Browser:
    """A page in Chromium, driven over the WebDriver protocol."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = ""

    def ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def start(self, width: int) -> None:
        options: dict[str, Any] = {"args": FLAGS, "binary": shutil.which("chromium")}
        options["mobileEmulation"] = {"deviceMetrics": {"width": width, "height": 800, "pixelRatio": 1, "touch": False}}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        self.session = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def stop(self) -> None:
        if self.session:
            self.ask("DELETE", f"/session/{self.session}")
            self.session = ""

    def open(self, path: Path) -> None:
        self.ask("POST", f"/session/{self.session}/url", {"url": path.as_uri()})

    def run(self, script: str) -> Any:
        return self.ask("POST", f"/session/{self.session}/execute/sync", {"script": script, "args": []})

    def contrast(self, selector: str) -> float:
        return float(self.run(CONTRAST % selector))

    def emulate(self, feature: str, value: str) -> None:
        params = {"features": [{"name": feature, "value": value}]}
        command = {"cmd": "Emulation.setEmulatedMedia", "params": params}
        self.ask("POST", f"/session/{self.session}/goog/cdp/execute", command)

    def find(self, selector: str) -> list[str]:
        found = self.ask("POST", f"/session/{self.session}/elements", {"using": "css selector", "value": selector})
        return [next(iter(element.values())) for element in found]

    def label(self, element: str) -> str:
        return str(self.ask("GET", f"/session/{self.session}/element/{element}/computedlabel"))

    def role(self, element: str) -> str:
        return str(self.ask("GET", f"/session/{self.session}/element/{element}/computedrole"))

    def complaints(self) -> list[str]:
        entries = self.ask("POST", f"/session/{self.session}/se/log", {"type": "browser"})
        return [e["message"] for e in entries if e["level"] in ("SEVERE", "WARNING")]

    def picture(self, path: Path) -> None:
        height = self.run("return document.documentElement.scrollHeight")
        params = {"format": "png", "captureBeyondViewport": True,
                  "clip": {"x": 0, "y": 0, "width": self.run("return innerWidth"), "height": height, "scale": 1}}  # fmt: skip
        command = {"cmd": "Page.captureScreenshot", "params": params}
        data = self.ask("POST", f"/session/{self.session}/goog/cdp/execute", command)["data"]
        path.write_bytes(base64.b64decode(data))


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def driver() -> Iterator[Browser]:
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        if "CI" in os.environ:
            pytest.fail("chromium and chromedriver are needed: apt-get install chromium chromium-driver")
        pytest.skip("chromium and chromedriver are not installed")
    port = _free_port()
    process = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    browser = Browser(f"http://127.0.0.1:{port}")
    try:
        for _ in range(200):
            try:
                if browser.ask("GET", "/status")["ready"]:
                    break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        yield browser
    finally:
        process.terminate()
        process.wait(10)
