"""What the plain-text reader takes out of a dump, and what it leaves alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from citekit.extract import Extraction, Publisher, extract

if TYPE_CHECKING:
    from pathlib import Path

BODY = (
    "The harbour council met on Monday and agreed that the old crane will stay where it stands.\n\n"
    "Officials said that the crane, built long ago, would be painted again before the summer.\n\n"
    "Visitors to the harbour welcomed the news and asked for a new path along the water.\n"
)
WIRE = (
    "Quay Courier\n\nHarbour council keeps the old crane\n\nJune 4, 2023 at 10:21 am\n\n"
    "By Jane Doe and John Roe\n\n"
    "The crane in the rain on Sunday. [Ann Lens – Photo Bureau]\n\n" + BODY + "\n"
    "READ: Another story about the quay\n\nShare on Facebook\nCopy link\n"
)


def _read(
    text: str,
    *,
    url: str | None = None,
    publishers: tuple[Publisher, ...] = (),
    now: datetime | None = None,
) -> Extraction:
    return extract(text.encode(), url=url, publishers=publishers, now=now)


def test_title_is_the_headline_not_the_masthead() -> None:
    """The line whose words return in the body is the title."""
    assert _read(WIRE).value("title") == "Harbour council keeps the old crane"


def test_date_time_and_missing_zone() -> None:
    """A printed time keeps its precision and says that no zone was given."""
    read = _read(WIRE)
    assert read.value("issued") == {"date-parts": [[2023, 6, 4]]}
    assert read.value("issued-time") == {"time": "10:21", "zone": None, "note": "no zone given"}


def test_authors_are_csl_names() -> None:
    """A byline with two persons gives two names in parts."""
    names = [{"family": "Doe", "given": "Jane"}, {"family": "Roe", "given": "John"}]
    assert _read(WIRE).value("author") == names


def test_no_byline_means_no_author() -> None:
    """Nobody is invented where nobody is named."""
    assert _read(WIRE.replace("By Jane Doe and John Roe\n\n", "")).value("author") is None


def test_caption_and_credit_leave_the_body() -> None:
    """A caption with its credit in brackets is a caption, not a paragraph."""
    read = _read(WIRE)
    assert [(c.caption, c.credit) for c in read.captions] == [
        ("The crane in the rain on Sunday.", "Ann Lens – Photo Bureau")
    ]
    assert "in the rain" not in (read.text or "")


def test_body_is_the_payload() -> None:
    """The payload holds the paragraphs, one blank line apart, and nothing of the page's frame."""
    assert _read(WIRE).text == BODY.strip()


def test_passages_point_into_payload_and_original() -> None:
    """Each paragraph's ranges give the same text in the payload and in the original."""
    read = _read(WIRE)
    text, original = read.text or "", read.decoded or ""
    cut = [text[p.start : p.end] for p in read.passages]
    assert cut == text.split("\n\n")
    assert cut == [original[slice(*(p.original or (0, 0)))] for p in read.passages]
    assert [p.number for p in read.passages] == [1, 2, 3]


def test_evidence_offsets_hold_the_value() -> None:
    """The title's place is its line and its range in code points."""
    read = _read(WIRE)
    best = read.candidates("title")[0].to_json()
    assert best["place"]["line"] == 3
    assert (read.decoded or "")[best["place"]["start"] : best["place"]["end"]] == best["value"]
    assert (best["chosen"], best["origin"]) == (True, "original")


def test_offsets_count_the_original_with_its_line_ends() -> None:
    """CRLF stays in the decoded original, and offsets count it."""
    read = _read(WIRE.replace("\n", "\r\n"))
    place = read.candidates("title")[0].place
    assert (read.decoded or "")[
        place["start"] : place["end"]
    ] == "Harbour council keeps the old crane"
    assert place["line"] == 3
    assert read.text == BODY.strip()


def test_known_tagline_names_the_publisher() -> None:
    """A tagline of the table gives container title and publisher."""
    text = WIRE.replace("Quay Courier", "Creating new perspectives since 2009")
    read = _read(text)
    assert read.value("container-title") == "Middle East Monitor"
    assert read.value("publisher") == "Middle East Monitor"
    assert read.value("type") == "article-newspaper"


def test_own_publisher_wins_over_the_masthead() -> None:
    """A publisher of the user's own is found by its domain."""
    own = Publisher(name="The Quay Courier", domains=("quay.example",), place="Quay")
    read = _read(WIRE, url="https://www.quay.example/a", publishers=(own,))
    assert read.value("container-title") == "The Quay Courier"
    assert read.value("publisher-place") == "Quay"


