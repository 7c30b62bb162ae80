"""The page about a proof: each fact with how it is known, each list, and nothing that runs."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from citekit.app.proving.proof_file import FORMAT, ProofDocument, ProofFile, ProofState
from citekit.app.proving.proof_page import Fact, facts_of, render_page, words
from citekit.app.proving.proof_verdict import ProofVerdict, ProvenEntry, ProvenPurge, ProvenTime
from citekit.integrity.checkpoint import Checkpoint
from citekit.model.capture import Tool

KEY = "gull2024"
ITEM, CAPTURE = f"items/{KEY}/item.json", f"items/{KEY}/captures/20240302T093000Z.json"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
READ = "observed, in the captured bytes"
CLOCK = "observed, by the local clock"


def _document(*paths: str) -> ProofDocument:
    return ProofDocument(
        format=FORMAT,
        key=KEY,
        made_at=NOON,
        tool=Tool(name="citekit", version="test"),
        files=tuple(ProofFile(path=path, text="{}") for path in paths or (ITEM, CAPTURE)),
        entries=(),
        state=ProofState(entry="", proof="", group="{}", bits="", hashes=()),
    )


def _item(evidence: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    custom = {"custom": {"citekit": {"evidence": evidence}}} if evidence else {}
    return {"id": KEY, "type": "article-newspaper", "title": "Gulls & co", **more, **custom}


def _rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, as a reader sees them."""
    table = page.partition(f"<h2>{heading}</h2>")[2].partition("</table>")[0]
    body = table.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [html.unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body)
    ]


def _items(page: str, heading: str) -> list[str]:
    """The lines of the list below a heading."""
    block = page.partition(f"<h2>{heading}</h2>")[2].partition("</ul>")[0]
    return [html.unescape(line) for line in re.findall(r"<li>(.*?)</li>", block)]


# ── facts ──────────────────────────────────────────────────────────────────────────────────────


def test_facts_of_an_item_are_told_in_order() -> None:
    """Those that it has, and none that is empty."""
    whole = _item(
        author=[{"given": "Ada", "family": "Quill"}, {"literal": "The Pilots"}],
        publisher="Quay Press",
        issued={"date-parts": [[2024, 3, 2]]},
        URL="https://courier.example/gulls",
        abstract="Words of it.",
    )
    whole["container-title"] = "The Courier"
    assert facts_of(ProofVerdict(documents={ITEM: whole})) == [
        Fact("title", "Gulls & co", "declared"),
        Fact("author", "Ada Quill; The Pilots", "declared"),
        Fact("container-title", "The Courier", "declared"),
        Fact("publisher", "Quay Press", "declared"),
        Fact("issued", "2024-03-02", "declared"),
        Fact("URL", "https://courier.example/gulls", "declared"),
    ]
    assert facts_of(ProofVerdict(documents={ITEM: _item()})) == [
        Fact("title", "Gulls & co", "declared")
    ]


@pytest.mark.parametrize(
    ("candidate", "how"),
    [
        ({"value": "Gulls & co", "fact": "observed", "chosen": True}, READ),
        ({"value": "Terns & co", "fact": "observed", "chosen": True}, "declared"),
        ({"value": "Gulls & co", "fact": "declared", "chosen": True}, "declared"),
        ({"value": "Gulls & co", "fact": "observed", "chosen": False}, "declared"),
        ({"value": "Gulls & co", "fact": "observed"}, "declared"),
        ({"value": "Gulls & co", "chosen": True}, "declared"),
        ({}, "declared"),
    ],
)
def test_a_fact_is_observed_where_the_record_shows_what_was_read(
    candidate: dict[str, Any], how: str
) -> None:
    """The value that stands is the one that was chosen of what citekit read; else it is a word."""
    for candidates in ([candidate], [{"value": "Another"}, candidate]):
        item = _item({"title": candidates, "publisher": candidates}, publisher="Quay Press")
        assert facts_of(ProofVerdict(documents={ITEM: item})) == [
            Fact("title", "Gulls & co", how),
            Fact("publisher", "Quay Press", "declared"),
        ]


