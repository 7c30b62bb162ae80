"""``render``: a paper in Markdown with its citations made, in Markdown, HTML, LaTeX or as text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from citekit.app.papers.markdown import read_markdown
from citekit.app.rendering.affixes import Aside, from_markdown
from citekit.app.rendering.archive_of import read_paper
from citekit.app.rendering.made import Asked, make
from citekit.app.rendering.sources import (
    Sources,
    is_inside,
    not_read,
    read_files,
    read_references,
)
from citekit.app.rendering.splice import Splice
from citekit.app.rendering.wishes import read_wishes
from citekit.csl.output.render import renderer
from citekit.errors import InvalidData, Place
from citekit.findings import Finding, Severity
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.papers.markdown import Cluster, KeyInText, MarkdownPaper
    from citekit.app.papers.markdown.metadata import Metadata
    from citekit.app.rendering.documents import HtmlLook
    from citekit.app.rendering.latex_body import LatexLook
    from citekit.app.rendering.made import MadePaper
    from citekit.app.rendering.wishes import Wishes
    from citekit.csl.output.tokens import Token
    from citekit.store.reading import ArchiveReader

PaperFormat = Literal["markdown", "html", "latex", "text"]
_MOST_HINTS: Final = 20
MOST_READ: Final = 1_000_000
"""Signs that are made into HTML or LaTeX; each bracket costs markdown-it up to 30 µs."""


class RenderedPaper(Value):
    """A paper with its citations made.

    ``cited`` are the keys of the bibliography, in its order, ``unknown`` those that nobody knows;
    ``findings`` tell these with their lines, and what else is wrong.
    """

    text: str
    format: str
    cited: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text


def render(
    store: ArchiveReader | None,
    paper: str | Path,
    *,
    style: str | None = None,
    locale: str | None = None,
    to: PaperFormat = "markdown",
    bibliography: Sequence[str | Path] = (),
    with_private: bool = False,
) -> RenderedPaper:
    """A paper in Pandoc's Markdown with its citations made, and its bibliography.

    Sources are its own ``references``, the archive, the files named here (``bibliography``), and
    those that its metadata name in its folder, in this order. The archive gives nothing private or
    withdrawn unless ``with_private``. ``style`` and ``locale`` win over what the paper says. A key
    that nobody knows is set in bold letters, and is a finding. Raises NotFound for a paper, file or
    style, UsageError for a style outside of the paper's folder, InvalidData for what cannot be
    read, StorageFailed.
    """
    path = Path(paper)
    read = read_markdown(read_paper(path))
    wishes = read_wishes(
        read.metadata, path.parent, store, style=style, locale=locale, uncited=read.uncited()
    )
    sources, told = read_sources(
        read.metadata, path.parent, store, bibliography, with_private=with_private
    )
    rendered = _Rendering(read, sources, wishes).to(to)
    findings = (*read.metadata.findings, *rendered.findings)
    return replace(rendered, findings=(*told, *(_in(str(path), finding) for finding in findings)))


def read_sources(
    metadata: Metadata,
    folder: Path,
    archive: ArchiveReader | None,
    bibliography: Sequence[str | Path] = (),
    *,
    with_private: bool = False,
    is_markdown: bool = True,
) -> tuple[Sources, list[Finding]]:
    """What a paper in this folder can cite, and what of it could not be read.

    Titles in the metadata are Markdown, or else have CSL's mark-up.
    """
    references, wrong = read_references(metadata.fields.get("references"), markdown=is_markdown)
    named = [folder / name for name in metadata.texts("bibliography")]
    within = [path for path in named if is_inside(path, folder)]
    items, unread = read_files([*map(Path, bibliography), *within])
    sources = Sources(archive, references=references, files=items, with_private=with_private)
    return sources, [*wrong, *unread, *(not_read(path) for path in named if path not in within)]


class _Rendering:
    """One paper, on its way to an output."""

    def __init__(self, paper: MarkdownPaper, sources: Sources, wishes: Wishes) -> None:
        self.paper = paper
        self.sources = sources
        self.wishes = wishes
        self.aside: Aside[str] = Aside()
        read = list(paper.in_reading_order())
        self.clusters = [cluster for cluster, _ in read if not self._is_cross_reference(cluster)]
        asked = [self._asked(*one) for one in read if not self._is_cross_reference(one[0])]
        self.made = make(asked, sources, wishes)

    def _is_cross_reference(self, cluster: Cluster) -> bool:
        """Whether all keys are labels of the paper itself."""
        return all(
            key.key in self.paper.labels and self.sources.find(key.key) is None
            for key in cluster.keys
        )

    def _asked(self, cluster: Cluster, notes_before: int) -> Asked:
        return Asked(
            keys=tuple(self._marked_up(key) for key in cluster.keys),
            is_narrative=cluster.is_narrative,
            is_in_note=bool(cluster.note),
            notes_before=notes_before,
        )

    def _marked_up(self, key: KeyInText) -> KeyInText:
        """The key with CSL's mark-up in what stands around it."""
        prefix = from_markdown(key.prefix, self.aside)
        return replace(key, prefix=prefix, rest=from_markdown(key.rest, self.aside))

    def to(self, format_: PaperFormat) -> RenderedPaper:
        """The paper in a format, with what was found on the way."""
        placed = list(zip(self.clusters, self.made.citations, strict=True))
        look = self._look(format_)
        text = Splice(self._spliced(format_), look, self.wishes).text(placed, self.made)
        unknown = self._unknown()
        return RenderedPaper(
            text=look.whole(text, self.paper.metadata, self.made.lang),
            format=format_,
            cited=tuple(key for key, _ in self.made.entries),
            unknown=tuple(dict.fromkeys(name for name, _ in unknown)),
            findings=(*unknown_keys(unknown, self.sources), *self._unread()),
            warnings=self.made.warnings,
        )

    def _look(self, format_: PaperFormat) -> HtmlLook | LatexLook | PlainLook:
        if format_ in ("markdown", "text"):
            return PlainLook(format_, self.aside, self.wishes)
        if len(self.paper.text) > MOST_READ:
            message = f"has more than {MOST_READ:,} signs, which is too much for {format_}"
            raise InvalidData(message, hint="--to markdown takes it")
        from citekit.app.rendering import whole  # the reader of Markdown, which most need not

        return whole.LOOKS[format_](self.aside, self.wishes)

    def _spliced(self, format_: PaperFormat) -> MarkdownPaper:
        """The paper, free of signs that would be taken for ours."""
        if format_ in ("markdown", "text"):
            return self.paper
        clean = self.aside.without_signs
        return replace(self.paper, text=clean(self.paper.text), plain=clean(self.paper.plain))

    def _unknown(self) -> list[tuple[str, Place]]:
        """Each key that nobody knows, with its place, in the order of the text."""
        keys = [key for citation in self.made.citations for key in citation.unknown]
        found = []
        for key in sorted(keys, key=lambda key: key.start):
            line, column = self.paper.place(key.start)
            found.append((key.key, Place(line=line, column=column)))
        uncited = [name for name in self.wishes.uncited if name != "*"]
        lacking = [name for name in uncited if self.sources.find(name) is None]
        return [*found, *((name, Place(json_path="nocite")) for name in lacking)]

    def _unread(self) -> Iterator[Finding]:
        """A finding for each citation in a note that nothing leads to."""
        read = set(self.clusters)
        for cluster in self.paper.clusters:
            if cluster not in read and not self._is_cross_reference(cluster):
                line, column = self.paper.place(cluster.start)
                yield Finding(
                    code="CK-W744",
                    severity=Severity.WARNING,
                    message=f"stands in a note that nothing leads to: {cluster.keys[0].key}",
                    place=Place(line=line, column=column),
                    rule="unread-note",
                    hint=f"the text needs its mark, [^{cluster.note}]",
                )