def test_wrapped_lines_are_paragraphs_again() -> None:
    """Text that a program wrapped at a fixed width gives whole paragraphs."""
    import textwrap

    wrapped = "\n\n".join(textwrap.fill(p, 60) for p in WIRE.split("\n\n"))
    assert _read(wrapped).text == BODY.strip()


def test_published_wins_over_updated() -> None:
    """Where both dates are printed, the first publication counts."""
    dates = "Updated: June 9, 2023 / Published: June 4, 2023"
    read = _read(WIRE.replace("June 4, 2023 at 10:21 am", dates))
    assert read.value("issued") == {"date-parts": [[2023, 6, 4]]}
    assert read.value("updated") == {"date-parts": [[2023, 6, 9]]}


def test_labelled_header_of_a_press_database() -> None:
    """Labels such as "Title:" are read and left out of the values."""
    read = _read("Title: Harbour council keeps the crane\nAuthor: Jane Doe\nDate: 4 June 2023\n"
                 "Source: Quay Courier\n\n" + BODY)  # fmt: skip
    assert read.value("title") == "Harbour council keeps the crane"
    assert read.value("container-title") == "Quay Courier"
    assert read.value("author") == [{"family": "Doe", "given": "Jane"}]


def test_window_title_gives_way_to_the_headline() -> None:
    """A first line "Headline | Site" is not the title where the headline follows."""
    read = _read("Harbour council keeps the old crane | Quay Courier\n" + WIRE)
    assert read.value("title") == "Harbour council keeps the old crane"


def test_date_in_the_address_agrees() -> None:
    """The address's date is kept as evidence beside the printed one."""
    read = _read(WIRE, url="https://quay.example/2023/06/04/crane")
    assert [e.origin for e in read.candidates("issued")] == ["original", "url"]


@pytest.mark.parametrize(
    "line",
    [
        "Share on Facebook", "Auf Facebook teilen", "Partager sur Facebook", "Kopiera länk",
        "Advertisement", "Anzeige", "広告", "Publicidad", "Sign up for our newsletter",
        "Iscriviti alla newsletter", "READ: Another story", "Lesen Sie auch: Eine andere Sache",
        "Читайте также: Другое", "相关阅读：另一篇", "12 comments", "5 min read",
        "© 2024 Quay Courier. All rights reserved.", "Tags: harbour, crane",
    ],
)  # fmt: skip
def test_noise_of_many_languages_stays_out(line: str) -> None:
    """Buttons, advertisements, links and notices are not body."""
    text = BODY.replace("\n\n", f"\n\n{line}\n\n", 1)
    assert line not in (_read(WIRE.replace(BODY, text)).text or "")


def test_crossheads_stay_in_the_body() -> None:
    """A short line between paragraphs is part of the article."""
    text = BODY.replace("\n\n", "\n\nA path along the water\n\n", 1)
    assert "A path along the water" in (_read(WIRE.replace(BODY, text)).text or "")


def test_agency_in_a_byline_is_literal() -> None:
    """An organisation behind "By" is no person."""
    read = _read(WIRE.replace("By Jane Doe and John Roe", "By Associated Press"))
    assert read.value("author") == [{"literal": "Associated Press"}]


def test_prose_with_a_date_is_no_dateline() -> None:
    """A date inside a sentence is not when the article was published."""
    text = "Harbour council keeps the old crane\n\nThe crane was built on May 23, 1923.\n\n" + BODY
    assert _read(text).value("issued") is None


def test_future_dates_are_not_believed() -> None:
    """A date after now is kept as evidence and not chosen."""
    read = _read(WIRE, now=datetime(2020, 1, 1, tzinfo=UTC))
    assert read.value("issued") is None
    assert len(read.candidates("issued")) == 1


def test_nothing_found_is_said() -> None:
    """A text without headline and date gives findings, not guesses."""
    read = _read("")
    assert {f.rule for f in read.findings} == {"no-title", "no-date", "no-text"}
    assert read.text is None


def test_first_article(shared: Path) -> None:
    """The project's first article: title, date, publisher, credit, ten paragraphs, no author."""
    data = (shared / "articles" / "middleeastmonitor-20230604.txt").read_bytes()
    read = extract(data, name="article.txt")
    assert read.value("title").startswith("Turkiye to deploy commando battalion")
    assert read.value("issued") == {"date-parts": [[2023, 6, 4]]}
    assert read.value("issued-time")["zone"] is None
    assert read.value("container-title") == "Middle East Monitor"
    assert read.value("author") is None
    assert read.value("language") == "en"
    assert [c.credit for c in read.captions] == ["Dursun Aydemir – Anadolu Agency"]
    assert len(read.passages) == 10
    assert "READ" not in (read.text or "")
