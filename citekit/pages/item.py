"""The page of one item: what it is, its text or why that is not here, where it is from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.pages import wording
from citekit.pages.downloads import DATA_FORMATS, data_citation
from citekit.pages.element import Content, Element, file_link, h, is_web_address, joined, link, to
from citekit.pages.provenance.captures import provenance_section
from citekit.pages.provenance.evidence import evidence_section
from citekit.pages.text.article import make_article
from citekit.pages.text.digest import make_digest
from citekit.pages.text.rows import article_row, article_rows, lost_notes
from citekit.pages.title_markup import rich_title

if TYPE_CHECKING:
    from citekit.model.item import Item
    from citekit.pages.citations import Style
    from citekit.pages.library import Library, Shelf
    from citekit.pages.text.article import Article
    from citekit.pages.text.digest import Digest

_WHY_WITHHELD = (
    "The text belongs to its publisher and is kept out of this site. What the archive publishes is "
    "the record: where and when the article was captured, the digest of every byte, the shape of "
    "the text, and quotes of at most twelve words where a note needs them."
)


def item_body(library: Library, style: Style, key: str) -> list[Element]:
    """Everything on an item's page below its title."""
    shelf = library.shelves[key]
    article = make_article(library, key)
    digest = make_digest(library, article)
    note = _note(digest)
    text = _text_section(library, shelf, article, digest)
    reading = [text, note] if article.text is not None else [note, text]
    parts = [
        *reading,
        _loose_notes(library, article),
        _claims(library, key),
        _entities(library, key),
        _cite(library, style, shelf, has_paragraphs=bool(article.paragraphs)),
        _record(library, shelf),
        h("backlinks", object=f"item:{key}"),
    ]
    shown = [part for part in parts if part is not None]
    return [_head(library, shelf, article), _contents(shown), *shown]


def _contents(parts: list[Element]) -> Element:
    """Links to the sections of the page, on one line; the script adds how notes are shown."""
    links = [
        h("a", part.children[0].text(), href=f"#{part.attributes['id']}")
        for part in parts
        if part.tag == "section" and isinstance(part.children[0], Element)
    ]
    return h("site", h("nav", h("p", joined(links, " ")), class_="ck-contents no-search",
                       aria_label="On this page"))  # fmt: skip


def _record(library: Library, shelf: Shelf) -> Element:
    """All that says what was captured and how that can be checked, out of a reader's way."""
    return h(
        "section",
        h("title", "Record and proof"),
        evidence_section(shelf.item, shows_text=library.shows_text(shelf.item)),
        provenance_section(library, shelf),
        id="record",
    )


def access_badge(access: str) -> Element:
    """The badge that says whether the text is published."""
    return h("span", wording.ACCESS[access], class_=f"ck-badge ck-badge-{access}")


def byline(shelf: Shelf) -> list[Content]:
    """Publisher and date on one line."""
    item = shelf.item
    date = item.date()
    when = wording.show_date(date)
    edtf = date.to_edtf() if date and date.parts and "/" not in date.to_edtf() else None
    time = h("time", when, datetime=edtf) if edtf else when
    return joined(
        [wording.publisher(item) or wording.show_names(item.names("author")), time], " · "
    )


def excerpt(library: Library, key: str, number: int) -> Element:
    """A paragraph with its highlights and notes for another page, headed by where it is from."""
    shelf = library.shelves[key]
    row = article_row(library, make_article(library, key), number, is_guest=True)
    title = h("p", to("item", f"{key}#p{number}", rich_title(shelf.item)), " · ", byline(shelf))
    return h("div", title, h("div", row, class_="ck-article"), class_="ck-excerpt")