class PlainLook:
    """Citations in Markdown or as text, as one of our renderers writes them."""

    def __init__(self, format_: str, aside: Aside[str], wishes: Wishes) -> None:
        self._render = renderer(format_)
        self._aside = aside
        self._has_targets = format_ == "markdown" and wishes.links_citations

    def citation(self, tokens: Sequence[Token]) -> str:
        """A citation on one line."""
        text = self._render(tokens).replace("\n", " ")
        return self._aside.restore(text, str)

    def whole(self, text: str, metadata: Metadata, lang: str) -> str:
        """The paper as it is."""
        del metadata, lang
        return text

    def bibliography(self, made: MadePaper) -> str:
        """The entries as paragraphs, in divs where citations lead to them."""
        entries = [(key, self._render(tokens).rstrip("\n")) for key, tokens in made.entries]
        if self._has_targets:
            return "\n\n".join(
                f"::: {{#ref-{key} .csl-entry}}\n{text}\n:::" for key, text in entries
            )
        return "\n\n".join(text for _, text in entries)


def unknown_keys(keys: Sequence[tuple[str, Place]], sources: Sources) -> Iterator[Finding]:
    """A finding for each key that cannot be cited; the first have hints, which take their time."""
    hints = {name: sources.hint(name) for name in list(dict.fromkeys(dict(keys)))[:_MOST_HINTS]}
    for name, place in keys:
        if sources.is_kept_back(name):
            yield Finding(
                code="CK-E745",
                message=f"is not for others, and left out: {name}",
                place=place,
                rule="private-in-paper",
                hint="--with-private cites what is private or withdrawn",
            )
        else:
            yield Finding(
                code="CK-E743",
                message=f"no source has the key {name}",
                place=place,
                rule="unknown-key",
                hint=hints.get(name, ""),
            )


def _in(path: str, finding: Finding) -> Finding:
    return replace(finding, place=(finding.place or Place())._replace(path=path))
