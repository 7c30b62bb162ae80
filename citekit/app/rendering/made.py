"""The citations of a paper, made in one run: positions, numbers, notes and likenesses are settled.

What is asked for comes from a reader of Markdown or from Pandoc; what is made are tokens, for any
output. Both ways make the same, since nothing is decided in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citekit.app.citing.citation_syntax import make_cite
from citekit.app.citing.locator_syntax import LABELS
from citekit.app.papers.markdown import KeyInText
from citekit.csl import Citation, Document, compile_style
from citekit.csl.output.spacing import Spacing, label_width
from citekit.csl.output.tokens import CLOSE, OPENS, Open, Token
from citekit.csl.output.writer import flatten
from citekit.csl.passes.bibliography import spacing
from citekit.errors import UsageError
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from citekit.app.rendering.sources import Sources
    from citekit.app.rendering.wishes import Wishes
    from citekit.csl import Program
    from citekit.csl.output.runs import CiteLink
    from citekit.model.item import Item

Cite = dict[str, Any]


class Asked(Value):
    """A citation that a paper asks for.

    What stands around its keys has CSL's mark-up. ``notes_before`` counts the paper's own notes up
    to here, with the one that it stands in.
    """

    keys: tuple[KeyInText, ...]
    is_narrative: bool = False
    is_in_note: bool = False
    notes_before: int = 0


class MadeCitation(Value):
    """A citation as it reads.

    ``name`` are the tokens of the author in the sentence, where the rest stands in a note.
    ``is_note`` says that it becomes a note, ``ends_note`` that it would, but stands in one and ends
    as one; ``is_raised`` that it is a superscript. ``unknown`` are its keys that nobody knows.
    """

    tokens: tuple[Token, ...]
    name: tuple[Token, ...] = ()
    is_note: bool = False
    ends_note: bool = False
    is_raised: bool = False
    unknown: tuple[KeyInText, ...] = ()


class MadePaper(Value):
    """All citations of a paper, in the order asked for, and its bibliography (key, tokens).

    ``lang`` is the tag of the language that they are in.
    """

    citations: tuple[MadeCitation, ...]
    entries: tuple[tuple[str, tuple[Token, ...]], ...]
    spacing: Spacing
    lang: str
    warnings: tuple[str, ...] = ()


_BOLD: Final = OPENS["font-weight", "bold"]


def make(asked: Sequence[Asked], sources: Sources, wishes: Wishes) -> MadePaper:
    """Make the citations of a paper, and its bibliography."""
    return _Making(asked, sources, wishes).made()


class _Making:
    """One run of the processor over one paper."""

    def __init__(self, asked: Sequence[Asked], sources: Sources, wishes: Wishes) -> None:
        self.asked = asked
        self.sources = sources
        self.wishes = wishes
        self.program = compile_style(wishes.style, wishes.locale, links=wishes.links)
        self.labels = _labels(self.program)
        self.is_note_style = self.program.style.style_class == "note"
        self.unknown: list[list[KeyInText]] = [[] for _ in asked]
        self.citations: list[Citation | None] = []
        self.items: dict[str, Item] = {}
        note = 0
        for number, one in enumerate(asked):
            cites = self._cites(number, one)
            is_new_note = self._is_note(one, is_known=bool(cites))
            note += is_new_note
            stands_in = one.notes_before + note if one.is_in_note or is_new_note else 0
            mode = "composite" if one.is_narrative and not self.is_note_style else ""
            citation = Citation(id=str(number), cites=tuple(cites), note=stands_in, mode=mode)
            self.citations.append(citation if cites else None)
        self.document = self._document()

    def _is_note(self, asked: Asked, *, is_known: bool) -> bool:
        """Whether a citation becomes a note; the sentence alone says that its key is unknown."""
        is_outside = self.is_note_style and not asked.is_in_note
        return is_outside and (is_known or not asked.is_narrative)

    def made(self) -> MadePaper:
        """Everything, as tokens."""
        entries = list(self._entries())
        widest = max((label_width(tokens) for _, tokens in entries), default=0)
        return MadePaper(
            citations=tuple(self._made(number) for number in range(len(self.asked))),
            entries=tuple(entries),
            spacing=spacing(self.program, widest),
            lang=self.program.locale.lang,
            warnings=tuple(map(str, self.document.warnings)),
        )

    # ---- what goes in

    def _cites(self, number: int, asked: Asked) -> list[Cite]:
        """The cites of those keys that are known, around which the others are told."""
        cites: list[Cite] = []
        waiting: list[KeyInText] = []
        for key in asked.keys:
            cite = self._cite(key)
            if cite is None:
                self.unknown[number].append(key)
                waiting.append(key)
                continue
            if waiting:
                before = f"{self._marked(waiting)}{self._delimiter()}"
                cite["prefix"] = before + cite.get("prefix", "")
                waiting = []
            cites.append(cite)
        if waiting and cites:
            cites[-1]["suffix"] = "".join(
                [cites[-1].get("suffix", ""), self._delimiter(), self._marked(waiting)]
            )
        return cites

    def _cite(self, key: KeyInText) -> Cite | None:
        try:
            cite = make_cite(
                key.key,
                self._knows,
                prefix=key.prefix,
                rest=key.rest,
                suppresses_author=key.suppresses_author,
                labels=self.labels,
            )
        except UsageError:  # a passage that is none: as a whole it is no key either
            return None
        item = self.sources.find(cite["id"])
        return None if item is None else {**cite, "id": self._noted(item)}

    def _noted(self, item: Item) -> str:
        """The key of an item, which is given to the document."""
        self.items.setdefault(item.key, item)
        return item.key

    def _knows(self, name: str) -> bool:
        return self.sources.find(name) is not None

    def _marked(self, keys: Iterable[KeyInText]) -> str:
        return self._delimiter().join(f"<b>{key.key}?</b>" for key in keys)

    def _delimiter(self) -> str:
        return self.program.style.citation.look.delimiter or "; "

    def _document(self) -> Document:
        """All citations, settled."""
        listed = dict.fromkeys(self._uncited())
        items = [item.csl() for item in self.items.values()]
        document = Document(self.program, items, abbreviations=self.wishes.abbreviations)
        document.arrange([citation for citation in self.citations if citation is not None])
        for key in listed:
            document.list_item(key)
        document.changes()
        return document

    def _uncited(self) -> Iterator[str]:
        names = self.wishes.uncited
        for name in self.sources.all_keys() if "*" in names else names:
            if (item := self.sources.find(name)) is not None:
                yield self._noted(item)

    # ---- what comes out

    def _made(self, number: int) -> MadeCitation:
        asked, citation = self.asked[number], self.citations[number]
        is_note = self._is_note(asked, is_known=citation is not None)
        if citation is None:
            tokens: tuple[Token, ...] = tuple(self._unknown_alone(asked))
        else:
            tokens = tuple(self.document.tokens(citation.id, link=self._link()))
        return MadeCitation(
            tokens=tokens,
            name=self._name(citation) if citation and is_note and asked.is_narrative else (),
            is_note=is_note,
            ends_note=self.is_note_style and asked.is_in_note,
            is_raised=not is_note and _is_raised(tokens),
            unknown=tuple(self.unknown[number]),
        )

    def _link(self) -> CiteLink | None:
        wishes = self.wishes
        return wishes.cite_link if wishes.links_citations and wishes.has_bibliography else None

    def _name(self, citation: Citation) -> tuple[Token, ...]:
        """The author for the sentence, whose source is told in the note."""
        tree = self.document.cite(citation.cites[:1], "author-only")
        return tuple(flatten(tree, self.program.locale))

    def _unknown_alone(self, asked: Asked) -> Iterator[Token]:
        """Keys that nobody knows, each in bold letters with a question mark, as Pandoc does."""
        is_bare = asked.is_narrative or self.is_note_style
        yield from [] if is_bare else ["("]
        for i, key in enumerate(asked.keys):
            yield from [self._delimiter()] if i else []
            yield from _bold(key)
        yield from [] if is_bare else [")"]

    def _entries(self) -> Iterator[tuple[str, tuple[Token, ...]]]:
        if not self.wishes.has_bibliography:
            return
        for key, tree in self.document.bibliography():
            yield key, tuple(flatten(tree, self.program.locale))


def _bold(key: KeyInText) -> tuple[Token, ...]:
    return (_BOLD, f"{key.key}?", CLOSE)


def _is_raised(tokens: Sequence[Token]) -> bool:
    """Whether a citation is a superscript as a whole."""
    first = next((t for t in tokens if not (isinstance(t, Open) and t.kind == "link")), None)
    return isinstance(first, Open) and (first.kind, first.value) == ("vertical-align", "sup")


def _labels(program: Program) -> Mapping[str, str]:
    """The words for kinds of locators: those in English, and those of the paper's language."""
    words: dict[str, str] = {}
    for label in dict.fromkeys(LABELS.values()):
        for form in ("long", "short", "symbol"):
            for plural in (False, True):
                text = program.locale.text(label, form, plural=plural)
                words[text.strip().casefold().rstrip(".")] = label
    words.pop("", None)
    return {**words, **LABELS}
