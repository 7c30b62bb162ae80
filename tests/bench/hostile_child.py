"""One hostile reading, in a process of its own: ``python hostile_child.py KIND < INPUT``.

It may compute for a minute, and ends with 0 where the input was read, with 4 where it was refused
by an error or a finding of citekit; anything else is a mistake of citekit. An empty input costs
what the start does.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.errors import CitekitError

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS: Final = {"text": "a.txt", "markdown": "a.md", "html": "a.html", "mhtml": "a.mhtml",
                    "pdf": "a.pdf"}  # fmt: skip
LIMIT_S: Final = 60
NOTE_SIGNS: Final = 100_000
LONGEST_NAME: Final = 65_535
"""What a zip file has room for."""
STYLE: Final = (
    "<style xmlns='http://purl.org/net/xbiblio/csl' version='1.0' class='in-text'>{}"
    "<citation><layout><text macro='m0'/></layout></citation></style>"
)


def read_document(kind: str, data: bytes) -> None:
    """A document by its reader."""
    from citekit.extract import extract

    if extract(data, name=DOCUMENTS[kind]).findings:
        raise CitekitError("found wanting")


def read_page_of_pdf(data: bytes) -> None:
    """A PDF of one page, which is drawn by the input after a font is chosen."""
    draw_pdf([data])


def read_packed_pdf(data: bytes) -> None:
    """A PDF of a page of words and one that is drawn by the input, a hundred times over."""
    draw_pdf([b"(Good words) Tj ", data * 100], is_packed=True)


def read_forms_of_pdf(data: bytes) -> None:
    """A PDF of two pages; each form that the second has draws the next one twice.

    There are as many forms as the input has kilobytes, up to a hundred.
    """
    draw_pdf([b"(Good words) Tj ", b"/X Do /X Do "], forms=min(len(data) // 1000, 100))


def draw_pdf(pages: list[bytes], *, is_packed: bool = False, forms: int = 0) -> None:
    """A PDF whose pages are drawn by the instructions given, after a font is chosen."""
    from io import BytesIO

    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    kinds = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(k): NameObject(v) for k, v in kinds.items()})
    fonts = DictionaryObject({NameObject("/F"): writer._add_object(font)})  # pypdf's own way
    resources = DictionaryObject({NameObject("/Font"): fonts})
    for number in range(forms):
        form = DecodedStreamObject()
        form.set_data(b"/X Do /X Do " if number else b"BT /F 12 Tf (a) Tj ET")
        form.update({NameObject("/Subtype"): NameObject("/Form"),
                     NameObject("/Resources"): DictionaryObject(resources)})  # fmt: skip
        objects = DictionaryObject({NameObject("/X"): writer._add_object(form)})
        resources[NameObject("/XObject")] = objects
    for drawn in pages:
        page = writer.add_blank_page(width=200, height=200)
        stream = DecodedStreamObject()
        stream.set_data(b"BT /F 12 Tf ET BT /F 12 Tf " + drawn)
        page[NameObject("/Resources")] = resources
        made_stream = stream.flate_encode() if is_packed else stream
        page[NameObject("/Contents")] = writer._add_object(made_stream)
    made = BytesIO()
    writer.write(made)
    read_document("pdf", made.getvalue())


def format_by_style(data: bytes) -> None:
    """A style that has the input."""
    from citekit.csl import process

    process(STYLE.format(data.decode()), [{"id": "a", "type": "book", "title": "T"}])


def format_item(data: bytes) -> None:
    """An item that has the input in several fields, and a locator."""
    from citekit.csl import process

    text = data.decode()
    names = "page", "title", "number", "edition", "container-title", "URL", "note"
    item = {"id": "a", "type": "article-journal", **dict.fromkeys(names, text),
            "author": [{"family": text, "given": text}]}  # fmt: skip
    process("apa", [item], [[{"id": "a", "locator": text}]])


def read_settings(data: bytes) -> None:
    """The settings of an archive."""
    from citekit.store.settings import read_settings

    read_settings(data.decode(), "archive.toml")


def check_proof(data: bytes) -> None:
    """A proof."""
    from citekit.app.proving.check_proof import check_proof
    from citekit.app.verifying.log_checks.trust_anchors import Outside

    if check_proof(data, Outside()).exit_code:
        raise CitekitError("no proof")


def verify_with(place: str, data: bytes) -> None:
    """A sealed archive of three items, one of whose files is the input."""
    from citekit import Archive
    from citekit.app.sealing.seal import Keys, seal
    from citekit.testing.builders import build_archive

    with tempfile.TemporaryDirectory() as folder:
        store = build_archive(Path(folder) / "archive")
        seal(store, keys=Keys())
        is_of_log = place == "pending.jsonl"
        home = store.root / "log" if is_of_log else store.layout.item_folder("harbour2024")
        (home / place).write_bytes(data)
        archive = Archive(store)
        report = archive.verify()
        archive.list()
    if report.exit_code():
        raise CitekitError("found wanting")


def check_bundle(data: bytes) -> None:
    """A bundle that has the input, ten times over, as its proof."""
    from io import BytesIO
    from zipfile import ZIP_DEFLATED, ZipFile

    from citekit.app.proving.bundle import PROOF, read_bundle

    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as bundle:
        bundle.writestr(PROOF, data * 10)
    check_proof(read_bundle(made.getvalue()))


def build_site_of(place: str, data: bytes) -> None:
    """The site of an archive in which one kind of thing is the input.

    Notes are as many items as it takes: none is longer than what is read as Markdown.
    """
    from citekit.testing.builders import Source, build_archive
    from citekit.testing.sites import build_site, write_source

    text = data.decode()
    cuts = range(0, len(text), NOTE_SIGNS) if place == "notes" else ()
    sources = [
        Source(key=f"a{at}", data={"title": "A"}, note=text[at : at + NOTE_SIGNS]) for at in cuts
    ]
    if place == "text":
        sources = [Source(key="a", data={"title": "A"}, access="public", text=text)]
    with tempfile.TemporaryDirectory() as folder:
        store = build_archive(Path(folder) / "archive", sources or None)
        home = store.layout.item_folder(store.keys()[0])
        if place == "annotations":
            (home / "annotations.jsonl").write_text(text, "utf-8")
        elif place == "item":
            key = store.keys()[0]
            title = {"id": key, "type": "book", "title": text, "author": [{"literal": text}]}
            (home / "item.json").write_text(json.dumps(title), "utf-8")
        write_source(Path(folder), {"index.md": "# Start\n"})
        built = build_site(Path(folder))
    if built.code:
        raise RuntimeError(built.said[-2000:])
    if built.said:
        raise CitekitError("warned about")


def import_names(data: bytes) -> None:
    """A zip file about as large as the input, whose entries have its lines as names.

    A name stands in it twice, with 98 bytes beside it.
    """
    from zipfile import ZipFile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        with ZipFile(path, "w") as made:
            left = len(data)
            for name in filter(None, data.decode().split("\n")):
                made.writestr(name[:LONGEST_NAME], b"")
                left -= 2 * len(name) + 98
                if left < 0:
                    break
        import_into(folder, path)


def import_compressed(data: bytes) -> None:
    """A zip file with the input a hundred times over in one file."""
    from zipfile import ZIP_DEFLATED, ZipFile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        with ZipFile(path, "w", ZIP_DEFLATED) as made:
            made.writestr("archive/archive.toml", "layout = 1\n")
            with made.open("archive/note.md", "w") as out:
                for _ in range(100):
                    out.write(data)
        import_into(folder, path)


def import_bag(data: bytes) -> None:
    """A bag whose manifest is the input."""
    with tempfile.TemporaryDirectory() as folder:
        bag = Path(folder) / "bag"
        (bag / "data").mkdir(parents=True)
        declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
        (bag / "bagit.txt").write_text(declaration, "utf-8")
        (bag / "manifest-sha256.txt").write_bytes(data)
        import_into(folder, bag)


def import_into(folder: str, path: Path) -> None:
    """Import a package into a new archive."""
    from citekit import Archive

    found = Archive.create(Path(folder) / "archive").import_file(path)
    if found.findings:
        raise CitekitError(found.findings[0].message)


KINDS: Final[dict[str, Callable[[bytes], None]]] = {
    "pdf page": read_page_of_pdf,
    "pdf packed": read_packed_pdf,
    "pdf forms": read_forms_of_pdf,
    "style": format_by_style,
    "item": format_item,
    "settings": read_settings,
    "proof": check_proof,
    "bundle": check_bundle,
    "site notes": partial(build_site_of, "notes"),
    "site annotations": partial(build_site_of, "annotations"),
    "site item": partial(build_site_of, "item"),
    "site text": partial(build_site_of, "text"),
    "package names": import_names,
    "package file": import_compressed,
    "manifest": import_bag,
}


def read(kind: str, data: bytes) -> None:
    """The input by the reader of its kind; raises CitekitError."""
    if kind in KINDS:
        KINDS[kind](data)
    elif kind in DOCUMENTS:
        read_document(kind, data)
    elif kind in ("pending.jsonl", "annotations.jsonl", "item.json"):
        verify_with(kind, data)
    else:
        from citekit import formats

        formats.read(data.decode(), kind)


def main() -> int:
    """Read stdin; the exit code says how that ended."""
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_S, LIMIT_S))
    data = sys.stdin.buffer.read()
    try:
        if data:
            read(sys.argv[1], data)
    except CitekitError:
        return 4
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