def _head(library: Library, shelf: Shelf, article: Article) -> Element:
    item = shelf.item
    kind = h("span", wording.type_label(item), class_="ck-kind")
    return h(
        "div",
        h("p", kind, " ", access_badge(item.facts.access), class_="ck-eyebrow"),
        h("p", byline(shelf), class_="ck-byline"),
        _authors(item),
        h("p", joined(_actions(item), " "), class_="ck-actions"),
        h("p", joined(_facts(shelf, article), " · "), class_="ck-faint ck-facts"),
        _licence(item),
        _banner(library, shelf),
        class_="ck-head",
    )


def _authors(item: Item) -> Element | None:
    """Who wrote it; nothing where the line above names them in a publisher's place."""
    authors = wording.show_names(item.names("author"))
    if authors and not wording.publisher(item):
        return None
    return h("p", f"By {authors}" if authors else "No author named", class_="ck-byline")


def _actions(item: Item) -> list[Content]:
    """Buttons that lead to the source, to copies of it, and to how it is cited."""
    url, doi = item.text("URL"), item.text("DOI")
    there = [(url, "Read at the source")] if is_web_address(url) else []
    there += [(f"https://doi.org/{doi}", f"doi:{doi}")] if doi else []
    there += [(c.url, _copy_label(c.at.year if c.at else None)) for c in item.facts.archived]
    links = [link(address, label, class_="ck-button ck-out") for address, label in there]
    return [*links, h("a", "Cite", href="#cite", class_="ck-button")]


def _facts(shelf: Shelf, article: Article) -> list[Content]:
    """What the archive holds of the item, in numbers."""
    notes, paragraphs, captures = shelf.annotations, article.paragraphs, shelf.captures
    return [
        h("code", shelf.item.key),
        wording.count(len(notes), "annotation") if notes else None,
        wording.count(len(paragraphs), "paragraph") if paragraphs else None,
        wording.count(len(captures), "capture") if captures else "no capture",
        _shown_capture(shelf, article),
    ]


def _shown_capture(shelf: Shelf, article: Article) -> Element | None:
    """Where there are several captures: whose text the page shows, or would show."""
    capture = shelf.captures.get(article.stamp)
    if capture is None or len(shelf.captures) == 1:
        return None
    when = h("a", wording.show_instant(capture.captured_at), href=f"#capture-{article.stamp}")
    return h("span", "text of ", when)


def _licence(item: Item) -> Element | None:
    """Under what terms the text may be used, where the record says so."""
    terms = item.text("license") or item.text("rights")
    if not terms:
        return None
    words_, _, address = terms.rpartition(", ")
    if words_ and is_web_address(address):
        return h("p", "Licence: ", link(address, words_, class_="ck-out"), class_="ck-faint")
    return h("p", f"Licence: {terms}", class_="ck-faint")


def _copy_label(year: int | None) -> str:
    return f"Archived copy ({year})" if year else "Archived copy"


def _banner(library: Library, shelf: Shelf) -> Element | None:
    """On a private build, that this very text must not be published."""
    if shelf.item.facts.access == "public" or not library.with_restricted:
        return None
    return h(
        "p",
        "This page holds restricted text. Keep it to yourself: do not publish this build.",
        class_="ck-warning",
    )


def _note(digest: Digest) -> Element | None:
    if not digest.rest:
        return None
    return h("section", h("title", "Reading note"), digest.rest, id="note", class_="ck-prose")


def _text_section(
    library: Library, shelf: Shelf, article: Article, digest: Digest
) -> Element | None:
    if not article.paragraphs:
        return _no_text(shelf)
    is_shown = article.text is not None
    class_ = "ck-article" if is_shown else "ck-article ck-withheld"
    return h(
        "section",
        h("title", "Text" if is_shown else "Paragraph by paragraph"),
        _why_not_shown(library, shelf, article),
        h("div", article_rows(library, article, digest.gists), class_=class_),
        id="text",
    )


