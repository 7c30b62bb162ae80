"""The policy of the site: a real browser runs every page under it, and nothing is refused.

What came with a title or a text has no hash in it, and would not run.
"""

from __future__ import annotations

import re
import threading
import time
from html import unescape
from typing import TYPE_CHECKING

import pytest

from citekit.app.site import make_server
from citekit.sphinx.policy import inline_of, with_policy, write_policy
from citekit.testing.builders import build_archive
from citekit.testing.sites import CONF, Tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from citekit.testing.sites import Site

PAGES = (
    "index",
    "items/index",
    "items/harbour2024",
    "items/ferries2024",
    "entities/ada-quill",
    "claims/passengers",
    "claims/index",
    "timeline",
    "bibliography",
    "genindex",
)
WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="module")
def served(site: Site) -> Iterator[str]:
    """The address of the built site on this machine."""
    with make_server(site.output, ("127.0.0.1", 0)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Watched:
    """A page that says what its policy refused, in the document and on the console."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.told: list[str] = []
        page.add_init_script(WATCH)
        page.on("console", lambda message: self._hear(message.text))

    def _hear(self, text: str) -> None:
        if "Content Security Policy" in text or "Content-Security-Policy" in text:
            self.told.append(text)

    def open(self, name: str) -> None:
        """Open a page; what the one before had refused is kept."""
        self.told += self._refused()
        self.page.goto(f"{self.base}/{name}")

    def refused(self) -> list[str]:
        """All that was refused."""
        return [*self.told, *self._refused()]

    def _refused(self) -> list[str]:
        return list(self.page.evaluate("window.refused || []"))


@pytest.fixture(params=["http", "disk"])
def base(request: pytest.FixtureRequest, site: Site, served: str) -> str:
    """Where the site is read from: a server, or the disk."""
    return served if request.param == "http" else site.output.as_uri()


@pytest.fixture(params=[1280, 390])
def watched(request: pytest.FixtureRequest, browser: Browser, base: str) -> Iterator[Watched]:
    """A page of one width."""
    with browser.new_context(viewport={"width": request.param, "height": 900}) as context:
        yield Watched(context.new_page(), base)


@pytest.mark.browser
def test_no_page_asks_for_what_its_policy_refuses(watched: Watched) -> None:
    """Every kind of page is shown whole, by http and from disk, at a desk and on a phone."""
    for name in PAGES:
        watched.open(f"{name}.html")

    assert watched.refused() == []
    colour = "getComputedStyle(document.querySelector('article')).maxWidth"
    assert watched.page.evaluate("document.styleSheets.length") >= 3
    assert watched.page.evaluate(colour)


@pytest.mark.browser
def test_the_search_works_under_the_policy(watched: Watched) -> None:
    """A query finds pages; the index and the program that reads it may be loaded."""
    watched.open("search.html?q=harbour")
    watched.page.locator("#search-results li a").first.wait_for()

    assert watched.page.locator("#search-results li a").count() >= 1
    assert watched.refused() == []


@pytest.mark.browser
def test_filters_work_under_the_policy(watched: Watched) -> None:
    """Buttons, the filter of words and the switch of colours do what they are for."""
    watched.open("items/index.html")
    page = watched.page

    page.locator(".ck-facet button").first.click()
    page.locator(".ck-facet button").first.click()
    page.get_by_role("searchbox", name="Filter sources").fill("sandbank")
    page.locator(".theme-toggle:visible").first.click()

    assert page.locator(".ck-card:visible").count() == 1
    assert page.evaluate("document.body.dataset.theme") in ("light", "dark")
    assert watched.refused() == []


@pytest.mark.browser
def test_notes_and_copies_work_under_the_policy(watched: Watched) -> None:
    """A highlight lights up with its note, and a reference is copied by a button."""
    watched.open("items/harbour2024.html")
    page = watched.page

    page.locator("mark[data-notes]").first.hover()
    lit = page.locator(".ck-note.ck-lit").count()
    page.locator(".ck-copy:visible").first.click()
    page.get_by_role("button", name=re.compile("Copied|Not allowed here")).first.wait_for()

    assert lit >= 1
    assert watched.refused() == []


@pytest.mark.browser
def test_an_old_address_leads_on_under_the_policy(watched: Watched) -> None:
    """The small page at an old key runs its script, which keeps the passage."""
    watched.open("items/ferries2024.html#p2")
    watched.page.wait_for_url("**/harbour2024.html#p2")

    assert watched.refused() == []


@pytest.mark.browser
def test_a_script_that_comes_with_a_text_does_not_run(browser: Browser, tmp_path: Path) -> None:
    """The browser refuses a script, a handler and a style that have no hash."""
    own = "<script>window.own = 1</script>"
    body = (
        "<script>window.owned = 1</script><img src=x onerror='window.owned = 2'>"
        "<p style='position:fixed'>x</p><a href='javascript:window.owned=3'>x</a>"
    )
    page = f'<!doctype html><head><meta charset="utf-8"></head><body>{own}{body}</body>'
    path = tmp_path / "page.html"
    path.write_text(with_policy(page, write_policy(inline_of(own))), "utf-8")
    with browser.new_context() as context:
        watched = Watched(context.new_page(), tmp_path.as_uri())
        watched.open("page.html")
        watched.page.locator("a").click()
        watched.page.wait_for_function("window.refused.length >= 4")

        assert watched.page.evaluate("[window.own, window.owned ?? 0]") == [1, 0]


# ── without a browser ──────────────────────────────────────────────────────────────────────────


def policy_of(page: str) -> str:
    """The policy that stands in a page."""
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    return unescape(found[1]) if found else ""


def test_every_page_has_its_policy_before_all_else(site: Site) -> None:
    """No page runs or loads a thing before its policy is read."""
    pages = [path for path in site.output.rglob("*.html") if "_static" not in path.parts]
    assert len(pages) > 15

    for path in pages:
        page = path.read_text("utf-8")
        assert "default-src 'none'" in policy_of(page), path
        before = page.partition("Content-Security-Policy")[0]
        assert not re.search(r"<(?:script|link|style)", before), path


def test_nothing_of_ours_stands_inline(site: Site) -> None:
    """What stands in a page is the theme's own, which is on every page, and data for machines."""
    parts = inline_of(site.read("items/harbour2024.html"))
    plain = inline_of(site.read("genindex.html"))

    assert parts.scripts == plain.scripts
    assert parts.styles == plain.styles
    assert parts.attributes <= plain.attributes
    assert "unsafe-inline" not in policy_of(site.read("items/harbour2024.html"))
    assert "unsafe-eval" not in policy_of(site.read("items/harbour2024.html"))


def test_one_policy_for_a_server_allows_what_all_pages_need(site: Site) -> None:
    """The file for hosts has each hash of each page, forbids frames, and names no files of disk."""
    lines = site.read("_headers").splitlines()
    policy = lines[1].strip().removeprefix("Content-Security-Policy: ")

    assert lines[0] == "/*"
    for path in site.output.rglob("*.html"):
        said = set(re.findall(r"'sha256-[^']*'", policy_of(path.read_text("utf-8"))))
        assert said <= set(re.findall(r"'sha256-[^']*'", policy))
    assert "frame-ancestors 'none'" in policy
    assert "file:" not in policy
    assert len(lines[1]) < 2000, "the longest line that Cloudflare reads"


@pytest.mark.parametrize("theme", ["furo", "alabaster", "classic"])
def test_an_inline_script_of_a_page_gets_no_hash(
    theme: str, make_site: Callable[..., Site], tmp_path: Path
) -> None:
    """Whatever the theme: a script in the text of a page is not allowed, those of the theme are."""
    build_archive(tmp_path / "archive")
    pages = {"index.md": "# Start\n\n```{raw} html\n<script>window.owned = 1</script>\n```\n"}
    built = make_site("-D", f"html_theme={theme}", pages=pages)
    assert built.code == 0, built.said

    page = built.read("index.html")
    allowed = set(re.findall(r"'sha256-[^']*'", policy_of(page)))
    (owned,) = inline_of("<script>window.owned = 1</script>").scripts

    assert owned in inline_of(page).scripts
    assert inline_of(page).scripts - {owned} <= allowed
    assert owned not in allowed


def test_the_owner_can_allow_a_host(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """What conf.py names may be loaded, and only that."""
    build_archive(tmp_path / "archive")
    conf = f'{CONF}citekit_allowed_hosts = ["https://cdn.example"]\n'
    built = make_site(pages={"conf.py": conf, "index.md": "# Start\n"})

    policy = policy_of(built.read("index.html"))

    assert re.search(r"script-src [^;]*https://cdn\.example", policy)
    assert "default-src 'none'" in policy
    assert Tags(built.read("index.html")).tags


def test_a_page_of_open_tags_costs_no_time() -> None:
    """Tags that never end are looked at once, not from each of them to the end of the page."""
    start = time.process_time()

    for page in ("<script " * 100_000, "<script>" * 100_000, " style = " * 100_000):
        inline_of(page)

    assert time.process_time() - start < 2
