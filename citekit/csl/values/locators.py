"""Locators: which label a cite's pinpoint has, said or written into the locator itself.

Source: CSL 1.0.2, Appendix III, Locators.
"""

from __future__ import annotations

# What people write before a number. The list is English, in every locale, as in the reference
# processor; the specification leaves it open.
_ABBREVIATIONS = {
    "app.": "appendix", "art.": "article-locator", "bk.": "book", "ch.": "chapter",
    "col.": "column", "fig.": "figure", "fol.": "folio", "l.": "line", "n.": "note",
    "no.": "issue", "op.": "opus", "p.": "page", "para.": "paragraph", "pp.": "page",
    "pt.": "part", "r.": "rule", "sec.": "section", "supp.": "supplement", "vol.": "volume",
    "vrs.": "verse",
}  # fmt: skip
LABELS = frozenset(
    """act appendix article-locator book canon chapter column elocation equation figure folio issue
    line note opus page paragraph part rule scene section sub-verbo supplement table timestamp
    title-locator verse version volume""".split()  # noqa: SIM905  # a list of words reads better
)
"""The kinds of locators there are (CSL 1.0.2, Appendix III)."""
_OWN = {"volume": "vol.", "issue": "no."}


def read_locator(text: str, label: object) -> tuple[str, str]:
    """(locator, label): an abbreviation at the head of the text, else what was said or ``page``.

    >>> read_locator("ch. 3", "page")
    ('3', 'chapter')
    """
    text = text.strip()
    said = label if isinstance(label, str) and label else "page"
    said = said.replace(" ", "-") if said.startswith("sub ") else said
    return _split(text) or (text, said)


def numbered(text: str) -> tuple[str, str]:
    """(number, label) of the variable ``number``: ``op. 14`` brings a label of its own."""
    found = _split(text.strip())
    if found is None:
        return text, "number"
    number, label = found
    return number, "number" if label == "issue" else label


def without_own_label(variable: str, text: str) -> str:
    """A volume or issue without the abbreviation of its own name: ``vol. 3`` is 3."""
    label, space, rest = text.partition(" ")
    return rest.strip() if space and label == _OWN.get(variable) else text


def _split(text: str) -> tuple[str, str] | None:
    """The rest of a text and the label at its head, if there is one."""
    head, space, rest = text.partition(" ")
    label = _ABBREVIATIONS.get(head)
    return (rest.strip(), label) if space and label and rest[:1].isalnum() else None
