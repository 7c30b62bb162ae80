"""What an unknown command is answered with."""

from __future__ import annotations

import pytest

from citekit.cli.run import run
from citekit.cli.table import COMMANDS
from citekit.cli.typer_app import destroys


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["lst"], "'list'"), (["anotate"], "'annotate'"), (["entity", "shw"], "'show'")],
)
def test_the_nearest_command_is_offered(
    words: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip of the finger is answered with the name that was meant."""
    assert run(words) == 2
    said = capsys.readouterr().err
    assert f"No such command {words[-1]!r}" in said
    assert meant in said


@pytest.mark.parametrize(
    "words", [["capture"], ["purg"], ["remov"], ["delete"], ["annotation", "rmm"], ["claim", "rn"]]
)
def test_nothing_that_destroys_is_offered(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """However near its name is, a command that takes something away is not led to."""
    assert run(words) == 2
    said = capsys.readouterr().err
    assert f"No such command {words[-1]!r}" in said
    assert not {"'purge'", "'remove'", "'rm'"} & set(
        said.replace("?", " ").replace(",", " ").split()
    )


def test_every_command_that_asks_first_counts_as_destructive() -> None:
    """What takes --yes, and whatever is called rm, is among those that are not offered."""
    asking = {c.name for c in COMMANDS if any(option.name == "--yes" for option in c.options)}
    removing = {c.name.split()[-1] for c in COMMANDS if c.name.split()[-1] == "rm"}
    assert asking == {"purge", "remove", "seal"}  # a seal asks, and takes nothing away
    assert all(map(destroys, {"purge", "remove"} | removing))
    assert not any(map(destroys, ("list", "restore", "add", "set", "rename", "seal")))