def test_facts_of_a_capture_are_told_in_order() -> None:
    """What was observed and what was declared of it; payloads by their roles."""
    capture = {
        "source": {"fact": "observed", "url": "https://courier.example/gulls", "file": "a.html"},
        "captured_at": "2024-03-02T09:30:00Z", "final_url": "https://courier.example/g",
        "status": 200, "address": "192.0.2.7", "certificate": "sha256:00", "other": "not told",
        "tool": {"name": "citekit", "version": "1.0"},
        "payloads": {
            "text": {"digest": "sha256:11", "size_bytes": 7},
            "original": {"digest": "sha256:22", "size_bytes": 9},
        },
    }  # fmt: skip
    about_source = [
        ("source URL", "https://courier.example/gulls"),
        ("source file", "a.html"),
        ("final url", "https://courier.example/g"),
        ("status", "200"),
        ("address", "192.0.2.7"),
        ("certificate", "sha256:00"),
    ]
    rest = [
        Fact("captured at", "2024-03-02T09:30:00Z", CLOCK),
        Fact("read with", str(Tool(name="citekit", version="1.0")), "observed"),
        Fact("payload original", "sha256:22, 9 bytes", "computed"),
        Fact("payload text", "sha256:11, 7 bytes", "computed"),
    ]
    for fact in ("observed", "declared"):
        capture["source"] = {**capture["source"], "fact": fact}  # type: ignore[dict-item]
        told = facts_of(ProofVerdict(documents={CAPTURE: capture}))
        hows = ["observed" if what == "source file" else fact for what, _ in about_source]
        assert told == [
            *(Fact(*pair, how) for pair, how in zip(about_source, hows, strict=True)),
            *rest,
        ]


@pytest.mark.parametrize("source", [None, {}, "x", {"url": "", "file": None}])
def test_a_capture_that_says_little_has_few_facts(source: object) -> None:
    """What another program sealed is told as far as it goes."""
    capture = {"source": source, "status": None, "tool": {"name": 7}, "payloads": {"text": None}}
    assert facts_of(ProofVerdict(documents={CAPTURE: capture})) == [
        Fact("captured at", "None", CLOCK),
        Fact("payload text", "None, None bytes", "computed"),
    ]
    assert facts_of(ProofVerdict(documents={CAPTURE: {"source": source, "payloads": [1]}})) == [
        Fact("captured at", "None", CLOCK)
    ]


def test_facts_are_told_file_by_file() -> None:
    """Sorted by their paths; what is no record of an item has none."""
    other = CAPTURE.replace("/2024", "/2025")
    documents = {
        ITEM: _item(), other: {"captured_at": "later"}, CAPTURE: {"captured_at": "first"},
        "items/x/note.md": {"id": "x"}, "items/tern2024/item.json": ["no record"],
        "items/auk2024/item.json": {"id": 7, "title": []},
    }  # fmt: skip
    told = [(fact.what, fact.value) for fact in facts_of(ProofVerdict(documents=documents))]
    assert told == [
        ("captured at", "first"), ("captured at", "later"), ("title", "Gulls & co"),
    ]  # fmt: skip


# ── the page ───────────────────────────────────────────────────────────────────────────────────


def _verdict(**more: Any) -> ProofVerdict:  # noqa: ANN401
    documents = {ITEM: _item(), CAPTURE: {"captured_at": "2024"}}
    return ProofVerdict(key=KEY, documents=documents, **more)


def test_the_page_has_every_list() -> None:
    """Title, verdict, what is proven and what is not, the facts."""
    verdict = _verdict(proven=["one <thing>", "another"])
    page = render_page(verdict, _document())
    assert "<title>Proof: Gulls &amp; co</title>" in page
    assert "<h1>Proof: Gulls &amp; co</h1>" in page
    assert "<strong>Consistent; signer not authenticated.</strong>" in page
    assert _items(page, "Proven, if you trust the signer") == verdict.proven
    assert _items(page, "Not proven") == list(verdict.not_proven)
    assert _rows(page, "Facts") == [list(fact) for fact in facts_of(verdict)]
    assert "$" not in page


@pytest.mark.parametrize("paths", [("items/x/item.json",), (ITEM,)])
def test_a_page_without_a_title_has_the_key(paths: tuple[str, ...]) -> None:
    """Where the record has none, or there is no record."""
    verdict = ProofVerdict(key=KEY, documents={ITEM: _item(title="")})
    page = render_page(verdict, _document(*paths))
    assert f"<h1>Proof: {KEY}</h1>" in page


def test_the_page_allows_its_own_style_alone() -> None:
    """Its policy has the digest of what stands between the tags."""
    page = render_page(_verdict(), _document())
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'\"" in page


