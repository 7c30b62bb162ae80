"""Every field of an archive, on every kind of page, holds what is mark-up or a program elsewhere.

The payloads are data (``tests/cases/hostile``). One archive has each of them in all of its fields;
its site and its book are built once. No element, no attribute and no address of a payload may be in
them, and no program of theirs runs in a browser that has no policy to stop it.
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest
from lxml import etree
from lxml import html as lxml_html

from citekit.app.sealing.seal import Keys, seal
from citekit.integrity.digest import digest_bytes
from citekit.model.capture import Capture, Payload, Tool
from citekit.model.capture import Source as CaptureSource
from citekit.model.claim import Claim, ClaimEvidence
from citekit.model.entity import Entity
from citekit.model.identifiers import make_stamp
from citekit.model.item import Access, Item, ItemFacts
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES, VARIABLES
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import Mark, Source, build_archive, make_annotation, text_map
from citekit.testing.sites import Site, build_site, write_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser

    from citekit.store.writing.writer import Writer

CASES: Final = Path(__file__).parents[1] / "cases" / "hostile" / "payloads.toml"
PAYLOADS: Final[Mapping[str, str]] = {
    name: case["text"].replace("$N", str(number))
    for number, (name, case) in enumerate(tomllib.loads(CASES.read_text("utf-8")).items())
}
NOON: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS_BEFORE: Final = "Plain words"
LISTS: Final = ("index", "items/index", "entities/index", "claims/index", "timeline",
                "bibliography", "provenance", "genindex", "search")  # fmt: skip
STEERING: Final = {
    *(chr(n) for n in (*range(0x20), *range(0x7F, 0xA0)) if chr(n) not in "\t\n\r"),
    *map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029)),
    *map(chr, (*range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080), 0xFDD0, 0xFFFF, 0x1FFFE)),
}
LOADED: Final = ("href", "src", "action", "formaction", "data", "srcdoc", "poster", "xlink:href",
                 "srcset", "background", "cite", "longdesc")  # fmt: skip


# ── the archive ────────────────────────────────────────────────────────────────────────────────


def hostile_data(key: str, text: str) -> dict[str, Any]:
    """An item in which each variable holds the text."""
    name = {"family": text, "given": text, "suffix": text, "non-dropping-particle": text}
    data: dict[str, Any] = {"id": key, "type": "article-newspaper"}
    for variable in VARIABLES - {"type", "categories"}:
        if variable in NAME_VARIABLES:
            data[variable] = [{"literal": text}, name]
        else:
            data[variable] = {"literal": text} if variable in DATE_VARIABLES else text
    return data


def add_hostile_item(writer: Writer, name: str, access: Access, text: str) -> None:
    """An item with a capture, a text, notes and annotations, all of the hostile text."""
    key = f"{name}-{access}"
    body = f"{WORDS_BEFORE} {text}\n\nSecond {text.strip()} paragraph."
    content = body.encode()
    payload = Payload(
        digest=digest_bytes(content),
        size_bytes=len(content),
        media_type="text/plain",
        map=text_map(body),
    )
    bare = text.replace("/", " ").replace("\\", " ")
    captured = Capture(
        captured_at=NOON,
        source=CaptureSource(fact="declared", url=text, file=bare, declared_by=text),
        tool=Tool(name=text, version=text, libraries={text: text}, options={"x": text}),
        payloads={"text": payload},
        agent=text,
        final_url=text,
        redirects=(text,),
        headers=((text, text),),
        address=text,
        certificate=text,
    )
    item = Item.from_json(hostile_data(key, text)).with_facts(
        ItemFacts(
            access=access,
            aliases=(f"{key}-old",),
            evidence={
                field: ({"value": text, "origin": text, "rule": text, "chosen": True},)
                for field in ("title", "author", text)
            },
        )
    )
    stamp = make_stamp(NOON)
    writer.add_item(item, captures={stamp: captured}, payloads={payload.digest: content}, note=text)
    source = Source(key=key, data={"title": text}, text=body)
    marks = (
        Mark(quote="Second", note=text, tags=(text,), entities=(name,)),
        Mark(quote="paragraph", note=f"Before {text}", entities=(name,)),
        Mark(note=text),
    )
    writer.write_annotations(key, [make_annotation(source, mark) for mark in marks])


def add_hostile_things(writer: Writer, name: str, text: str) -> None:
    """Two items, an entity and a claim of the hostile text."""
    writer.write_entity(
        Entity(
            id=name,
            kind="occurrence",
            name=text,
            names=(text,),
            description=text,
            date=text,
            place=text,
            authorities={"wikidata": text, text: text},
        )
    )
    add_hostile_item(writer, name, "public", text)
    add_hostile_item(writer, name, "restricted", text)
    evidence = [
        ClaimEvidence(item=f"{name}-public", stance=stance, says=text, note=text, locator=text)
        for stance in ("supports", "disputes")
    ]
    writer.write_claim(
        Claim(id=name, statement=text, question=text, note=text, entities=(name,),
              evidence=tuple(evidence))
    )  # fmt: skip


def toml_text(text: str) -> str:
    """A basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sealed archive, and the source of a site that cites all of it."""
    root = tmp_path_factory.mktemp("matrix")
    (root / "pwned.txt").write_text("PWNED-FILE", "utf-8")
    build_archive(root / "archive", [])
    every = toml_text(" ".join(" ".join(PAYLOADS.values()).split()))
    settings = [
        f"layout = 1\ntitle = {every}\n[log]\nagent = {every}",
        f"[[publisher]]\nname = {every}\ndomains = [{every}]\n",
    ]
    (root / "archive/archive.toml").write_text("\n".join(settings), "utf-8")
    store = ArchiveStore.open(root / "archive")
    with store.writing() as writer:
        for name, text in PAYLOADS.items():
            add_hostile_things(writer, name, text)
    seal(store, keys=Keys(), now=NOON)
    write_source(root, {"index.md": first_page()})
    return root


def first_page() -> str:
    """A page with every role and directive, for each payload."""
    lines = ["# Start", ""]
    for name in PAYLOADS:
        lines += [
            f"{{cite}}`{name}-public` {{cite:t}}`{name}-restricted` {{footcite}}`{name}-public`",
            f"{{ck:item}}`{name}-public` {{ck:entity}}`{name}` {{ck:claim}}`{name}`",
            f"{{ck:passage}}`{name}-public#p1`",
            "",
            f"```{{ck:item}} {name}-public\n```\n",
            f"```{{ck:passage}} {name}-public#p1\n```\n",
            f"```{{ck:timeline}}\n:entity: {name}\n```\n",
        ]
    lines += ["```{ck:claims}\n```\n", "```{bibliography}\n```\n", "```{footbibliography}\n```\n"]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def built(root: Path) -> Site:
    """The site, built once."""
    site = build_site(root, "-j", "auto")
    assert site.code == 0, site.said[-2000:]
    return site


@pytest.fixture(scope="module")
def book(root: Path) -> Site:
    """The book, built once."""
    site = build_site(root, output="book", builder="epub")
    assert site.code == 0, site.said[-2000:]
    return site


@pytest.fixture(scope="module")
def tex(root: Path, book: Site) -> str:
    """The book as LaTeX, from what the other book has read; without Sphinx's own preamble."""
    read = ("-d", str(book.output.with_name("book-dt")))
    site = build_site(root, *read, output="tex", builder="latex")
    assert site.code == 0, site.said[-2000:]
    return site.read("test.tex").partition("\\begin{document}")[2]


