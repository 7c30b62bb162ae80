r"""LaTeX: the keys in cite commands of LaTeX itself, natbib, biblatex, csquotes and their kin.

A command is one of citing by its name (``\cite``, ``\Parencites``, ``\mycite``): whatever has
``cite`` in it and is no setting. Comments, verbatim text, what ``\iffalse`` hides and what stands
behind ``\end{document}`` are blanked first. Every pattern takes what it has read: the time is that
of the text's length.

Sources: natbib manual; biblatex manual §3.9; csquotes manual §5; Lamport, LaTeX, §C.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.papers.found import Found, Spots, blanked
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.papers.found import Spot
    from citekit.formats.bibtex.mapping import Dialect

_VERBATIM: Final = (
    r"verbatim\*?|[BLS]?Verbatim\*?|SaveVerbatim|VerbatimOut|verbatimtab|lstlisting|minted|comment"
    r"|filecontents\*?|tcblisting|Highlighting|[SR](?:input|output)"
)
_HIDDEN: Final = re.compile(
    r"\\[\\%]|(?P<comment>%[^\r\n]*)"
    rf"|\\begin\s*\{{(?P<verbatim>{_VERBATIM})\}}"
    r"|\\(?:verb|lstinline(?:\[[^\]\r\n]*\])?|mintinline(?:\[[^\]\r\n]*\])?\{[^{}\r\n]*\})\*?"
    r"(?P<delimiter>[^\sA-Za-z*])"
    r"|(?P<address>\\(?:url|nolinkurl|path|href)\s*\{[^{}\r\n]*\})"
    r"|(?P<false>\\iffalse)(?![A-Za-z@])"
    r"|(?P<end>\\end\s*\{document\}|\\endinput(?![A-Za-z@]))"
)
_CONDITION: Final = re.compile(
    r"\\(?:(?P<if>if(?:cat|x|num|dim|odd|[vhm]mode|inner|void|[vh]box|eof|true|false|case|defined"
    r"|csname|fontchar|pdf|xetex|luatex|@\w+)?)|(?P<else>else)|(?P<fi>fi))(?![A-Za-z@])"
)
_COMMAND: Final = re.compile(r"\\([A-Za-z@]+)\*?")
_BLANK: Final = r"[ \t]*(?:\r\n?|\n)?[ \t]*"
_GROUP: Final = r"\{(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.)*+\})*+\})*+\}"
_OPTION: Final = rf"\[(?:[^\[\]{{}}\\]|\\.|{_GROUP})*+\]"
_OPTIONS: Final = re.compile(rf"{_BLANK}(?:(?:{_OPTION}|<[^<>{{}}\r\n]*+>){_BLANK})*+", re.DOTALL)
_LIST_OPTIONS: Final = re.compile(
    rf"{_BLANK}(?:\((?:[^(){{}}\\]|\\.|{_GROUP})*+\){_BLANK}){{0,2}}+", re.DOTALL
)
_FLAT: Final = re.compile(r"\{([^{}]*+)\}")
_PARTS: Final = re.compile(r"[^\s,](?:[^,]*[^\s,])?")
_FILE: Final = re.compile(r"\s*([^\s{}\\%\"|]+)")

_NO_CITES: Final = re.compile(
    r"(?:if|at|declare|set|new|renew|provide|def|every|mkcite|blx|abx)"
    r"|(?:citestyle|citetext|citesetup|citereset|citetracker|bibcite|citepunct|citedelim)"
)
_QUOTES: Final = frozenset({"displaycquote", "foreigndisplaycquote", "hyphendisplaycquote"})
_INCLUDES: Final = frozenset({"input", "include", "subfile", "subfileinclude", "InputIfFileExists"})
_IMPORTS: Final = frozenset(
    f"{sub}{name}" for sub in ("", "sub") for name in ("import", "includefrom", "inputfrom")
)
_RESOURCES: Final = frozenset({"addbibresource", "addglobalbib", "addsectionbib"})
_CLASSIC: Final = frozenset({"bibliography", "nobibliography"})


class CiteCommand(Value):
    """A command that cites, from its backslash to behind its last key."""

    name: str
    start: int
    end: int


def find_in_latex(text: str) -> Found:
    r"""What a LaTeX file cites and reads.

    >>> [m.key for m in find_in_latex(r"As \textcite[see][p.~3]{quill, lund} says % \cite{no}")
    ...     .keys]
    ['quill', 'lund']
    """
    reader = _Reader(without_hidden(text))
    reader.run()
    spots = Spots(text)
    return Found(
        keys=spots.keys(reader.keys),
        included=spots.files(reader.files),
        bibliographies=tuple(reader.bibliographies),
        cites_all=reader.cites_all,
        dialect=reader.dialect,
    )


def cited_by_commands(text: str) -> list[Spot]:
    """The keys in cite commands of a text that is no LaTeX else, where ``%`` begins no comment."""
    reader = _Reader(text)
    reader.run()
    return reader.keys


def cite_commands(text: str) -> list[CiteCommand]:
    """The commands that cite; of those that quote, up to the words that they quote."""
    reader = _Reader(text)
    reader.run()
    return reader.commands


def without_hidden(text: str) -> str:
    """The text with blanks for comments, verbatim text, addresses and what is never set."""
    parts, at = [], 0
    while (match := _HIDDEN.search(text, at)) is not None:
        parts.append(text[at : match.start()])
        if match["end"]:
            return "".join(parts)
        end = _end_of_hidden(text, match)
        hides = end > match.end() or match["comment"] or match["address"] or match["false"]
        hidden = text[match.start() : end]
        parts.append(blanked(hidden) if hides else hidden)
        at = end
    return "".join([*parts, text[at:]])


def _end_of_hidden(text: str, match: re.Match[str]) -> int:
    """Where that ends which a match begins; what is never closed hides all the rest, as in TeX."""
    if match["verbatim"]:
        end = re.compile(rf"\\end\s*\{{{re.escape(match['verbatim'])}\}}").search(text, match.end())
        return end.end() if end else len(text)
    if match["delimiter"]:
        closes = {"{": "}"}.get(match["delimiter"], match["delimiter"])
        end = re.compile(rf"[^\r\n{re.escape(closes)}]*{re.escape(closes)}").match(
            text, match.end()
        )
        return end.end() if end else match.end()
    return _end_of_false(text, match.end()) if match["false"] else match.end()


def _end_of_false(text: str, at: int) -> int:
    r"""Behind the ``\else`` or ``\fi`` of an ``\iffalse``."""
    depth = 1
    for sign in _CONDITION.finditer(text, at):
        depth += 1 if sign["if"] else -1 if sign["fi"] else 0
        if depth == 0 or (depth == 1 and sign["else"]):
            return sign.end()
    return len(text)


class _Reader:
    """What the commands of one text say."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.keys: list[Spot] = []
        self.commands: list[CiteCommand] = []
        self.files: list[Spot] = []
        self.bibliographies: list[str] = []
        self.cites_all = False
        self.dialect: Dialect | None = None

    def run(self) -> None:
        for command in _COMMAND.finditer(self.text):
            name, at = command[1], command.end()
            if name in _INCLUDES:
                self._include(command)
            elif name in _IMPORTS:
                self._import(at)
            elif (
                name in _RESOURCES
                or name in _CLASSIC
                or name in ("bibliographystyle", "usepackage")
            ):
                self._resources(name, at)
            elif name == "begin":
                self._environment(at)
            elif is_cite(name):
                self._cite(name, command.start(), at)

    def _group(self, at: int) -> re.Match[str] | None:
        """The next argument in braces, behind options."""
        options = _OPTIONS.match(self.text, at)
        return _FLAT.match(self.text, options.end() if options else at)

    def _cite(self, name: str, start: int, at: int) -> None:
        is_list = name.lower().endswith(("cites", "texts"))
        if is_list and (options := _LIST_OPTIONS.match(self.text, at)):
            at = options.end()
        group = self._group(at)
        if group and re.search(r"(?i)volcites?$|(?:foreign|hyphen)\w*quote$", name):
            group = self._group(group.end())  # behind the volume, or the language
        while group:
            self._take(name, group)
            end = group.end()
            group = self._group(end) if is_list else None
            if group is None:
                self.commands.append(CiteCommand(name=name, start=start, end=end))

    def _take(self, name: str, group: re.Match[str]) -> None:
        for key, at in _parts(group):
            if key == "*":
                self.cites_all = self.cites_all or "nocite" in name.lower()
            elif "\\" not in key and not re.search(r"#\d", key):  # an argument of a definition
                self.keys.append((key, at))

    def _environment(self, at: int) -> None:
        name = _FLAT.match(self.text, at)
        if name and name[1] in _QUOTES:
            self._cite(name[1].replace("display", ""), name.start(), name.end())

    def _include(self, command: re.Match[str]) -> None:
        group = self._group(command.end())
        bare = None if group or command[1] != "input" else _FILE.match(self.text, command.end())
        if group and (name := _file_name(group[1])):
            self.files.append((name, group.start(1)))
        elif bare:
            self.files.append((bare[1], bare.start(1)))

    def _import(self, at: int) -> None:
        folder = self._group(at)
        file = self._group(folder.end()) if folder else None
        if folder and file and (name := _file_name(f"{folder[1].strip().rstrip('/')}/{file[1]}")):
            self.files.append((name, file.start(1)))

    def _resources(self, name: str, at: int) -> None:
        group = self._group(at)
        if group is None:
            return
        names = [part for part, _ in _parts(group)]
        if name in _RESOURCES or (name == "usepackage" and "biblatex" in names):
            self.dialect = "biblatex"
        elif name == "bibliographystyle":
            self.dialect = self.dialect or "bibtex"
        if name in _RESOURCES:
            self.bibliographies += names
        elif name in _CLASSIC:
            self.bibliographies += [n if n.endswith(".bib") else f"{n}.bib" for n in names]


def is_cite(name: str) -> bool:
    """Whether a command cites, going by its name.

    >>> [is_cite(n) for n in ("Parencites", "nocite", "blockcquote", "citestyle", "section")]
    [True, True, True, False, False]
    """
    folded = name.lower()
    is_one = "cite" in folded or folded.endswith("cquote") or folded == "bibentry"
    return is_one and not _NO_CITES.match(folded)


def _parts(group: re.Match[str]) -> Iterator[Spot]:
    """The parts between commas, each with its offset."""
    for part in _PARTS.finditer(group[1]):
        yield " ".join(part[0].split()), group.start(1) + part.start()


def _file_name(name: str) -> str:
    """A file's name; empty where a macro or a program makes it."""
    name = name.strip().strip('"')
    return "" if re.search(r'[\\#|"{}]', name) else name