def test_how_to_check_comes_before_or_after() -> None:
    """A page that lies alone ends with the commands, with the key; another begins with its own."""
    alone = render_page(_verdict(), _document())
    assert f"<code>citekit check-proof {KEY}.citekit-proof.json --trust KEY</code>" in alone
    assert alone.index("How to check") > alone.index("The log")
    inside = render_page(_verdict(), _document(), how="<p>Do this.</p>")
    assert inside.index("<p>Do this.</p>") < inside.index("Proven, if you")
    assert "How to check" not in inside
    assert inside.rstrip().endswith("</table>\n\n</body>\n</html>")
    verdict, _, lists = alone.partition("the page alone proves nothing.</p>")
    assert verdict
    assert lists.split()[:2] == ["<h2>Proven,", "if"]


def test_purges_stand_where_everybody_sees_them() -> None:
    """The roles, each once; where nothing was removed nothing is said."""
    assert "Purged" not in render_page(_verdict(), _document())
    purges = [
        ProvenPurge(index=number, role=role, digest="sha256:00", at="2024", by="Ada")
        for number, role in enumerate(("text", "a<b", "text"))
    ]
    page = render_page(_verdict(purged=purges), _document())
    assert '<p class="verdict"><strong>Purged: text, a&lt;b.</strong> The archive does' in page


def test_entries_are_told_in_the_order_of_the_log() -> None:
    """What, when, who, and how it is known; what another program wrote as far as it goes."""
    done = {
        "action": "item", "subject": ITEM, "at": "2024-03-02", "agent": {"name": "Ada"},
        "source": "done",
    }  # fmt: skip
    events = {
        9: {**done, "source": "found"}, 3: done, 5: {**done, "agent": "Ada", "source": "heard"},
        7: {},
    }  # fmt: skip
    entries = [ProvenEntry(index=index, event=event) for index, event in events.items()]
    rows = _rows(render_page(_verdict(entries=entries), _document()), "Entries of the log")
    assert rows == [
        ["3", f"item: {ITEM}", "2024-03-02", "Ada", "recorded when it was done"],
        ["5", f"item: {ITEM}", "2024-03-02", "None", ""],
        ["7", "None: None", "None", "None", ""],
        ["9", f"item: {ITEM}", "2024-03-02", "Ada", "found when it was sealed"],
    ]


def test_the_log_is_told_with_who_vouches_for_it() -> None:
    """Its checkpoint, signatures, times, and when the proof was made."""
    whole, part = (
        ProvenTime(at=NOON + timedelta(hours=number), authority="CN=clock", size=4,
                   names=(ITEM, CAPTURE), is_whole=is_whole, is_trusted=False)
        for number, is_whole in enumerate((True, False))
    )  # fmt: skip
    checkpoint = Checkpoint(origin="citekit.invalid/page", size=4, root=bytes(range(32)))
    verdict = _verdict(checkpoint=checkpoint, signers=("a+1", "b+2"), times=[whole, part])
    check = "says CN=clock; check it with the authority's certificate"
    assert _rows(render_page(verdict, _document()), "The log") == [
        ["Name", "citekit.invalid/page"],
        ["Entries", "4"],
        ["Root", b64encode(bytes(range(32))).decode()],
        ["Signatures", "a+1, b+2"],
        ["Timestamp", f"2026-11-22T12:00:00Z, of all of this, {check}"],
        ["Timestamp", f"2026-11-22T13:00:00Z, of {ITEM}, {CAPTURE}, {check}"],
        ["Proof made at", "2026-11-22T12:00:00Z"],
    ]


def test_a_log_that_nobody_vouches_for_is_told_so() -> None:
    """No signature, no time, no checkpoint."""
    assert _rows(render_page(_verdict(), _document()), "The log") == [
        ["Signatures", "none: this checkpoint is unsigned"],
        ["Timestamp", "none: when this existed rests on the word of its signer"],
        ["Proof made at", "2026-11-22T12:00:00Z"],
    ]


def test_words_of_a_record_are_no_mark_up() -> None:
    """Tags and quotes are escaped, controls and marks of direction are shown as what they are."""
    assert (
        words("<a href=\"x\" title='y'>&")
        == "&lt;a href=&quot;x&quot; title=&#x27;y&#x27;&gt;&amp;"
    )
    assert not set(words("a\x1b\u202eb")) & {"\x1b", "\u202e"}
    hostile = _verdict(proven=["<script>"], signers=("<script>",))
    hostile.documents[ITEM] = _item(title="<script>")
    assert "<script" not in render_page(hostile, _document())
