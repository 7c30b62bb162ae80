"""Styles that ask for too much: towers and chains of macros, depth, width, endless words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.csl import parse_style, process
from citekit.csl.style.extent import MOST_ELEMENTS, MOST_LEVELS, MOST_LOCALES, MOST_SIGNS
from citekit.csl.style.xml import MAX_DEPTH
from citekit.errors import InvalidData
from citekit.testing import csl_samples as csl
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

TITLE = '<text variable="title"/>'
GROUP = "<group>{}</group>"
CHOICE = '<choose><if type="book">{}</if></choose>'
SUBSTITUTE = '<names variable="author"><substitute>{}</substitute></names>'
ITEMS = [{"id": "a", "type": "book", "title": "Tides"}]


def macros(count: int, call: str, last: str = TITLE) -> str:
    """Macros that each hold the call of the next (``{}``), and the last one."""
    made = [f'<macro name="m{i}">{call.format(i + 1)}</macro>\n' for i in range(count)]
    return "".join([*made, f'<macro name="m{count}">{last}</macro>'])


def nested(around: str, times: int) -> str:
    """Elements in elements around a title."""
    before, after = around.split("{}")
    return before * times + TITLE + after * times


CALL = '<text macro="m{}"/>'.replace("{}", "{0}")
TOWERS = {
    "calls": CALL * 2,
    "groups": GROUP.replace("{}", CALL * 2),
    "choices": CHOICE.replace("{}", CALL * 2),
    "substitutes": SUBSTITUTE.replace("{}", CALL * 2),
}


@pytest.mark.parametrize("kind", TOWERS)
def test_a_tower_of_macros_is_refused_with_its_line(kind: str) -> None:
    """Macros that call the next twice are 2⁴⁰ elements, which nobody waits for."""
    xml = csl.style('<text macro="m0"/>', before="\n" + macros(40, TOWERS[kind]))

    with pytest.raises(InvalidData, match="comes to more than 50,000 elements") as caught:
        parse_style(xml, "tower.csl")

    assert str(caught.value.place).startswith("tower.csl:")
    assert caught.value.hint is not None


@pytest.mark.parametrize("around", [GROUP, CHOICE, SUBSTITUTE])
def test_a_chain_of_macros_is_refused(around: str) -> None:
    """Thousands of macros that each call the next are no RecursionError."""
    xml = csl.style('<text macro="m0"/>', before=macros(5000, around.replace("{}", CALL)))

    with pytest.raises(InvalidData, match="120 levels deep"):
        parse_style(xml)


@pytest.mark.parametrize(
    ("body", "before"),
    [
        (nested(GROUP.replace("<group>", '<group prefix="(" suffix=")">'), MAX_DEPTH - 6), ""),
        (nested(CHOICE, MAX_DEPTH // 2 - 3), ""),
        (nested(SUBSTITUTE, MAX_DEPTH // 2 - 3), ""),
        (CALL.format(0), macros(MOST_LEVELS - 2, CALL)),
        (CALL.format(0), macros(MOST_LEVELS // 2 - 2, GROUP.replace("{}", f"a{CALL}"))),
        (CALL.format(0), macros(MOST_LEVELS // 2 - 2, SUBSTITUTE.replace("{}", CALL))),
    ],
)
def test_the_deepest_style_runs_on_a_stack_in_use(body: str, before: str) -> None:
    """What is not refused is formatted, also by a caller who has half of the stack in use."""
    xml = csl.style(body, body, before=before)

    def called_at(depth: int) -> str:
        if depth:
            return called_at(depth - 1)
        return process(xml, ITEMS, [[{"id": "a"}]]).bibliography[0][1]

    assert "Tides" in called_at(400)


def test_many_elements_are_refused() -> None:
    """A style of a hundred thousand elements is none."""
    with pytest.raises(InvalidData, match="more than 36,000 elements"):
        parse_style(csl.style(TITLE, before=f'<macro name="m">{TITLE * MOST_ELEMENTS}</macro>'))


def test_many_sort_keys_count_together() -> None:
    """Each sort key runs its macro for each item."""
    sort = "<sort>" + '<key macro="m0"/>' * 20 + "</sort>"
    wide = f'<macro name="m0">{TITLE * 5000}</macro>'

    with pytest.raises(InvalidData, match="the bibliography comes to more than"):
        parse_style(csl.style(TITLE, before=wide, sort=sort))


@pytest.mark.parametrize(
    ("before", "message"),
    [
        (
            f'<locale><terms><term name="and">{"a" * MOST_SIGNS}a</term></terms></locale>',
            "the term 'and' has more than 1,000 signs",
        ),
        ("<locale/>" * (MOST_LOCALES + 1), "rewords more than 100 languages"),
        (
            f'<macro name="m"><names><name delimiter="{"a" * MOST_SIGNS}a"/></names></macro>',
            "more than 1,000 signs between two names",
        ),
    ],
)
def test_endless_words_are_refused(before: str, message: str) -> None:
    """What is written at every term or between any two names is short."""
    with pytest.raises(InvalidData, match=message):
        parse_style(csl.style(TITLE, before=before))


def test_long_affixes_count_as_elements() -> None:
    """A style cannot write megabytes by calling one long affix again and again."""
    text = f'<text value="{"a" * 100_000}"/>'

    with pytest.raises(InvalidData, match="comes to more than"):
        parse_style(csl.style(CALL.format(0) * 51, before=macros(0, "", text)))


def test_the_command_ends_with_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``citekit cite --style FILE`` tells the line of the macro, without a traceback."""
    archive = str(build_archive(tmp_path / "archive").root)
    style = tmp_path / "tower.csl"
    style.write_text(csl.style(CALL.format(0), before="\n" + macros(40, CALL * 2)))

    code = run(["--archive", archive, "cite", "harbour2024", "--style", str(style)])

    told = capsys.readouterr().err
    assert code == 4
    assert f"{style}:" in told
    assert "hint:" in told