def _why_not_shown(library: Library, shelf: Shelf, article: Article) -> Element | None:
    if not library.shows_text(shelf.item):
        url = article.url
        return h(
            "div",
            h("p", h("strong", "Why the text is not here. "), _WHY_WITHHELD),
            h("p", link(url, "Read it at the source", class_="ck-out"), ".") if url else None,
            class_="ck-why",
        )
    if article.text is not None:
        return None
    return h(
        "p",
        "The bytes of this text are not on the machine that built the site; "
        "its shape and the notes are.",
        class_="ck-why",
    )


def _no_text(shelf: Shelf) -> Element | None:
    url = shelf.item.text("URL")
    return h(
        "p",
        "This archive holds the record of this source, and no capture of its text.",
        " ",
        link(url, "Read it at the source", class_="ck-out") if url else None,
        class_="ck-why",
    )


def _loose_notes(library: Library, article: Article) -> Element | None:
    cards = lost_notes(library, article)
    if not cards:
        return None
    return h("section", h("title", "Other notes"), h("div", cards, class_="ck-loose"), id="notes")


def _claims(library: Library, key: str) -> Element | None:
    pairs = library.claims_of_item.get(key, ())
    if not pairs:
        return None
    rows = [
        h(
            "tr",
            h("td", to("claim", claim.id, claim.question or claim.statement)),
            h("td", evidence.says or "–"),
            h("td", stance_badge(evidence.stance)),
        )
        for claim, evidence in pairs
    ]
    head = h("tr", h("th", "Claim"), h("th", "This source says"), h("th", "Stance"))
    return h(
        "section",
        h("title", "Contested points"),
        h("table", head, rows),
        id="claims",
    )


def stance_badge(stance: str) -> Element:
    """Whether a source supports, disputes or only mentions a claim."""
    return h("span", wording.STANCES.get(stance, stance), class_=f"ck-stance ck-{stance}")


def _entities(library: Library, key: str) -> Element | None:
    named = {
        entity
        for annotation in library.shelves[key].annotations
        for entity in annotation.entities
        if entity in library.entities
    }
    groups = []
    for kind, (_, plural) in wording.KINDS.items():
        entities = sorted(
            (library.entities[e] for e in named if library.entities[e].kind == kind),
            key=lambda entity: entity.name.casefold(),
        )
        if entities:
            chips = joined((to("entity", e.id, e.name, class_="ck-chip") for e in entities), " ")
            groups.append(
                h("p", h("span", plural, class_="ck-label"), " ", chips, class_="ck-chips")
            )
    return h("section", h("title", "Names"), groups, id="entities") if groups else None


def _cite(library: Library, style: Style, shelf: Shelf, *, has_paragraphs: bool) -> Element:
    key = shelf.item.key
    in_myst: list[Content] = ["In MyST: ", h("code", f"{{cite}}`{key}`")]
    if has_paragraphs:
        in_myst += [" · a passage: ", h("code", f"{{ck:passage}}`{key}#p1`")]
    return h(
        "section",
        h("title", "Cite this"),
        h("div", h("p", style.reference(shelf.item)), class_="ck-reference ck-copyable"),
        _cite_paragraph(style, shelf) if has_paragraphs else None,
        h("p", in_myst),
        [_data(library, key, format_) for format_ in DATA_FORMATS],
        id="cite",
        class_="ck-cite no-search",
    )


def _cite_paragraph(style: Style, shelf: Shelf) -> Element:
    """How one paragraph is cited; the script makes a citation of any words out of it."""
    return h(
        "p",
        "A paragraph of it: ",
        h("span", style.paragraph(shelf.item), class_="ck-passage-form"),
        class_="ck-faint",
    )


def _data(library: Library, key: str, format_: str) -> Element:
    """The item in a format, to copy and to download."""
    label, extension = DATA_FORMATS[format_]
    name = f"items/{library.pages[key]}.{extension}"
    file = file_link(name, f"Download .{extension}", class_="ck-button")
    return h(
        "details",
        h("summary", label),
        h("pre", data_citation(library, key, format_), language=format_),
        library.on_site(h("p", file)),
    )
