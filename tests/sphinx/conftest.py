"""Sites built once for all tests of the extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.testing.builders import build_archive
from citekit.testing.sites import Site, build_site, write_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of the invented archive, built with warnings as errors."""
    root = tmp_path_factory.mktemp("site")
    build_archive(root / "archive")
    write_source(root)
    built = build_site(root, "-W", "--keep-going")
    assert built.code == 0, built.said
    return built


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., Site]:
    """Build a site in the test's own folder; the archive must be there already."""

    def make(*options: str, pages: dict[str, str] | None = None, output: str = "out") -> Site:
        write_source(tmp_path, pages)
        return build_site(tmp_path, *options, output=output)

    return make
