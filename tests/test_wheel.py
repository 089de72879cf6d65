"""What is installed is what is built: the wheels hold all that they need, and nothing of the source tree."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("wheels")
    for project in (ROOT, ROOT / "example_services" / "water_coach"):
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(project)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return sorted(folder.glob("*.whl"))


def test_the_demo_runs_from_the_wheels_alone(wheels: list[Path], tmp_path: Path) -> None:
    place = tmp_path / "installed"
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(place)
    environment = {
        **os.environ,
        "PYTHONPATH": str(place),
        "SELFDATA_HOME": str(tmp_path / "home"),
        # The editable install of this environment must not answer instead.
        "PYTHONSAFEPATH": "1",
    }
    where = "import selfdata_sdk, water_coach; print(selfdata_sdk.__file__, water_coach.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.count(str(place)) == 2
    demo = subprocess.run(
        [sys.executable, "-m", "selfdata_sdk.cli", "demo"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert demo.returncode == 0, demo.stderr[-2000:]
    assert "org.selfdata.water-coach" in demo.stdout
    assert "<svg" in (tmp_path / "home" / "demo" / "advice.html").read_text(encoding="utf-8")


def test_a_wheel_holds_its_types_schemas_licences_and_no_tests(wheels: list[Path]) -> None:
    sdk = next(w for w in wheels if w.name.startswith("selfdata_sdk"))
    names = zipfile.ZipFile(sdk).namelist()
    for needed in (
        "selfdata_sdk/py.typed",
        "selfdata_sdk/demo/LICENSE",
        "selfdata_sdk/model/schemas/water.use-1.0.json",
        "selfdata_sdk/service/schemas/manifest-1.json",
        "selfdata_sdk/consent/schemas/receipt-1.json",
        "selfdata_sdk/host/templates/receipt.html",
    ):
        assert needed in names
    assert not [n for n in names if n.startswith(("tests/", "docs/", "benchmarks/", "example_services/"))]
    assert any(n.endswith("licenses/LICENSE") for n in names)
