"""The program that changes code tells wording from behaviour, and holds what it promises."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def mutants() -> ModuleType:
    """The program; it is no module of a package."""
    spec = importlib.util.spec_from_file_location(
        "mutants_program", Path(__file__).with_name("mutants.py")
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("was", "becomes", "is_wording"),
    [
        ("raise Bad('no such host')", "raise Bad('NO SUCH HOST')", True),
        ("raise Bad(f'no {name[:80]}')", "raise Bad(f'no {name[:81]}')", True),
        ("raise Bad('no', hint='look')", "raise Bad('no', hint='XXlookXX')", True),
        ("raise Bad('no', hint='look')", "raise Bad('no', hint=None)", False),
        ("raise Bad('no')", "raise Bad(None)", False),
        ("raise Bad(text, 'place')", "raise Bad(text, 'PLACE')", False),
        ("yield found('E1', path, 'is gone')", "yield found('E1', path, 'IS GONE')", True),
        ("yield found('E1', path, 'is gone')", "yield found('e1', path, 'is gone')", False),
        ("message = 'is gone'", "message = 'IS GONE'", True),
        ("message = 'is gone'", "message = None", False),
        ("return 'http'", "return 'HTTP'", False),
        ("return found('E1', p, 'a') if a < b else 0",
         "return found('E1', p, 'a') if a <= b else 0", False),
    ],
)  # fmt: skip
def test_wording_is_told_from_behaviour(
    was: str, becomes: str, is_wording: bool, mutants: ModuleType
) -> None:
    """Only another text in a message or hint is wording; a message that is gone is not."""
    sources = [f"def x_f__mutmut_{which}(a, b):\n    {line}\n" for which, line in
               (("orig", was), ("1", becomes))]  # fmt: skip
    mutant = mutants.describe("citekit.a.x_f__mutmut_1", *sources, 0)
    assert (mutant.function, mutant.was, mutant.becomes) == ("citekit.a.f", was, becomes)
    assert mutant.fate == ("wording" if is_wording else "survived")


def _mutant(mutants: ModuleType, number: int, code: int) -> object:
    function = "citekit.model.quotation.excess"
    return mutants.Mutant(f"x_excess__mutmut_{number}", function, "a", str(number), False, code)


@pytest.mark.parametrize(("killed", "survived", "exit_code"), [(9, 1, 0), (89, 11, 1), (0, 0, 1)])
def test_nine_of_ten_have_to_be_killed(
    killed: int,
    survived: int,
    exit_code: int,
    mutants: ModuleType,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The bound itself is enough, and nothing killed of nothing is not."""
    codes = [1] * killed + [0] * survived
    made = [_mutant(mutants, number, code) for number, code in enumerate(codes)]
    assert mutants.report("quotation", made, 1.0) == exit_code
    assert f"{killed} killed · 0 timeouts · {survived} survived" in capsys.readouterr().out


def test_an_equivalent_that_is_killed_is_told(
    mutants: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list holds what survives, or the run is red."""
    listed = tmp_path / "list.toml"
    entry = '[[equivalent]]\nfunction = "citekit.model.quotation.excess"\nwas = "a"\n'
    listed.write_text(f'{entry}becomes = "1"\nreason = "the same"\n')
    monkeypatch.setattr(mutants, "EQUIVALENTS", listed)
    both = [_mutant(mutants, 0, 1), _mutant(mutants, 1, 0)]
    assert mutants.report("quotation", both, 1.0) == 0
    assert mutants.report("quotation", [_mutant(mutants, 0, 1), _mutant(mutants, 1, 1)], 1.0) == 1


def test_every_group_is_of_files_that_are_there(mutants: ModuleType) -> None:
    """A file that moved is noticed before somebody waits for a run."""
    for files, tests in mutants.GROUPS.values():
        assert all((ROOT / "citekit" / f"{name}.py").is_file() for name in files)
        assert all((ROOT / "tests" / f"{name}.py").is_file() for name in tests)
