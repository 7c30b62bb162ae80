"""``add`` of addresses and ``capture`` on the command line: what is said, and exit codes."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.testing.network.news_site import Answer, NewsSite, article, serve_news_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]

FREELY = ("--allow-private", "--ignore-robots")


@pytest.fixture
def site() -> Iterator[NewsSite]:
    """A paper with one page."""
    with serve_news_site({"/pier": Answer(body=article())}) as site:
        yield site


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command in an archive."""

    def do(*words: str) -> tuple[int, str, str]:
        code = run(["--archive", str(tmp_path / "a"), *words])
        out, err = capsys.readouterr()
        return code, out, err

    do("init")
    return do


def test_an_address_becomes_an_item_and_is_cited(call: Call, site: NewsSite) -> None:
    """The first thing that everybody tries."""
    code, out, err = call("add", f"{site.url}/pier", "--key", "pier2024", "--allow-private")
    assert (code, out) == (0, "pier2024\n")
    assert "pier2024 is restricted" in err
    assert call("cite", "pier2024")[1].startswith("Lindqvist, R. (2024, March 2). Old pier closed")


def test_one_bad_address_does_not_keep_the_others_out(call: Call, site: NewsSite) -> None:
    """The first failure decides the exit code: 5, network or capture."""
    code, out, err = call("add", f"{site.url}/none", f"{site.url}/pier", *FREELY)
    assert (code, len(out.splitlines())) == (5, 1)
    assert "answers 404: that is not the page" in err
    assert "1 added, 1 not added" in err


def test_inside_is_refused_with_what_to_do(call: Call, site: NewsSite) -> None:
    """Nothing is asked of a private host that nobody named as their own."""
    code, out, err = call("add", f"{site.url}/pier")
    assert (code, out) == (5, "")
    assert "say so with --allow-private" in err


def test_a_list_may_name_addresses(call: Call, site: NewsSite, tmp_path: Path) -> None:
    """A line has a file or an address; one with neither is told with its line."""
    path = tmp_path / "list.csv"
    path.write_text(f"url,key,title\n{site.url}/pier,a2024,Mine\n,b2024,None\n")
    code, out, err = call("add", "--from", str(path), *FREELY)
    assert (code, out) == (4, "a2024\n")
    assert "names no file and no address" in err
    assert json.loads(call("show", "a2024", "--json")[1])["item"]["title"] == "Mine"


def test_capture_tells_what_changed(call: Call, site: NewsSite) -> None:
    """A line for each item; counts at the end of several."""
    call("add", f"{site.url}/pier", "--key", "pier2024", *FREELY)
    code, out, _ = call("capture", "pier2024", *FREELY)
    assert (code, out.split()[0], out.split()[2]) == (0, "pier2024", "unchanged")
    site.answers |= {"/pier": Answer(body=article("June")), "/gull": Answer(body=article("July"))}
    call("add", f"{site.url}/gull", "--key", "gull2024", *FREELY)
    del site.answers["/gull"]
    code, out, err = call("capture", "--all", *FREELY)
    assert code == 5
    assert [line.split()[::2] for line in out.splitlines()] == [["pier2024", "changed"]]
    assert "1 captured, 1 of them changed; not captured: gull2024" in err
    told = json.loads(call("capture", "--all", "--json", *FREELY)[1])
    assert [item["key"] for item in told["items"]] == ["pier2024"]
    assert [failed["key"] for failed in told["failures"]] == ["gull2024"]


def test_what_is_young_enough_is_not_asked_for(call: Call, site: NewsSite) -> None:
    """So a batch can be run again after it was stopped."""
    call("add", f"{site.url}/pier", "--key", "pier2024", *FREELY)
    site.asked.clear()
    assert call("capture", "--older-than", "30d", *FREELY)[:2] == (0, "")
    assert call("capture", "--missing", *FREELY)[:2] == (0, "")
    assert site.asked == []


@pytest.mark.parametrize(
    "words",
    [(), ("pier2024", "--all"), ("--missing", "--all"), ("--missing", "--older-than", "1d"),
     ("--older-than", "soon")],
)  # fmt: skip
def test_what_capture_cannot_be_asked(words: tuple[str, ...], call: Call) -> None:
    """Items are named, or chosen in one way."""
    assert call("capture", *words)[0] == 2


def test_what_a_paper_cites_is_captured_and_packed(
    call: Call, site: NewsSite, tmp_path: Path
) -> None:
    """Each once, in the paper's order; what is unknown is told, and what has a capture stays."""
    site.answers |= {"/gull": Answer(body=article("July"))}
    items = [
        {"id": key, "type": "webpage", "title": key, "URL": f"{site.url}/{key[:4]}"}
        for key in ("pier2024", "gull2024", "tern2024")
    ]
    (tmp_path / "items.json").write_text(json.dumps(items))
    call("import", str(tmp_path / "items.json"), "--access", "public")
    paper = tmp_path / "paper.md"
    paper.write_text("First [@gull2024], then [@pier2024; @nobody1999].\n")
    code, out, err = call("capture", "--for", str(paper), *FREELY)
    assert (code, [line.split()[0] for line in out.splitlines()]) == (0, ["gull2024", "pier2024"])
    assert "nobody1999" in err
    assert call("capture", "--for", str(paper), *FREELY)[1] == ""
    target = tmp_path / "deposit.wacz"
    assert call("export", "--for", str(paper), "-f", "wacz", "-o", str(target))[0] == 0
    with zipfile.ZipFile(target) as package:
        pages = package.read("pages/pages.jsonl").decode()
    assert pages.count('"url"') == 2
    assert "tern2024" not in pages


def test_private_items_are_captured_by_name_alone(call: Call, site: NewsSite) -> None:
    """A batch leaves them out, and says how many on stderr."""
    call("add", f"{site.url}/pier", "--key", "pier2024", "--access", "private", *FREELY)
    site.asked.clear()
    code, out, err = call("capture", "--all", *FREELY)
    assert (code, out, site.asked) == (0, "", [])
    assert "being private: 1 private item" in err
    assert call("capture", "pier2024", *FREELY)[0] == 0
