"""The public CSL suite: exactly the listed fixtures pass.

A listed fixture that fails and an unlisted one that passes both make the run red, so the list
always says how far the processor is. Run with ``CITEKIT_UPDATE_PASSES=1`` to write it anew.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.errors import CitekitError
from citekit.testing.drivers import csl as driver

if TYPE_CHECKING:
    from types import ModuleType

PASSES = Path(__file__).with_name("csl-passes.txt")


@pytest.fixture(scope="module")
def harness(shared: Path) -> ModuleType:
    """The suite's own reader and comparison."""
    path = shared / "conformance" / "csl" / "harness.py"
    spec = importlib.util.spec_from_file_location("csl_suite_harness", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def passing(harness: ModuleType) -> list[str]:
    """Names of the fixtures whose result is equivalent to the expected one."""
    found = []
    for path in harness.fixtures():
        case = harness.parse_fixture(path)
        expected = case.pop("result")
        try:
            result = driver.answer(case)["result"]
        except CitekitError:
            continue
        if harness.normalise(result) == harness.normalise(expected):
            found.append(path.stem)
    return found


@pytest.mark.shared
def test_the_pass_list_is_exact(harness: ModuleType) -> None:
    """No fixture is lost, and none is won without being listed."""
    found = passing(harness)
    if os.environ.get("CITEKIT_UPDATE_PASSES"):
        PASSES.write_text("\n".join(found) + "\n", encoding="utf-8")
    listed = PASSES.read_text("utf-8").split()
    assert sorted(set(listed) - set(found)) == [], "listed, but failing"
    assert sorted(set(found) - set(listed)) == [], "passing, but not listed"
    assert len(found) >= 835
