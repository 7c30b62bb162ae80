"""Where a paper in Markdown cites."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.app.papers.markdown import Cluster, read_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).parents[2] / "cases" / "papers" / "citations.toml"
CASES = tomllib.loads(FILE.read_text("utf-8"))["case"]


def shown(cluster: Cluster, note: int) -> str:
    """A citation on one line; see the head of the cases."""
    parts = []
    for key in cluster.keys:
        name = f"{'-' * key.suppresses_author}@{key.key}"
        parts.append(f"{key.prefix}{'|' * bool(key.prefix)}{name}{'|' * bool(key.rest)}{key.rest}")
    mark = f"^{note} " if cluster.note else ""
    first = cluster.keys[0]
    if cluster.is_narrative or (len(parts) == 1 and cluster.end == first.end and first.rest == ""):
        return mark + parts[0].replace("|", "(", 1) + ")" * ("|" in parts[0])
    return f"{mark}[{'; '.join(parts)}]"


def citations(text: str) -> list[str]:
    """All of a paper's, in reading order."""
    return [shown(cluster, note) for cluster, note in read_markdown(text).in_reading_order()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"].strip()[:30])
def test_finds_the_citations(case: dict[str, Any]) -> None:
    """Each citation of a paper, what stands around its keys, and the note it is in."""
    assert citations(case["text"]) == case["cites"]
    assert list(read_markdown(case["text"]).uncited()) == case.get("uncited", [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"].strip()[:30])
def test_places_are_exact(case: dict[str, Any]) -> None:
    """A range holds the citation, brackets included; line ends of Windows change nothing."""
    text = case["text"].replace("\n", "\r\n")
    paper = read_markdown(text)
    assert [shown(*one) for one in paper.in_reading_order()] == case["cites"]
    for cluster in paper.clusters:
        first = cluster.keys[0]
        assert text[cluster.start] in "[-@"
        assert text[cluster.end - 1] == "]" or cluster.end == first.end
        for key in cluster.keys:
            assert text[key.start : key.end].lstrip("-@{").rstrip("}") == key.key.strip("{}")


def test_says_line_and_column() -> None:
    """Places are lines and columns from 1."""
    paper = read_markdown("\u00e9 @a\n\n  [see @b]\n")
    found = [paper.place(key.start) for cluster in paper.clusters for key in cluster.keys]
    assert found == [(1, 3), (3, 8)]


def test_reads_the_metadata() -> None:
    """Fields of all blocks, of one that stands twice the last; other blocks are told of."""
    text = "---\ncsl: a.csl\nbibliography: [x.bib, y.json]\nlink-citations: yes\n---\n\n"
    text += "---\ncsl: b.csl\n---\n\n---\nbad: [\n---\n"
    metadata = read_markdown(text).metadata
    assert metadata.text("citation-style", "csl") == "b.csl"
    assert metadata.texts("bibliography") == ("x.bib", "y.json")
    assert (metadata.is_set("link-citations"), metadata.is_set("suppress-bibliography")) == (
        True,
        None,
    )
    assert [(str(f.place), f.code) for f in metadata.findings] == [(":13", "CK-W741")]


def test_knows_labels_of_cross_references() -> None:
    """What a paper calls its figures and sections is told, since they are named with @ as well."""
    text = "![A](a.png){#fig:a width=3}\n\n# B {#sec-b .x}\n\n```{r}\n#| label: tbl-c\n```\n"
    assert read_markdown(text).labels == {"fig:a", "sec-b", "tbl-c"}


PIECES = st.sampled_from(
    [
        "@a", "[@b]", "[see @c, p. 3]", "[@d; -@e]", "@f [p. 4]", "-@g", "@{h/i}", " ", " ", "\n",
        "\n\n", "word", ".", ", ", "*", "`", "``", "\\", "[", "]", "(", ")", ";", "- ", "> ", "# ",
        "    ", "\n\n```\n", "\n```\n", "<!-- ", " -->", "<b>", "</b>", "^[", "[^1]", "\n\n[^1]: ",
        "\n\n::: x\n\n", "\n\n:::\n\n", "(u)", "$", "1. ",
        "\n\n| x | y |\n|---|---|\n| @j | k |\n\n",
    ]
)  # fmt: skip
PAPERS = st.lists(PIECES, max_size=25).map("".join)


@given(st.text() | PAPERS)
def test_any_text_is_read(text: str) -> None:
    """Whatever a file holds, its citations are ranges of it, in order, and none is in another."""
    paper = read_markdown(text)
    at = 0
    for cluster in paper.clusters:
        assert at <= cluster.start < cluster.end <= len(text)
        assert all(cluster.start <= key.start < key.end <= cluster.end for key in cluster.keys)
        at = cluster.end
    assert all(key.key for cluster in paper.clusters for key in cluster.keys)


def pandoc_keys(pandoc: str, text: str) -> list[list[str]]:
    """The keys of each citation that Pandoc finds in a text."""
    command = [pandoc, "-f", "markdown", "-t", "json"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return list(cites_in(json.loads(done.stdout)["blocks"]))


def cites_in(node: Any) -> Iterator[list[str]]:  # noqa: ANN401  # Pandoc's JSON
    """The keys of each citation in a part of Pandoc's tree; what is in another one is left out."""
    if isinstance(node, dict) and node.get("t") == "Cite":
        yield [shown_mode(cite) for cite in node["c"][0]]
    elif isinstance(node, (dict, list)):
        for child in node.values() if isinstance(node, dict) else node:
            yield from cites_in(child)


def shown_mode(cite: dict[str, Any]) -> str:
    """A key with what Pandoc says of its author."""
    return {"AuthorInText": "in text ", "SuppressAuthor": "-"}.get(
        cite["citationMode"]["t"], ""
    ) + str(cite["citationId"])


def our_keys(text: str) -> list[list[str]]:
    """The same as we find it."""
    found = []
    for cluster, _ in read_markdown(text).in_reading_order():
        keys = [f"{'-' * key.suppresses_author}{key.key}" for key in cluster.keys]
        if text[cluster.start] == "@":
            keys[0] = f"in text {keys[0]}"
        found.append(keys)
    return found


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.get("pandoc", True)], ids=lambda case: case["text"].strip()[:30]
)
def test_pandoc_finds_the_same(pandoc: str, case: dict[str, Any]) -> None:
    """The cases are those of Pandoc."""
    assert our_keys(case["text"]) == pandoc_keys(pandoc, case["text"])
