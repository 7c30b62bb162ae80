"""The site in a real browser: wide and narrow, with and without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from citekit.testing.builders import Source, build_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from citekit.testing.sites import Site

pytestmark = pytest.mark.browser

PAGES = (
    "index",
    "items/harbour2024",
    "items/lantern2024",
    "items/index",
    "entities/ada-quill",
    "claims/passengers",
    "claims/index",
    "timeline",
    "bibliography",
)
TARGETS = (
    "a.ck-button, .ck-copy, a.ck-chip, summary, .ck-facet button, .ck-filter input, "
    ".ck-traces a, .ck-pnum a, .theme-toggle-header .theme-toggle, "
    ".mobile-header a, .related-pages a, .bottom-of-page a"
)
TOO_SMALL = """(targets) => [...document.querySelectorAll(targets)]
    .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.5)
    .map((e) => e.outerHTML.slice(0, 120))"""
# How many pixels of the first paragraph's number take a tap, on a line through its middle.
TAPPED_WIDTH = """() => {
    const box = document.querySelector(".ck-pnum a").getBoundingClientRect();
    const middle = (box.top + box.bottom) / 2;
    return [...Array(innerWidth).keys()]
        .filter((x) => document.elementFromPoint(x, middle)?.closest(".ck-pnum a")).length;
}"""
BOX = """(selector) => {
    const box = document.querySelector(selector).getBoundingClientRect();
    return [box.left, box.right, box.top, box.bottom];
}"""
# Of each note: where its words begin, its own top and bottom.
PLACES = """() => [...document.querySelectorAll(".ck-article .ck-note")].map((note) => {
    const mark = document.querySelector(`mark[data-notes~="${note.id.slice(2)}"]`);
    const box = note.getBoundingClientRect();
    return [mark.getClientRects()[0].top, box.top, box.bottom];
})"""

# Source of the numbers: WCAG 2.2, "relative luminance" and "contrast ratio".
TOO_FAINT = """() => {
    const read = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const luminance = (rgb) => rgb.slice(0, 3)
        .map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => {
        for (let e = element; e; e = e.parentElement) {
            const colour = read(getComputedStyle(e).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const contrast = (element) => {
        const pair = [luminance(read(getComputedStyle(element).color)), luminance(ground(element))];
        return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    };
    const hasText = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    return [...document.querySelectorAll("article *")]
        .filter((e) => e.offsetParent && hasText(e) && !e.closest(".ck-sr, .ck-shape"))
        .filter((e) => contrast(e) < 4.5)
        .map((e) => `${contrast(e).toFixed(1)} ${e.outerHTML.slice(0, 100)}`);
}"""


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open a page of the site at a width; what it asks other hosts for fails the test."""
    contexts = []
    asked: list[str] = []

    def open_page(
        name: str, width: int = 1280, *, script: bool = True, touch: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            has_touch=touch,
            permissions=["clipboard-read", "clipboard-write"],
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site.output / f"{name}.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith("file:")] == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways(
    visit: Callable[..., Page], name: str, width: int, tmp_path: Path
) -> None:
    """Every page fits a phone and a desk, and can be photographed."""
    page = visit(name, width)

    page.screenshot(path=tmp_path / "page.png", full_page=True)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_endless_word_does_not_widen_a_page(
    visit: Callable[..., Page], make_site: Callable[..., Site], tmp_path: Path
) -> None:
    """A title or an address without a space is broken where the page ends."""
    data = {"title": "x" * 20_000, "URL": "https://a.example/" + "y" * 20_000, "DOI": "z" * 9_000}
    build_archive(tmp_path / "archive", [Source(key="endless", data=data)])
    page = visit("index")

    page.goto((make_site().output / "items/endless.html").as_uri())

    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize(
    "name", ["items/harbour2024", "items/index", "claims/passengers", "timeline"]
)
def test_fingers_find_their_targets(visit: Callable[..., Page], name: str) -> None:
    """On a phone everything to tap that is not inside a sentence is at least 44 px high."""
    page = visit(name, 390, touch=True)

    assert page.evaluate(TOO_SMALL, TARGETS) == []


def test_the_number_of_a_paragraph_is_wide_enough_for_a_finger(
    visit: Callable[..., Page],
) -> None:
    """On a phone a tap into the margin beside a number meets the number."""
    page = visit("items/harbour2024", 390, touch=True)
    page.locator("#p1").scroll_into_view_if_needed()

    assert page.evaluate(TAPPED_WIDTH) >= 44


def test_notes_stand_beside_the_text_or_below_it(visit: Callable[..., Page]) -> None:
    """A margin note is right of its paragraph where there is room, else under it."""
    wide, narrow = visit("items/lantern2024", 1280), visit("items/lantern2024", 390)

    text, note = (wide.evaluate(BOX, s) for s in ("#p2 .ck-text", "#p2 .ck-note"))
    text_below, note_below = (narrow.evaluate(BOX, s) for s in ("#p2 .ck-text", "#p2 .ck-margin"))

    assert note[0] >= text[1]
    assert note_below[2] >= text_below[3]


def test_notes_stand_at_their_line_and_never_on_each_other(visit: Callable[..., Page]) -> None:
    """Each note begins where its words do, or right below the note before it."""
    page = visit("items/lantern2024")

    places = page.evaluate(PLACES)

    assert len(places) == 3
    below = 0.0
    for line, top, bottom in places:
        assert top == pytest.approx(max(line, below), abs=16)
        assert top >= below
        below = bottom


def test_notes_fold_on_a_phone_and_an_address_opens_them(visit: Callable[..., Page]) -> None:
    """A phone shows how many notes there are; a tap, or a link to one, shows them."""
    page = visit("items/lantern2024", 390, touch=True)
    notes = page.locator("#p2 .ck-note")
    assert not notes.first.is_visible()

    page.locator("#p2 summary").tap()
    assert notes.first.is_visible()
    page.locator("#p2 summary").tap()
    page.locator("#p2 a.ck-anchor").first.tap()

    assert notes.first.is_visible()


def test_notes_can_be_numbers_or_nothing(visit: Callable[..., Page]) -> None:
    """Three buttons choose how much stands between a reader and the text."""
    page = visit("items/lantern2024")
    note, number = page.locator("#p2 .ck-note").first, page.locator("#p2 a.ck-anchor").first

    page.get_by_role("button", name="Numbers").click()
    assert (note.is_visible(), number.is_visible()) == (False, True)
    page.get_by_role("button", name="Text alone").click()
    assert (note.is_visible(), number.is_visible()) == (False, False)
    page.get_by_role("button", name="Notes").click()
    assert (note.is_visible(), number.is_visible()) == (True, True)


def test_n_and_p_lead_from_note_to_note(visit: Callable[..., Page]) -> None:
    """The keys go through the highlights in the order of the text; a field keeps its letters."""
    page = visit("items/lantern2024")
    at = "document.activeElement.textContent"
    reached = []

    for key in ("n", "n", "n", "p"):
        page.keyboard.press(key)
        reached.append(page.evaluate(at))
    page.locator("input.sidebar-search").click()
    page.keyboard.type("pin")

    assert len(set(reached)) == 3
    assert reached[3] == reached[1]
    assert page.locator("input.sidebar-search").input_value() == "pin"


def test_each_highlight_takes_the_focus(visit: Callable[..., Page]) -> None:
    """A highlight is reached by keyboard; Enter leads into its note."""
    page = visit("items/lantern2024")
    mark = page.locator("mark.ck-hl").first

    mark.focus()
    has_focus = mark.evaluate("(mark) => mark === document.activeElement")
    page.keyboard.press("Enter")

    assert has_focus
    assert page.locator(".ck-note:target a.ck-number:focus").count() == 1


def test_the_contents_lead_to_each_section(visit: Callable[..., Page]) -> None:
    """The line of contents has every section of the page, the record and its proof last."""
    page = visit("items/harbour2024", script=False)
    links = page.locator(".ck-contents a")

    targets = links.evaluate_all("(links) => links.map((link) => link.hash)")

    assert targets[-1] == "#record"
    assert [page.locator(target).count() for target in targets] == [1] * len(targets)
    assert page.locator("#record #evidence, #record #provenance").count() == 2


def test_everything_is_there_without_a_script(visit: Callable[..., Page]) -> None:
    """Text, notes, citations and lists can be read with JavaScript switched off."""
    page = visit("items/lantern2024", script=False)

    assert page.locator("#p2 .ck-text").is_visible()
    assert page.locator("#p2 .ck-note").first.is_visible()
    page.locator("#cite summary").first.click()
    assert page.locator("#cite details[open] pre").is_visible()
    assert visit("items/index", script=False).locator(".ck-card").count() == 3


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("2024", "html"),  # Sphinx reads over numbers
        ("sàndbank", "html"),
        ("Lantern2024", "items/lantern2024.html"),
    ],
)
def test_the_search_finds_numbers_words_and_keys(
    visit: Callable[..., Page], query: str, first: str
) -> None:
    """Numbers are words, accents do not count, and a key leads to its source."""
    page = visit("index")

    page.goto(f"{page.url.rpartition('/')[0]}/search.html?q={query}")

    found = page.locator("#search-results li a").first
    found.wait_for()
    assert first in (found.get_attribute("href") or "")


def test_a_filter_narrows_the_list(visit: Callable[..., Page]) -> None:
    """Typing in the filter leaves the sources that have the words."""
    page = visit("items/index")

    page.get_by_role("searchbox", name="Filter sources").fill("sandbank")

    assert page.locator(".ck-card:visible").count() == 1
    assert page.get_by_role("status").inner_text() == "1 of 3"


# Sources, and which of them each button leaves. The names of three papers are hard to join.
SHELF = [
    Source(key="gull", data={"title": "Gull", "container-title": "The\tGull"}, access="public"),
    Source(key="reed", data={"title": "Reed", "container-title": 'Reed & "Rush"\n<Daily>'}),
    Source(key="kelp", data={"title": "Kelp", "container-title": "Kelp | Tide;  Foam, 1"}),
    Source(key="moss", data={"title": "Moss", "type": "book", "publisher": "The Gull"}),
    Source(key="fern", data={"title": "Fern", "type": "book"}, access="public"),
]
BUTTONS = {
    "Public text": {"Gull", "Fern"},
    "Restricted text": {"Reed", "Kelp", "Moss"},
    "The Gull": {"Gull", "Moss"},
    'Reed & "Rush" <Daily>': {"Reed"},
    "Kelp | Tide; Foam, 1": {"Kelp"},
    "News article": {"Gull", "Reed", "Kelp"},
    "Book": {"Moss", "Fern"},
}


@pytest.mark.parametrize("width", [390, 1280])
def test_every_button_leaves_the_sources_it_names(
    visit: Callable[..., Page], make_site: Callable[..., Site], tmp_path: Path, width: int
) -> None:
    """Each button of the source list shows its sources, pressed again all of them."""
    build_archive(tmp_path / "archive", SHELF)
    page = visit("index", width)
    page.goto((make_site(pages={"index.md": "# Start\n"}).output / "items/index.html").as_uri())
    buttons, cards = (
        page.locator(".ck-facet button"),
        page.locator(".ck-card:visible .ck-cardtitle"),
    )

    shown = {}
    for button in buttons.all():
        button.click()
        shown[button.get_attribute("value")] = set(cards.all_inner_texts())
        button.click()

    assert shown == BUTTONS
    assert len(cards.all()) == len(SHELF)


def test_buttons_of_two_facets_narrow_together(
    visit: Callable[..., Page], make_site: Callable[..., Site], tmp_path: Path
) -> None:
    """A source stays if it has what each pressed button names."""
    build_archive(tmp_path / "archive", SHELF)
    page = visit("index")
    page.goto((make_site(pages={"index.md": "# Start\n"}).output / "items/index.html").as_uri())

    page.get_by_role("button", name="Restricted text").click()
    page.get_by_role("button", name="The Gull").click()

    assert page.locator(".ck-card:visible .ck-cardtitle").all_inner_texts() == ["Moss"]
    assert page.get_by_role("status").inner_text() == "1 of 5"


def test_the_address_keeps_what_was_chosen(visit: Callable[..., Page]) -> None:
    """A list that was narrowed down comes back from its address; counts follow the choice."""
    page = visit("items/index")

    page.get_by_role("searchbox", name="Filter sources").fill("LANTERNFISH")
    page.get_by_role("button", name="Public text").click()
    counts = page.locator(".ck-facet button[value='Restricted text'] .ck-count").inner_text()
    page.reload()

    assert page.get_by_role("searchbox", name="Filter sources").input_value() == "LANTERNFISH"
    assert page.locator(".ck-facet button[aria-pressed='true']").count() == 1
    assert page.locator(".ck-card:visible").count() == 1
    assert int(counts) >= 1


@pytest.mark.parametrize(
    ("name", "words", "entries"),
    [
        ("entities/index", "QUÍLL", ".ck-card"),
        ("claims/index", "passengers", "table.ck-claims tbody tr"),
        ("timeline", "ferries run", ".ck-moment"),
        ("bibliography", "sandbank", "ul.ck-references > li"),
    ],
)
def test_every_list_can_be_narrowed(
    visit: Callable[..., Page], name: str, words: str, entries: str
) -> None:
    """Each list has a field; accents and case do not count; without a script it is all there."""
    page, plain = visit(name), visit(name, script=False)

    page.locator(".ck-filter").get_by_role("searchbox").fill(words)
    some = page.locator(f"{entries} >> visible=true").count()
    page.locator(".ck-filter").get_by_role("searchbox").fill("no such words")

    assert 1 <= some <= plain.locator(f"{entries} >> visible=true").count()
    assert page.locator(f"{entries} >> visible=true").count() == 0


SELECT = """([selector, words]) => {
    const walker = document.createTreeWalker(document.querySelector(selector), 4);
    while (walker.nextNode()) {
        const node = walker.currentNode, at = node.data.indexOf(words);
        if (at >= 0) getSelection().setBaseAndExtent(node, at, node, at + words.length);
    }
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_selected_words_can_be_cited(visit: Callable[..., Page], width: int) -> None:
    """Words that a reader selects come with a citation, a reference and two links to copy."""
    page = visit("items/lantern2024", width)
    page.evaluate(SELECT, ["#p3 .ck-text", "the harbour opened"])

    page.get_by_role("button", name="Cite this passage").click()
    page.get_by_role("button", name="Copy: Quotation").click()
    page.get_by_text("Copied").wait_for()
    quoted = page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="Copy: Link to the words").click()
    page.get_by_text("Copied").nth(1).wait_for()

    assert "the harbour opened" in quoted
    assert "para. 3" in quoted
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("#p3:~:text=the%20harbour%20opened")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Close").is_visible()


def test_a_word_processor_gets_italics_and_links(visit: Callable[..., Page]) -> None:
    """The clipboard has the reference as HTML, too, without what is ours."""
    page = visit("items/harbour2024")

    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    html = page.evaluate(
        "async () => (await (await navigator.clipboard.read())[0].getType('text/html')).text()"
    )

    assert "<em>" in html or "<i>" in html
    assert "class=" not in html


def test_a_dot_of_the_timeline_leads_to_its_page(visit: Callable[..., Page]) -> None:
    """What happened and what was reported are links with a name, by mouse and by keyboard."""
    page = visit("timeline")
    dot = page.get_by_role("link", name="Three ferries run aground").first

    dot.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/entities/grounding-2024.html")

    assert page.locator("h1").inner_text().startswith("Three ferries run aground")


def test_the_matrix_shows_answers_and_silence(visit: Callable[..., Page]) -> None:
    """A cell leads to the passage it answers with, on a phone too."""
    page = visit("claims/index", 390)
    cells = page.locator("table.ck-matrix td.ck-cell")
    answers = [text.split("\n") for text in cells.all_inner_texts()]

    cells.first.get_by_role("link").first.click()

    assert [answer[0] for answer in answers] == ["forty", "reports differ"]
    assert "thirty-one" in answers[0]
    assert "#a-" in page.url or page.url.endswith("#claims")
    assert page.locator(f"[id='{page.url.partition('#')[2]}']").count() == 1


def test_a_reference_can_be_copied(visit: Callable[..., Page]) -> None:
    """The button beside the reference puts it on the clipboard."""
    page = visit("items/tide2023")

    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()

    assert "Moreau" in page.evaluate("navigator.clipboard.readText()")


def test_the_keyboard_is_seen(visit: Callable[..., Page]) -> None:
    """What has the focus has a visible outline."""
    page = visit("items/harbour2024")

    page.locator("a.ck-button").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")

    style = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(style) == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["items/harbour2024", "items/lantern2024", "claims/index"])
def test_words_stand_out_from_their_ground(
    browser: Browser, site: Site, name: str, scheme: Literal["light", "dark"]
) -> None:
    """All text has the contrast that WCAG asks for, numbers of notes and badges included."""
    with browser.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        page.goto((site.output / f"{name}.html").as_uri())

        assert page.evaluate(TOO_FAINT) == []


def test_paper_is_white(browser: Browser, site: Site) -> None:
    """Printed by somebody whose screen is dark, the text is dark on white, without buttons."""
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto((site.output / "items/lantern2024.html").as_uri())

        colour = "getComputedStyle(document.querySelector('#p1 .ck-text')).color"
        assert page.evaluate(colour) == "rgb(22, 32, 43)"
        assert not page.locator(".ck-actions").is_visible()


def test_an_old_address_keeps_the_passage(visit: Callable[..., Page], site: Site) -> None:
    """The page at an old key leads on to the same paragraph."""
    page = visit("index")

    page.goto((site.output / "items/ferries2024.html").as_uri() + "#p2")
    page.wait_for_url("**/harbour2024.html#p2")

    assert page.locator("#p2").is_visible()
