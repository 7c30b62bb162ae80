"""Plain TOML means the same to our reader as to tomllib, and all else is left to tomllib."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import citekit
from citekit.model.records.plain_toml import read_plain, read_table
from citekit.store.settings import write_settings

PACKAGE = Path(citekit.__file__).parent
TABLES = ("csl/style/styles.toml", "formats/bibtex/bibtex.toml", "formats/bibtex/biblatex.toml",
          "formats/bibtex/languages.toml", "formats/bibtex/aliases.toml")  # fmt: skip
PIECES = (
    "a", "b-1", "long_name", "=", " = ", '"', '"""', "[", "]", "[a]", "[[a]]", "a.b", ",", "\n",
    "\n\n", "# said", " ", "\t", "1", "01", "-2", "1_0", "1.5", "true", "'x'", '"x"', '"x, y"',
    "\\n", "ü", "\u00a0", "\r\n", "\x00", "{ b = 1 }", '["x", "y"]', '["x",]', "[]", '""',
    '"""x\ny"""', "7" * 20,
)  # fmt: skip


def by_tomllib(text: str) -> object:
    """What tomllib makes of a text; None where it refuses."""
    try:
        return tomllib.loads(text)
    except ValueError:
        return None


@pytest.mark.parametrize("name", TABLES)
def test_our_tables_are_plain(name: str) -> None:
    """The tables that short commands read need no tomllib."""
    path = PACKAGE / name
    assert read_table(path) == tomllib.loads(path.read_text("utf-8"))


def test_a_new_archive_is_plain() -> None:
    """What ``init`` writes is plain, and so it stays when its simple settings are made."""
    text = write_settings("Kosovo 2023")
    assert read_plain(text) == tomllib.loads(text)
    text = text.partition("# [abbreviations")[0]
    for written in (text, text.replace("\n# ", "\n").replace("[[publisher]]", "[publisher]")):
        assert read_plain(written) == tomllib.loads(written)
    assert read_plain(write_settings('A "quoted" title')) is None


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=1500, deadline=None)
def test_what_is_read_means_the_same(text: str) -> None:
    """Whatever stands there: the same tables as from tomllib, or no answer."""
    found = read_plain(text)
    assert found is None or found == by_tomllib(text)


PLAIN = st.text(st.characters(exclude_characters='"\\\n', exclude_categories=["C", "Z"]))
NAMES = st.text("abcdefghij-_0123456789", min_size=1).filter(lambda name: name.strip("-"))
VALUES = PLAIN | st.integers(0, 10**14) | st.lists(PLAIN.filter(lambda text: "," not in text))


def as_toml(value: object) -> str:
    """A value as people write it."""
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


@given(st.dictionaries(NAMES, VALUES), st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES)))
def test_plain_lines_are_read(values: dict[str, Any], tables: dict[str, dict[str, Any]]) -> None:
    """Every table of plain values is read, so that this reader is not idle."""
    tables = {name: table for name, table in tables.items() if name not in values}
    lines = [f"{name} = {as_toml(value)}" for name, value in values.items()]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"  {key} ={as_toml(said)} " for key, said in table.items())]
    assert read_plain("\n".join(lines)) == {**values, **tables}


@pytest.mark.parametrize("text", ["a = 1\na = 2", "[a]\n[a]", "a = 1\n[a]", 'a = "x', "a", "= 1"])
def test_what_is_wrong_is_left_to_tomllib(text: str) -> None:
    """What tomllib refuses has no answer here: the error, with its place, is tomllib's."""
    assert read_plain(text) is None
    assert by_tomllib(text) is None
