"""`selfdata_sdk` is the public face: a sorted `__all__`, loaded when used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import selfdata_sdk


def test_names_are_sorted_and_there() -> None:
    assert list(selfdata_sdk.__all__) == sorted(selfdata_sdk.__all__)
    assert all(getattr(selfdata_sdk, name) is not None for name in selfdata_sdk.__all__)
    assert set(selfdata_sdk.__all__) <= set(dir(selfdata_sdk))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        selfdata_sdk.Nothing  # noqa: B018


@pytest.mark.parametrize("statement", ["import selfdata_sdk", "from selfdata_sdk import __version__, SelfDataError"])
def test_importing_it_loads_neither_numpy_nor_pydantic(statement: str) -> None:
    code = f"{statement}; import sys; print([m for m in ('numpy', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "code",
    [
        "from selfdata_sdk import Block, service; assert callable(service)",
        "from selfdata_sdk import service, Block; assert callable(service)",
        "import selfdata_sdk; assert callable(selfdata_sdk.service)",
        "import selfdata_sdk.service.blocks as b; assert b.Card",
        "from selfdata_sdk import Text; from selfdata_sdk.service import blocks; assert blocks.Card",
    ],
)
def test_the_decorator_and_the_package_share_a_name_in_any_order(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)