# ── what may not be in a page ──────────────────────────────────────────────────────────────────


def acts_in(element: etree._Element) -> Iterator[str]:
    """What of a payload has become part of an element."""
    tag = str(element.tag).lower().rpartition("}")[2]
    if "pwned" in tag or tag in ("iframe", "object", "embed", "base", "applet"):
        yield f"<{tag}>"
    is_program = tag in ("script", "style") and "json" not in element.get("type", "")
    if is_program and "pwned" in (element.text or ""):
        yield f"<{tag}> {element.text!r}"
    for name, value in element.attrib.items():
        if acts(str(name).lower(), str(value)):
            yield f"<{tag} {name!s}={value[:80]!r}>"


def acts(name: str, value: str) -> bool:
    """Whether an attribute does what a payload says."""
    if "pwned" in name or name.startswith("on"):
        return True
    if name == "id" and "pwned" in value:
        return re.fullmatch(r"[A-Za-z][\w~-]*", value, re.ASCII) is None  # a name made of words
    if name in ("class", "for", "type", "rel", "http-equiv", "style") and "pwned" in value:
        return True
    return name.rpartition("}")[2] in LOADED and leads_astray(value)


def leads_astray(address: str) -> bool:
    """Whether an address is a program, or one of a payload's host."""
    bare = "".join(letter for letter in address if letter > " ").lower()
    parts = urlsplit(bare) if "[" not in bare else None
    scheme = parts.scheme if parts else ""
    if scheme not in ("", "http", "https", "mailto"):
        return True
    return bool(parts and "pwned" in parts.netloc)


