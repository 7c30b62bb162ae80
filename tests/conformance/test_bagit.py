"""The public conformance bags: the good accepted, those that lie or lead out of the bag refused."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from citekit.app.packages.bag import read_bag

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

# Each names a file that is not there, or two names for one file: refusing them is the safe reading.
REFUSED_WARNINGS = {
    "duplicate-file-with-different-case",
    "same-filename-listed-twice-with-different-normalization",
    "special-system-files",
}


@pytest.fixture(scope="module")
def bags(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every bag of the suite, unpacked."""
    folder = tmp_path_factory.mktemp("bags")
    with tarfile.open(shared / "conformance" / "bagit" / "bags.tar.gz") as tar:
        tar.extractall(folder, filter="data")
    return sorted(folder.glob("v*/*/*"))


@pytest.mark.parametrize(
    ("kind", "count", "accepted"),
    [("valid", 27, 27), ("invalid", 15, 0), ("linux-only", 6, 0), ("windows-only", 6, 0),
     ("warning", 6, 3)],
)  # fmt: skip
def test_bags_of_a_kind(bags: list[Path], kind: str, count: int, accepted: int) -> None:
    """Exactly the bags of these kinds are valid, on whatever system this runs."""
    chosen = [bag for bag in bags if bag.parent.name == kind]
    assert len(chosen) == count
    valid = {bag.name for bag in chosen if read_bag(bag).is_valid}
    assert sum(read_bag(bag).is_valid for bag in chosen) == accepted
    if kind == "warning":
        assert valid == {bag.name for bag in chosen} - REFUSED_WARNINGS
        assert all(read_bag(bag).findings for bag in chosen)
