"""``archive.toml``: read with defaults, refused with file, line and column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.store.settings import Settings, read_settings, with_feature, write_settings


def test_defaults_are_those_of_the_interfaces() -> None:
    """A file with its layout alone gives restricted access and American English."""
    assert read_settings("layout = 1\n", "archive.toml") == Settings(layout=1)
    assert Settings().access == "restricted"


def test_everything_is_read() -> None:
    """Each setting has its field; unknown keys are kept."""
    text = """
layout = 1
title = "Kosovo"
base_url = "https://example.org/"
style = "apa"
locale = "tr-TR"
access = "public"
more = 3
[log]
origin = "example.org/log"
[[publisher]]
name = "Example Daily"
"""
    settings = read_settings(text, "archive.toml")
    assert (settings.title, settings.style, settings.locale) == ("Kosovo", "apa", "tr-TR")
    assert (settings.access, settings.origin) == ("public", "example.org/log")
    assert settings.publishers == ({"name": "Example Daily"},)
    assert settings.extra == {"more": 3}


@given(title=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_title_is_written_and_read_back(title: str) -> None:
    """Quotes, backslashes, control characters and emoji survive."""
    assert read_settings(write_settings(title), "archive.toml").title == title


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("layout = \n", "archive.toml:1:10", None),
        ('layout = 1\nfeatures = ["tides"]\n', "archive.toml:2:12", "--upgrade"),
        ('layout = 1\nfeatures = "tides"\n', "archive.toml:2:12", "features = []"),
        ("layout = 1\nfeatures = [1]\n", "archive.toml:2:12", "features = []"),
        ('layout = 1\ntitle = "open', "archive.toml:2:", None),
        ("title = 'x'\n", "archive.toml", "layout = 1"),
        ("layout = '1'\n", "archive.toml:1:10", "layout = 1"),
        ("layout = 1\nlocale = 5\n", "archive.toml:2:10", "locale ="),
        ('layout = 1\n\naccess = "secret"\n', "archive.toml:3:10", "restricted"),
        ("layout = 1\n[log]\norigin = 7\n", "archive.toml:3:10", "origin ="),
        ("layout = 1\n[publisher]\nname = 'x'\n", "archive.toml:2:2", "[[publisher]]"),
        ("layout = 1\nlog = 5\n", "archive.toml:2:7", "[log]"),
        ("layout = 1\nx = " + "[" * 5000, "archive.toml", None),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, place: str, hint: str | None) -> None:
    """File, line and column, and what would be right."""
    with pytest.raises(InvalidData) as caught:
        read_settings(text, "archive.toml")
    assert str(caught.value.place).startswith(place)
    assert hint is None or hint in str(caught.value.hint)


def test_a_later_layout_says_what_to_install() -> None:
    """An archive of a later citekit is not touched: the message names its layout."""
    with pytest.raises(InvalidData, match="layout 2") as caught:
        read_settings("layout = 2\n", "archive.toml")
    assert "pip install --upgrade citekit" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("x = " + "1" * 5_000, "a number of too many digits"),
        ("x = 0x" + "f" * 5_000, "a number of too many digits"),
        ("layout = " + "1" * 4_000, "a number of too many digits"),
        ("x = " + "[" * 5_000, "nested too deeply"),
        ("x = " + "[" * 80 + "]" * 80, "nested too deeply"),
        ("[" + "a." * 500 + "b]", "nested too deeply"),
        ("a." * 100_000 + "b = 1", "more than 1,000 dots in a line"),
        ("x = 1 # " + "a" * 1_000_000, "more than 1,000,000 signs"),
    ],
)
def test_hostile_settings_are_refused_at_once(said: str, message: str) -> None:
    """Digits, depth and dotted keys without end are one documented error with the file's name."""
    with pytest.raises(InvalidData, match=message) as caught:
        read_settings(f"{said}\n", "archive.toml")
    assert caught.value.place is not None
    assert caught.value.place.path == "archive.toml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("layout = 1\n", 'features = ["state-leaves"]\nlayout = 1\n'),
        ("\ufefflayout = 1\n", '\ufefffeatures = ["state-leaves"]\nlayout = 1\n'),
        ("layout = 1\nfeatures = []\n", 'layout = 1\nfeatures = ["state-leaves", ]\n'),
        ("features=[\n]\nlayout = 1\n", 'features=["state-leaves", \n]\nlayout = 1\n'),
        ('features = ["state-leaves"] # x\nlayout = 1\n', None),
        (
            "layout = 1\n[log]\nagent = 'Ada'\n",
            "features = [\"state-leaves\"]\nlayout = 1\n[log]\nagent = 'Ada'\n",
        ),
    ],
)
def test_a_feature_is_named_and_all_else_stays(text: str, expected: str | None) -> None:
    """Comments, order and a byte order mark of the user's file are kept."""
    changed = with_feature(text, "state-leaves", "archive.toml")
    assert changed == (text if expected is None else expected)
    assert read_settings(changed, "archive.toml").features == ("state-leaves",)


def test_a_feature_that_cannot_be_named_is_told() -> None:
    """What is written in a way that nobody expects is changed by hand."""
    text = 'title = """\nfeatures = ["x"]\n"""\nlayout = 1\n'
    with pytest.raises(InvalidData) as raised:
        with_feature(text, "state-leaves", "archive.toml")
    assert "at the top" in str(raised.value.hint)
