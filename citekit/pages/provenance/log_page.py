"""The page about the archive's log: what stands in it, what that proves, and what it does not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.pages import wording
from citekit.pages.element import Content, Element, h, page_link
from citekit.pages.provenance.seal_panel import checkpoint_list

if TYPE_CHECKING:
    from citekit.pages.library import Library
    from citekit.pages.provenance.seals import Seals

NAME: Final = "provenance"

_WORDS: Final = Path(__file__).with_name("promises.toml")


def provenance_body(library: Library) -> list[Element]:
    """The state of the log, and its promises with their limits, for readers new to logs."""
    seals = library.seals
    name = library.provenance_page
    more = h("p", page_link(name, "More about how this works"), ".") if name != NAME else None
    parts = [
        h(
            "p",
            "Every change of this archive can be entered in a log that only grows. A checkpoint "
            "sums the whole log up in one short value, its root: changing, dropping or reordering "
            "anything that was entered gives another root. To seal is to write a checkpoint, and "
            "to sign it where there is a key.",
        ),
        more,
        _state(seals),
        _promises(),
        _how_to_check(library) if seals.checkpoint else None,
    ]
    return [part for part in parts if part is not None]


def _state(seals: Seals) -> Element:
    content: list[Content]
    if seals.trouble:
        text = f"The log of this archive is damaged ({seals.trouble}). Nothing is proven."
        content = [h("p", text, class_="ck-warning")]
    elif seals.checkpoint is None:
        content = [h("p", h("strong", "Not sealed: nothing proven yet."), class_="ck-why")]
    else:
        files = wording.count(len(seals.changed), "file is", "files are")
        changes = f"{files} not in the log as they are now: a later seal takes that in."
        keys = [h("li", h("code", vkey, class_="ck-digest")) for vkey in seals.keys]
        content = [
            checkpoint_list(seals.checkpoint, seals.signers),
            h("p", changes, class_="ck-why ck-unsealed") if seals.changed else None,
            h("p", "Keys this log says it was signed with. Compare; do not trust a copy here:")
            if keys
            else None,
            h("ul", keys) if keys else None,
        ]
    return h("section", h("title", "The log of this archive"), content, id="log")


def _promises() -> Element:
    said = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    head = h("tr", h("th", "What you bring along"), h("th", "What a check then shows"))
    rows = [h("tr", h("td", part["thing"]), h("td", part["shown"])) for part in said["brought"]]
    limits = [
        h("li", h("p", h("strong", part["what"]), " ", part["why"])) for part in said["limit"]
    ]
    return h(
        "section",
        h("title", "What a seal proves, and what not"),
        h("p", "How much is proven depends on what you have from outside the archive."),
        h("table", head, rows),
        h("p", "What no seal proves:"),
        h("ul", limits),
        id="limits",
    )


def _how_to_check(library: Library) -> Element:
    trust = " --trust VKEY" if library.seals.signers else ""
    return h(
        "section",
        h("title", "Check it yourself"),
        h(
            "p",
            library.on_site(
                "A single source: its page has a proof to download, and the commands. "
            ),
            "The whole archive, where you have a copy of its folder:",
        ),
        h("pre", f"citekit verify{trust}\ncitekit verify{trust} --checkpoint FILE"),
        h(
            "p",
            "FILE is a copy of log/checkpoint from an earlier day, kept where the archive's owner "
            "cannot change it. Keep one now: you can then tell later whether anything was "
            "taken back.",
        ),
        id="check",
    )
