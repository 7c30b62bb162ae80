"""The seal of an item on its page: its entries in the log, the checkpoint, and how to check them.

The words are for readers who know nothing of logs. They never promise more than a seal does.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from citekit.app.proving.proof_script import SCRIPT
from citekit.model.records.codec import write_instant
from citekit.pages import wording
from citekit.pages.element import Content, Element, file_link, h, joined, page_link
from citekit.pages.provenance.seals import CHANGES, PROOF_SUFFIX, ItemSeal, SealedFile, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.app.proving.proof_verdict import ProvenTime
    from citekit.integrity.checkpoint import Checkpoint
    from citekit.pages.library import Library, Shelf

_NO_TIME: Final = "none: when it was sealed is the archive's own word"
_STATES: Final[dict[State, str]] = {
    "sealed": "unchanged since",
    "unsealed": "not sealed yet",
    "changed": "changed since; the change is not sealed yet",
    "gone": "removed since; the removal is not sealed yet",
    "tampered": "not what was sealed",
}
_NAMES: Final = {
    "item.json": "Record of the source",
    "annotations.jsonl": "Annotations",
    "note.md": "Reading note",
}


def seal_sections(library: Library, shelf: Shelf) -> list[Element]:
    """What is sealed of an item, and how to check it; with no log, that nothing is proven yet."""
    seals = library.seals
    if seals.trouble:
        text = f"The log of this archive is damaged ({seals.trouble}), so nothing is proven here."
        return [_section(h("p", text, class_="ck-warning"))]
    seal = seals.items.get(shelf.item.key)
    if seal is None:
        return [_section(_not_sealed(library))]
    return [
        _section(
            _verdict(seal),
            _purged(seal),
            _entries(shelf, seal.files),
            checkpoint_list(seal.checkpoint, seal.signers, seal.timestamps),
        ),
        _how_to_check(library, library.pages[shelf.item.key], seal),
    ]


def checkpoint_list(
    checkpoint: Checkpoint,
    signers: Iterable[str],
    timestamps: Iterable[ProvenTime] | None = None,
) -> Element:
    """A checkpoint as a list of its parts, and who vouches for it.

    Timestamps that were not read (None) are not spoken of.
    """
    signed: list[Content] = [h("code", name, class_="ck-digest") for name in signers]
    facts: list[tuple[str, list[Content]]] = [
        ("Log", [h("code", checkpoint.origin)]),
        ("Entries", [f"{checkpoint.size:,}"]),
        ("Root", [h("code", b64encode(checkpoint.root).decode(), class_="ck-digest")]),
        (
            "Signed by",
            [*joined(signed, ", "), " ", h("em", "signer not authenticated by this site")]
            if signed
            else ["nobody: the checkpoint is unsigned"],
        ),
    ]
    if timestamps is not None:
        stamped = [h("p", line) for line in map(_stamped, timestamps)]
        facts.append(("Timestamps", [*stamped] or [_NO_TIME]))
    rows = [[h("dt", name), h("dd", value)] for name, value in facts]
    return h("dl", rows, class_="ck-facts-list")


def _stamped(timestamp: ProvenTime) -> list[Content]:
    at = h("time", wording.show_instant(timestamp.at), datetime=write_instant(timestamp.at))
    note = h("em", "authority not authenticated by this site")
    what = (
        ""
        if timestamp.is_whole
        else ", ".join(_plain_name(name.split("/", 2)[-1]) for name in timestamp.names) + " "
    )
    return [f"{what}existed by ", at, f", says {timestamp.authority}; ", note]


def _section(*content: Content) -> Element:
    return h("section", h("title", "Is it sealed?"), content, id="seal", class_="no-search")


def _not_sealed(library: Library) -> Element:
    return h(
        "p",
        h("strong", "Not sealed: nothing proven yet. "),
        "Digests show whether a file is the one that a record names. Who can write to the archive "
        "can change both; a seal would show that. ",
        page_link(library.provenance_page, "What a seal proves, and what not"),
        ".",
        class_="ck-why",
    )


def _verdict(seal: ItemSeal) -> Element:
    """What holds for the whole item, in a sentence; the worst comes first."""
    if seal.in_state("tampered"):
        return h(
            "p",
            "Not what was sealed: a file of this source differs from what the log says of it. "
            "Do not rely on this page.",
            class_="ck-warning",
        )
    changes = seal.in_state(*CHANGES)
    if not changes:
        return h(
            "p",
            h("strong", "Sealed. "),
            "Everything below is unchanged since it was entered in the archive's log, says this "
            "archive. The proof lets you check that without trusting the site.",
            class_="ck-why ck-sealed",
        )
    names = ", ".join(_plain_name(file.name) for file in changes)
    is_new = len(changes) == len(seal.files) and not seal.in_state("changed", "gone")
    return h(
        "p",
        h("strong", "Not sealed yet. " if is_new else "Changed since it was sealed. "),
        f"Not in the log as on this page: {names}. For that, nothing is proven yet.",
        class_="ck-why ck-unsealed",
    )


def _purged(seal: ItemSeal) -> list[Element]:
    """What the archive was asked to forget; the records of it stay, and stay proven."""
    if not seal.purged:
        return []
    lead = h("strong", "Purged. ")
    text = (
        "The archive does not hold these bytes any more; that it did, and their digests, is sealed."
    )
    lines = [h("li", line) for line in seal.purged]
    return [h("p", lead, text, class_="ck-why ck-unsealed"), h("ul", lines)]


def _entries(shelf: Shelf, files: Iterable[SealedFile]) -> Element:
    """One row for each file of the item, the record first, then its captures."""
    head = h("tr", *(h("th", name) for name in ("Part", "In the log", "State")))
    rows = [
        h(
            "tr",
            h("td", _name(shelf, file.name)),
            h("td", "–" if file.entry is None else f"entry {file.entry:,}"),
            h("td", _STATES[file.state], class_=f"ck-state-{file.state}"),
        )
        for file in sorted(files, key=_order)
    ]
    return h("table", head, rows, class_="ck-entries")


def _order(file: SealedFile) -> tuple[int, str]:
    order = ("item.json", "captures/", "annotations.jsonl", "note.md")
    places = [n for n, start in enumerate(order) if file.name.startswith(start)]
    return min(places, default=len(order)), file.name


def _name(shelf: Shelf, name: str) -> list[Content]:
    stamp = name.removeprefix("captures/").removesuffix(".json")
    capture = shelf.captures.get(stamp)
    if capture is None or name == stamp:
        return [_plain_name(name)]
    link = h("a", wording.show_instant(capture.captured_at), href=f"#capture-{stamp}")
    return ["Capture of ", link]


def _plain_name(name: str) -> str:
    if name.startswith("captures/"):
        return f"Capture {name.removeprefix('captures/').removesuffix('.json')}"
    return _NAMES.get(name, name)


def _how_to_check(library: Library, page: str, seal: ItemSeal) -> Element:
    about = page_link(library.provenance_page, "What this proves, and what not")
    content = library.on_site(_commands(page, seal)) if seal.proof else h("p", seal.why_none)
    return h(
        "section",
        h("title", "Check it yourself"),
        content,
        h(
            "p",
            "No seal shows that a website ever served the article, or that nothing was added to "
            "the log later. ",
            about,
            ".",
        ),
        id="check",
        class_="no-search",
    )


def _commands(page: str, seal: ItemSeal) -> Iterator[Element]:
    """The proof to download, and what to type, with or without citekit."""
    file = f"{page}{PROOF_SUFFIX}"
    yield h(
        "p",
        file_link(f"items/{file}", "Download the proof", class_="ck-button"),
        " ",
        file_link(SCRIPT, SCRIPT, class_="ck-button"),
        class_="ck-actions",
    )
    yield h(
        "p",
        "The proof is one file with the record, the captures and their entries; no text is in it. "
        "Check it offline, with citekit or with the small program beside it:",
    )
    ours, theirs, what = _trust(seal)
    yield h("pre", f"citekit check-proof {file} {ours}\npython {SCRIPT} {file} {theirs}")
    yield h("p", what)


def _trust(seal: ItemSeal) -> tuple[str, str, str]:
    """What a check starts from: an option for citekit, one for the program, and what it means."""
    if seal.signers:
        what = (
            "VKEY is the public key of the log. Take it from where its owner published it, not "
            "from this site: who forges a site brings a key along."
        )
        return "--trust VKEY", "--vkey VKEY", what
    size, root = seal.checkpoint.size, b64encode(seal.checkpoint.root).decode()
    what = (
        "Nobody has signed this checkpoint. So compare it with one that you, or somebody you "
        "trust, kept elsewhere: FILE, or its size and root. Those printed here prove nothing."
    )
    return "--checkpoint FILE", f"--size {size} --root {root}", what
