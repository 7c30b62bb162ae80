r"""What a run of LaTeX left behind: ``.aux`` for BibTeX, ``.bcf`` for biber.

Both say what the paper really cites, whatever macros it does it with. Sources: btxdoc, "BibTeXing";
biblatex manual §4.11, ``bcf.rnc`` of biber.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.papers.found import CitedKey, Found, Spots
from citekit.app.papers.xml_events import XmlEvents
from citekit.errors import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.app.papers.found import Spot
    from citekit.formats.bibtex.mapping import Dialect

_LINE: Final = re.compile(
    r"\\(?P<name>citation|abx@aux@cite|bibdata|bibstyle|@input)(?:\{\d+\})?\{(?P<said>[^{}]*)\}"
)
_PART: Final = re.compile(r"[^\s,]+")
_CONTROL: Final = re.compile(
    r"biblatex-control|REVTEX\d*Control|a[ip]ps?rev\d*Control", re.IGNORECASE
)
"""Keys that packages cite to talk to their own BibTeX styles, from files that they write."""


def find_in_aux(text: str) -> Found:
    """What an ``.aux`` file says that the paper cites and reads."""
    keys: list[Spot] = []
    files: list[Spot] = []
    bibliographies: list[str] = []
    dialect: Dialect | None = None
    for line in _LINE.finditer(text):
        name, parts = line["name"], list(_PART.finditer(line["said"]))
        if name in ("citation", "abx@aux@cite"):
            keys += [(part[0], line.start("said") + part.start()) for part in parts]
            dialect = "biblatex" if name.startswith("abx") else dialect
        elif name == "bibdata":
            bibliographies += [f"{part[0]}.bib" for part in parts if not part[0].endswith("-blx")]
        elif name == "bibstyle":
            dialect = dialect or ("biblatex" if line["said"] == "biblatex" else "bibtex")
        else:
            files.append((line["said"], line.start("said")))
    spots = Spots(text)
    cited = [spot for spot in keys if spot[0] != "*" and not _CONTROL.fullmatch(spot[0])]
    return Found(
        keys=spots.keys(cited),
        included=spots.files(files),
        bibliographies=tuple(bibliographies),
        cites_all=any(key == "*" for key, _ in keys),
        dialect=dialect,
    )


def find_in_bcf(data: bytes) -> Found:
    """What a ``.bcf`` file says; raises InvalidData for what is no XML or has a DOCTYPE."""
    reader = _ControlFile()
    reader.read(data)
    return Found(
        keys=tuple(cited for cited in reader.keys if cited.key != "*"),
        bibliographies=tuple(reader.sources),
        cites_all=any(cited.key == "*" for cited in reader.keys),
        dialect="biblatex",
    )


class _ControlFile(XmlEvents):
    """The elements of a control file that name keys and sources."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[CitedKey] = []
        self.sources: list[str] = []
        self._place = Place()
        self._text: list[str] | None = None

    def began(self, kind: str, attributes: Mapping[str, str]) -> None:
        """A key, or a source; of a set that the paper makes itself, its members are keys."""
        self._place = Place(line=self.line)
        if attributes.get("type") == "set":
            for member in attributes.get("members", "").split(","):
                self._mention(member)
        elif kind == "citekey" or (
            kind == "datasource" and attributes.get("datatype", "bibtex") == "bibtex"
        ):
            self._text = []

    def ended(self, kind: str) -> None:
        """Take what stands in the element."""
        if self._text is None:
            return
        text, self._text = "".join(self._text).strip(), None
        if kind == "citekey":
            self._mention(text)
        elif text:
            self.sources.append(text)

    def said(self, text: str) -> None:
        """Text of a key or source."""
        if self._text is not None:
            self._text.append(text)

    def _mention(self, key: str) -> None:
        if key.strip():
            self.keys.append(CitedKey(key=key.strip(), place=self._place))
