"""What CSL 1.0.2 does not have: told with its line, and left out or refused; the cases are data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from citekit.csl import parse_style, process, styles_folder
from citekit.csl.style.locale import locale_files
from citekit.csl.style.vocabulary import MOST_REMARKS, sift, strangers
from citekit.csl.style.xml import read_xml
from citekit.errors import InvalidData

CASES = Path(__file__).parents[2] / "cases" / "csl" / "strangers.yaml"
NAMESPACE = "http://purl.org/net/xbiblio/csl"


def read_cases(key: str) -> list[Any]:
    """The cases that have this key, in the order of the file."""
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases if key in case]


def style(case: dict[str, Any]) -> str:
    """The style of a case: its head is line 0."""
    version = case.get("attributes", 'version="1.0"')
    head = f'<style xmlns="{NAMESPACE}" class="in-text" {version}>'
    return f"{head}<info><title>t</title></info>\n{case['style']}</style>"


def counted(message: str) -> str:
    """A message of the case as it is told: lines of a file begin with 1."""
    line, _, rest = message.partition(": ")
    return f"<style>:{int(line) + 1}: {rest}"


@pytest.mark.parametrize("case", read_cases("warnings"))
def test_what_can_be_left_out_is_told(case: dict[str, Any]) -> None:
    """The style prints what it would without it, and warns with the line."""
    result = process(style(case), [{"id": "i", "type": "book", **case["item"]}], [[{"id": "i"}]])

    assert result.warnings == tuple(map(counted, case["warnings"]))
    assert result.citations == (case["expected"],)


@pytest.mark.parametrize("case", read_cases("error"))
def test_what_cannot_be_left_out_is_refused(case: dict[str, Any]) -> None:
    """A style that would print something else than it means is an error with line and hint."""
    with pytest.raises(InvalidData) as caught:
        parse_style(style(case))

    assert str(caught.value) == counted(case["error"])
    assert case.get("hint", "") in (caught.value.hint or "")


def test_installed_styles_and_locales_have_no_strangers() -> None:
    """The table of what CSL has is whole: nothing in 2,914 files is told."""
    files = [*styles_folder().glob("*.csl"), *locale_files().values()]
    told = {p.name: sift(read_xml(p.read_bytes(), str(p)), str(p)) for p in files}

    assert {name: remarks for name, remarks in told.items() if remarks} == {}
    assert len(files) > 2900


def test_few_kinds_of_things_are_told() -> None:
    """A hostile style with a thousand kinds of attributes is no thousand warnings."""
    odd = "".join(f'<text value="x" odd{n}="1"/>' for n in range(1000))
    parsed = parse_style(style({"style": f"<citation><layout>{odd}</layout></citation>"}))

    assert len(parsed.remarks) == MOST_REMARKS


def test_a_test_that_is_never_met_is_no_type() -> None:
    """An item whose type is spelt like the mark of an unknown test does not meet it."""
    case = {
        "style": '<citation><layout><choose><if court-class="x"><text value="met"/></if><else>'
        '<text value="not"/></else></choose></layout></citation>'
    }
    item = {"id": "i", "type": "<court-class>"}

    assert process(style(case), [item], [[{"id": "i"}]]).citations == ("not",)


def test_a_locale_is_sifted_too() -> None:
    """What a locale within a style brings is told with its line."""
    rewording = '<locale>\n<terms><word name="x"/></terms></locale>'
    layout = '<citation><layout><text term="and"/></layout></citation>'

    (remark,) = parse_style(style({"style": f"{rewording}{layout}"})).remarks

    assert str(remark) == "<style>:3: <word> is not in CSL 1.0.2: it is left out"


def test_the_table_of_strangers_names_none_that_is_known() -> None:
    """Each element says whose it is and what follows."""
    assert all(told["of"] and told["so"] for told in strangers().elements.values())
    assert {"court-class", "title-split", "cite-form"} <= strangers().attributes.keys()
    assert "match=nand" in strangers().values