def found_in(pages: list[Path], *, is_xml: bool = False) -> list[str]:
    """All that acts in some pages, parsed as their readers do."""
    found = []
    for path in pages:
        data = path.read_bytes()
        tree = etree.fromstring(data) if is_xml else lxml_html.document_fromstring(data.decode())
        found += [f"{path.name}: {act}" for e in tree.iter(etree.Element) for act in acts_in(e)]
    return found


def pages_of(site: Site, pattern: str) -> list[Path]:
    """The pages of a site that a pattern names; there have to be some."""
    pages = sorted(p for p in site.output.glob(pattern) if "_static" not in p.parts)
    assert pages, pattern
    return pages


@pytest.mark.parametrize(
    "name",
    [
        *("script", "closing", "handler", "attribute", "javascript-markup", "data-url", "frame"),
        *("form", "css", "svg", "myst-block", "rst"),
    ],
)
def test_what_would_act_is_found(name: str, tmp_path: Path) -> None:
    """In a page that takes a payload for mark-up, the checks of this file find it."""
    path = tmp_path / "page.html"
    path.write_text(f'<!doctype html><p title="{PAYLOADS[name]}">{PAYLOADS[name]}</p>', "utf-8")

    assert found_in([path])


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_page_of_a_thing_acts(built: Site, name: str) -> None:
    """The pages of items, of entities and of claims hold each payload as words."""
    pages = [
        p
        for kind in ("items", "entities", "claims")
        for p in pages_of(built, f"{kind}/{name}*.html")
    ]

    assert len(pages) >= 4
    assert found_in(pages) == []
    assert WORDS_BEFORE in (built.output / f"items/{name}-public.html").read_text("utf-8")


@pytest.mark.parametrize("name", LISTS)
def test_no_list_acts(built: Site, name: str) -> None:
    """Lists, the timeline, the bibliography and the page of the log hold payloads as words."""
    assert found_in(pages_of(built, f"{name}.html")) == []


def test_every_page_is_looked_at(built: Site) -> None:
    """No page is left out by name."""
    assert found_in(pages_of(built, "**/*.html")) == []


def test_no_chapter_of_a_book_acts(book: Site) -> None:
    """The pages of an EPUB are XML, and hold payloads as words."""
    assert found_in(pages_of(book, "**/*.xhtml"), is_xml=True) == []


@pytest.mark.parametrize("pattern", ["**/*.html", "**/*.js", "items/*.*", "_headers"])
def test_no_file_of_the_site_turns_text_round(built: Site, pattern: str) -> None:
    """Control characters and characters of direction are replaced or escaped, in data too."""
    for path in pages_of(built, pattern):
        if path.name.endswith(".citekit-proof.json"):
            continue  # the very bytes that were sealed
        assert not set(path.read_text("utf-8")) & STEERING, path


def test_no_chapter_of_a_book_turns_text_round(book: Site) -> None:
    """As on the site."""
    for path in pages_of(book, "**/*.xhtml"):
        assert not set(path.read_text("utf-8")) & STEERING, path


