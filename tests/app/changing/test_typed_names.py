"""Names after ``author=``: BibTeX's forms, citekit's own, and what is refused with a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citekit.app.changing.fields import read_fields
from citekit.app.changing.typed_names import read_typed_names
from citekit.errors import InvalidData
from citekit.model.name import Name
from citekit.model.variables import NAME_VARIABLES

if TYPE_CHECKING:
    from citekit import Archive

LUND = {"family": "Lund", "given": "Henrik"}
DIAZ = {"family": "Díaz", "given": "Rosa"}
OFFICE = {"literal": "The Quay Courier Staff"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lund, Henrik and Díaz, Rosa", [LUND, DIAZ]),
        ("Henrik Lund and Rosa Díaz", [LUND, DIAZ]),
        ("Henrik Lund AND {The Quay Courier Staff}", [LUND, OFFICE]),
        ("{The Quay Courier Staff}", [OFFICE]),
        ("The Quay Courier Staff,", [OFFICE]),
        ("{The Quay Courier Staff},", [OFFICE]),
        ("{Nets; Ropes and Sails, Inc.} and Lund, Henrik",
         [{"literal": "Nets; Ropes and Sails, Inc."}, LUND]),
        ("Quill and Sons,", [{"literal": "Quill and Sons"}]),
        ("Lund, Henrik; Díaz, Rosa", [LUND, DIAZ]),
        ("Lund, Henrik; Harbour Office,; Rosa Díaz", [LUND, {"literal": "Harbour Office"}, DIAZ]),
        ("Lund, Henrik and Díaz, Rosa; The Quay Courier Staff,", [LUND, DIAZ, OFFICE]),
        ("HMO", [{"literal": "HMO"}]),
        ("HMO and Henrik Lund", [{"literal": "HMO"}, LUND]),
        ("van der Quay, Ada",
         [{"family": "Quay", "given": "Ada", "non-dropping-particle": "van der"}]),
        ("Ada van der Quay",
         [{"family": "Quay", "given": "Ada", "non-dropping-particle": "van der"}]),
        ("Roe, Jr., Jane", [{"family": "Roe", "given": "Jane", "suffix": "Jr."}]),
        ("Anders Andersson", [{"family": "Andersson", "given": "Anders"}]),
        ("O'Neill, Órla", [{"family": "O'Neill", "given": "Órla"}]),
        (r"D{\'\i}az, Rosa", [DIAZ]),
    ],
)  # fmt: skip
def test_names_that_are_read(text: str, names: list[dict[str, str]]) -> None:
    """Several names, organisations, particles and suffixes."""
    assert read_typed_names("author", text) == names


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{The Quay Courier", "braces"),
        ("The Quay Courier}", "braces"),
        ("Lund, Henrik, Díaz, Rosa", "'and'"),
        ("Henrik Lund, Rosa Díaz, Ada Quill", "'and'"),
        ("Lund, Henrik & Díaz, Rosa", "'and'"),
        ("Quill & Sons", "braces"),
        ("Lund, Henrik and Díaz,", "braces"),
        ("Lund, Henrik and", "'and'"),
        ("and Lund, Henrik", "'and'"),
        ("Lund, Henrik and and Díaz, Rosa", "'and'"),
        ("Lund, Henrik and others", "'and'"),
        ("Lund, Henrik et al.; et al.", "'and'"),
        (", Henrik", "'and'"),
        ("Lund,, Henrik", "'and'"),
        (",", "braces"),
        (";", "'and'"),
        ("{}", "'and'"),
    ],
)
def test_what_can_mean_two_things_is_refused(text: str, hint: str) -> None:
    """The message shows the text, and the hint a form that is clear."""
    with pytest.raises(InvalidData, match="author") as caught:
        read_typed_names("author", text)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize("variable", sorted(NAME_VARIABLES))
def test_every_variable_of_names_holds_names(variable: str) -> None:
    """What CSL 1.0.2 calls a name variable is never stored as a text."""
    assert read_fields([f"{variable}=Lund, Henrik and Díaz, Rosa"]) == {variable: [LUND, DIAZ]}


def test_the_variables_are_those_of_csl() -> None:
    """CSL 1.0.2, Appendix IV, "Name variables" (and the old spelling without a hyphen)."""
    standard = """author chair collection-editor compiler composer container-author contributor
    curator director editor editor-translator editorial-director executive-producer guest host
    illustrator interviewer narrator organizer original-author performer producer recipient
    reviewed-author script-writer series-creator translator"""
    assert frozenset(standard.split()) | {"editortranslator"} == NAME_VARIABLES


def test_an_editor_translator_is_printed(archive: Archive) -> None:
    """The person is stored as a person, and a style prints them."""
    archive.import_text('[{"id": "k", "type": "book", "title": "Nets", "issued": {"raw": "2001"}}]')
    item = archive.set_fields("k", read_fields(["editor-translator=Lund, Henrik"]))
    assert [str(name) for name in item.names("editor-translator")] == ["Henrik Lund"]


@given(st.text(max_size=40))
@example("~")  # a tie alone is nobody
def test_any_text_is_names_or_is_refused(text: str) -> None:
    """Nothing else is raised, and what is read is names."""
    try:
        names: list[dict[str, Any]] = read_typed_names("author", text)
    except InvalidData:
        return
    assert names
    assert all(str(Name.from_json(name)).strip() for name in names)
