"""What Typst makes of the files: it takes every one, and prints what stands in it."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from citekit import formats
from citekit.formats.hayagriva.tables import table
from citekit.model.variables import ITEM_TYPES
from tests.formats.made_items import items
from tests.formats.test_hayagriva import TYPED

if TYPE_CHECKING:
    from pathlib import Path

typst = pytest.importorskip("typst", reason="pip install typst")
FORMS = table()["form"]


def printed(text: str, keys: list[str], folder: Path, style: str = "apa") -> str:
    """The pages of a document that cites every key of a bibliography, as text."""
    (folder / "x.yml").write_text(text, "utf-8")
    labels = " ".join(f"#cite(label({json.dumps(key)}), form: none)" for key in keys)
    start = "#set page(width: 4000pt, height: auto)\n"
    (folder / "x.typ").write_text(f'{start}{labels}\n#bibliography("x.yml", style: "{style}")')
    pages = PdfReader(BytesIO(typst.compile(str(folder / "x.typ")))).pages
    return "\n".join(page.extract_text() for page in pages)


@pytest.mark.parametrize("style", ["apa", "mla", "ieee"])
def test_items_of_every_type_are_cited(tmp_path: Path, style: str) -> None:
    """Each has its title on the page."""
    made = [
        {
            "id": csl_type,
            "type": csl_type,
            "title": f"Reeds of the kind {number:03}",
            "title-short": f"Reeds {number}",
            "container-title": "A Quay",
            "author": [{"family": "Quill", "given": "Ada"}, {"literal": "Port of Hull"}],
            "issued": {"date-parts": [[2020, 5, 4]]},
            "URL": "https://reed.example/a?b=c",
            "volume": "2",
            "page": "3-4",
        }
        for number, csl_type in enumerate(sorted(ITEM_TYPES))
    ]

    shown = printed(formats.write(made, "hayagriva"), sorted(ITEM_TYPES), tmp_path, style)

    missing = [one for one in made if str(one["title"])[-3:] not in shown]
    assert missing == []


def test_a_typed_file_is_printed_as_before(tmp_path: Path) -> None:
    """Read and written again, Typst finds the same in it."""
    found = formats.read(TYPED, "hayagriva").items
    keys = [str(item["id"]) for item in found]

    again = formats.write(found, "hayagriva")

    for style in ("apa", "mla", "chicago-notes"):
        assert printed(again, keys, tmp_path, style) == printed(TYPED, keys, tmp_path, style)


@pytest.mark.shared
def test_the_samples_are_cited(shared: Path, tmp_path: Path) -> None:
    """The sample items of the public suite."""
    samples = json.loads((shared / "conformance/bibtex/samples.json").read_text("utf-8"))

    shown = printed(formats.write(samples, "hayagriva"), [one["id"] for one in samples], tmp_path)

    assert [one["id"] for one in samples if one["title"].split()[1][:6] not in shown] == []


strict = st.fixed_dictionaries(
    {},
    optional={name: st.from_regex(f"(?a:{form})", fullmatch=True) for name, form in FORMS.items()},
)


@settings(max_examples=10)
@given(made=st.lists(st.tuples(items(), strict), min_size=5, max_size=20))
def test_no_item_makes_a_file_that_is_refused(made: list[tuple[dict[str, Any], Any]]) -> None:
    """Whatever is in an item, Typst takes the file: one bad entry would cost all of them."""
    numbered = [{**item, **fields, "id": f"k{n}"} for n, (item, fields) in enumerate(made)]
    text = json.dumps(formats.write(numbered, "hayagriva"), ensure_ascii=False)

    document = f'#bibliography(bytes({text}), style: "apa", full: true)'

    assert typst.compile(document.encode()).startswith(b"%PDF")
