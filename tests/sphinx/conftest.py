"""Sites built once for all tests of the extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.testing.browser import find_browser
from citekit.testing.builders import build_archive
from citekit.testing.sites import Site, build_site, write_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium on this machine: apt install chromium, or set CITEKIT_BROWSER")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