# Every control sequence of Sphinx's body and of what it writes for a letter; a payload has none.
_OF_SPHINX: Final = (
    r"PYGZ?[a-z]*|sphinx\w+|text(?:greater|less|ascii\w+|backslash|quotesingle|endash|emdash|bar)"
    r"|[{}&$#%_\\=\"]|begin|end|detokenize|hyperref|label|item|par|centering|linewidth|DUrole|P"
    r"|(?:sub)*section|chapter|phantomsection|hrule|bigskip|renewcommand|indexname|printindex"
    r"|pagestyle|ifdefined|ifnum|fi|active|string|shorthandoff|catcode|protect|nobreakspace|_"
)
_ENVIRONMENTS: Final = {"varwidth", "savenotes", "tabulary", "itemize", "footnote", "document",
                        "sphinxVerbatim", "sphinxuseclass"}  # fmt: skip


def test_a_book_in_latex_has_no_command_of_a_payload(tex: str) -> None:
    r"""Neither as a name nor as ``^^5c``, in mathematics, in a comment, or by a changed letter."""
    names = set(re.findall(r"\\([A-Za-z@]+|.)", tex, re.DOTALL))

    assert {name for name in names if not re.fullmatch(_OF_SPHINX, name)} == set()
    assert set(re.findall(r"\\(?:begin|end)\{([^}]*)\}", tex)) == _ENVIRONMENTS
    assert tex.count("\\catcode") == 2  # Sphinx asks for two of them
    assert "^^" not in tex
    assert re.findall(r"(?<!\\)\$", tex) == []
    assert [line for line in tex.splitlines() if re.search(r"(?<!\\)%.*pwned", line)] == []
    assert tex.count("\\end{document}") == 1
    assert WORDS_BEFORE in tex


def test_no_payload_turns_a_book_in_latex_round(tex: str) -> None:
    """As on the site."""
    assert not set(tex) & STEERING


@pytest.mark.parametrize(("builder", "name"), [("text", "items/*.txt"), ("man", "*.1")])
def test_plain_pages_neither_steer_nor_request(
    built: Site, root: Path, builder: str, name: str
) -> None:
    """Text has no control characters; no line of a manual page is a request of a payload."""
    read = ("-d", str(built.output.with_name("out-dt")))
    site = build_site(root, *read, output=f"as-{builder}", builder=builder)
    assert site.code == 0, site.said[-2000:]

    for path in pages_of(site, name):
        page = path.read_text("utf-8")
        assert not set(page) & STEERING, path
        if builder == "man":
            assert [x for x in page.splitlines() if x[:1] in tuple(".'") and "pwned" in x] == []


def test_downloads_are_what_they_are_called(built: Site) -> None:
    """JSON is JSON, BibLaTeX has no command of a payload, RIS a tag in each line."""
    for path in pages_of(built, "items/*-*.json"):
        json.loads(path.read_text("utf-8"))
    for path in pages_of(built, "items/*-*.ris"):
        lines = path.read_text("utf-8").splitlines()
        assert [line for line in lines if line and line[2:6] != "  - "] == [], path


def test_the_search_index_is_data(built: Site) -> None:
    """The index is one call with one JSON value."""
    text = built.read("searchindex.js")

    assert text.startswith("Search.setIndex(")
    json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))


def test_no_file_of_this_machine_is_in_the_site(built: Site) -> None:
    """What a payload would include or offer for download is not there."""
    for path in built.output.rglob("*"):
        if path.is_file():
            assert b"PWNED-FILE" not in path.read_bytes(), path
            assert "pwned" not in path.name, path


# ── in a browser ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.browser
def test_nothing_runs_where_no_policy_stops_it(built: Site, browser: Browser) -> None:
    """Without the policy of the pages, on every kind of page and in the search, no payload runs."""
    hits: list[str] = []
    asked: list[str] = []
    context = browser.new_context(bypass_csp=True)
    context.expose_function("pwned", lambda *given: hits.append(str(given)))
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: hits.append(dialog.message))
    kinds = (("items", "-public"), ("entities", ""), ("claims", ""))
    things = [f"{kind}/{name}{end}" for name in PAYLOADS for kind, end in kinds]
    for name in (*LISTS, *things):
        page.goto((built.output / f"{name}.html").as_uri())
    page.goto((built.output / "search.html").as_uri() + "?q=plain+words")
    page.locator("#search-results li a").first.wait_for()
    page.evaluate("pwned('reached')")
    context.close()

    assert hits == ["('reached',)"]
    assert [url for url in asked if not url.startswith("file:")] == []
