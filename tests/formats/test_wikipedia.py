"""Citation templates: the right parameters, and nothing leaves them."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit import Archive, formats
from citekit.formats.csl_json import what_is_wrong

if TYPE_CHECKING:
    from pathlib import Path

NEWS = {
    "id": "quill2023",
    "type": "article-newspaper",
    "title": "Harbour <i>opens</i> | again",
    "author": [
        {"family": "Berg", "given": "Ada", "non-dropping-particle": "van den"},
        {"literal": "Port Office, North"},
    ],
    "container-title": "The Tidewater Post",
    "issued": {"date-parts": [[2023, 6, 4]]},
    "accessed": {"date-parts": [[2023, 6, 10]]},
    "URL": "https://tidewater.example/a|b?c=[d]",
    "archive_location": "https://web.archive.org/web/20230611080000/https://tidewater.example/",
    "page": "3-4",
    "language": "en-GB",
}


def written(**item: object) -> str:
    """The template of an item."""
    return formats.write([{"id": "k", **item}], "wikipedia")


def test_a_news_article() -> None:
    """Names, titles, dates, addresses and the copy are where the template has them."""
    assert formats.write([NEWS], "wikipedia") == (
        "{{cite news |last1=van den Berg |first1=Ada |author2=((Port Office, North))"
        " |title=Harbour opens &#124; again |newspaper=The Tidewater Post |date=4 June 2023"
        " |language=en-GB |pages=3-4 |url=https://tidewater.example/a%7Cb?c=%5Bd%5D"
        " |archive-url=https://web.archive.org/web/20230611080000/https://tidewater.example/"
        " |archive-date=11 June 2023 |access-date=10 June 2023}}\n"
    )


def test_a_chapter_has_two_titles() -> None:
    """The book is the title, what is in it the chapter."""
    text = written(type="chapter", title="Ropes", **{"container-title": "Ships"})

    assert text == "{{cite book |chapter=Ropes |title=Ships}}\n"


def test_a_page_without_address_is_no_cite_web() -> None:
    """That template refuses to be without one; nor is there a day of access or a copy."""
    text = written(type="webpage", title="A", accessed="2023-06-10", URL="javascript:alert(1)")

    assert text == "{{citation |title=A}}\n"


@pytest.mark.parametrize(
    ("edtf", "said"),
    [
        ("2023-06", "June 2023"),
        ("2023", "2023"),
        ("2023-06-04/2023-06-06", "4–6 June 2023"),
        ("2023-06-04/2023-07-06", "4 June – 6 July 2023"),
        ("2022-12-30/2023-01-02", "30 December 2022 – 2 January 2023"),
        ("2023-06/2023-07", "June–July 2023"),
        ("2020/2023", "2020–2023"),
        ("2021-23", "Autumn 2021"),
        ("1950~", "c. 1950"),
    ],
)
def test_dates_are_the_wikis(edtf: str, said: str) -> None:
    """Every form of date is one that the templates take."""
    assert written(type="book", issued=edtf) == f"{{{{cite book |date={said}}}}}\n"


def test_years_that_templates_refuse_are_left_out() -> None:
    """A year before 100 is an error message on the page."""
    assert written(type="book", issued="-0044-03-15") == "{{cite book}}\n"


def test_a_copy_without_a_day_is_left_out() -> None:
    """``archive-url`` without ``archive-date`` is an error message, too."""
    place = {"archive_location": "https://copies.example/x"}

    text = written(type="webpage", URL="https://a.example/", **place)

    assert text == "{{cite web |url=https://a.example/}}\n"


def test_a_copy_that_citekit_made_has_its_day() -> None:
    """Its day is noted with the item."""
    copy = {"url": "https://copies.example/x", "at": "2023-06-11T08:00:00Z"}
    item = {"type": "webpage", "URL": "https://a.example/"}

    text = written(**item, custom={"citekit": {"archived": [copy]}})

    assert "|archive-url=https://copies.example/x |archive-date=11 June 2023}}" in text


SIGNS = st.text(alphabet=st.sampled_from("{}[]|<>'~_&#;\n =a1/!-"), max_size=60)


@given(title=SIGNS, name=SIGNS, rest=SIGNS)
def test_nothing_leaves_its_parameter(title: str, name: str, rest: str) -> None:
    """Whatever is in an item: one template, on one line, with no other sign of a wiki."""
    item: dict[str, Any] = {"type": "webpage", "title": title, "URL": f"https://a.example/{rest}"}
    text = written(**item, author=[{"literal": name}], page=rest, DOI=rest, publisher=name)

    assert text.startswith("{{")
    assert text.endswith("}}\n")
    inside = text[2:-3]
    assert not re.search(r"[{}\[\]<>\n]|''|~~~|__", inside)
    assert all(re.match(r"[a-z0-9-]+=", part) for part in inside.split("|")[1:])


def test_a_long_text_is_written_in_time() -> None:
    """A megabyte of signs is linear."""
    start = time.perf_counter()

    written(
        type="webpage",
        title="<i " * 350_000 + "&" * 1_000,
        URL="https://a.example/" + "&a" * 500_000,
    )

    assert time.perf_counter() - start < 10


words = st.text(st.sampled_from("Reed|[]{}<>'&;=~_#*:! ()–é北a1"), min_size=1, max_size=20)
plain = words.map(lambda text: " ".join(text.split())).filter(
    lambda text: text and not re.search(r"\(\(|\)\)|</?[ibs]", text)
)
family = st.from_regex(r"[A-Z][a-z]{1,9}", fullmatch=True)
people = st.lists(
    st.builds(lambda f, g: {"family": f, "given": g}, family, family)
    | st.builds(lambda f, g: {"literal": f"{f} {g}, {f}"}, family, family),
    min_size=1,
    max_size=4,
)
days = st.dates(min_value=date(1800, 1, 1)).map(
    lambda d: {"date-parts": [[d.year, d.month, d.day]]}
)
found = st.fixed_dictionaries(
    {"type": st.sampled_from(["article-newspaper", "article-journal", "webpage"]), "title": plain},
    optional={
        "author": people,
        "editor": people,
        "container-title": plain,
        "publisher": plain,
        "volume": plain,
        "source": plain,
        "issued": days,
        "accessed": days,
        "page": st.from_regex(r"(?a)[1-9]\d{0,3}(-\d{4})?", fullmatch=True),
        "DOI": st.from_regex(r"(?a)10\.\d{4}/[a-z]{3,9}", fullmatch=True),
    },
)


@given(item=found)
def test_what_is_written_is_read(item: dict[str, Any]) -> None:
    """Every variable that the templates have a parameter for comes back."""
    whole = {**item, "URL": "https://a.example/b?c=d"}

    (back,) = formats.read(formats.write([whole], "wikipedia"), "wikipedia").items

    assert back == whole


@given(
    text=st.lists(SIGNS | st.sampled_from(["{{cite web|", "}}", "<nowiki>", "|title="])).map(
        "".join
    )
)
def test_any_page_is_read(text: str) -> None:
    """Whatever it is; what comes in is an item."""
    found = formats.read(text, "wikipedia").items

    assert all(what_is_wrong(item) is None for item in found)


def test_a_page_is_imported(archive: Archive, tmp_path: Path) -> None:
    """By its ending or its text; keys are made; a second time nothing is new."""
    page = f"Text<ref>{formats.write([NEWS], 'wikipedia')}</ref> {{{{cite web |title=x"
    (tmp_path / "a.wiki").write_text(page, "utf-8")
    (tmp_path / "a.txt").write_text(page, "utf-8")

    first = archive.import_file(tmp_path / "a.wiki")
    second = archive.import_file(tmp_path / "a.txt")

    assert (len(first.new), len(second.new), len(second.known)) == (1, 0, 1)
    assert [one.code for one in first.findings] == ["CK-E451"]


def test_what_is_kept_is_written_back_in_its_parameter() -> None:
    """As text: nothing that was in a template is wikitext again."""
    page = (
        "{{cite web|title=T|url=https://a.example/|quote={{lang|de|a [[b]] | c}}|x y=1|ref=none}}"
    )

    (item,) = formats.read(page, "wikipedia").items

    assert formats.write([item], "wikipedia") == (
        "{{cite web |title=T |url=https://a.example/ |quote=c |ref=none}}\n"
    )


def test_without_the_parser_the_extra_is_named() -> None:
    """It is optional."""
    program = (
        "import sys; sys.modules['mwparserfromhell'] = None\n"
        "from citekit import formats\n"
        "from citekit.errors import MissingExtra\n"
        "try: formats.read('{{cite web|title=a}}', 'wikipedia')\n"
        "except MissingExtra as error: print(error.hint)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "pip install 'citekit[wikipedia]'\n"
