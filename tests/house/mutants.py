"""Whether the tests would notice: ``nox -s mutants -- NAME`` changes code and runs its tests.

mutmut makes a mutant of a file for each small change (a bound moved by one, ``and`` for ``or``, an
argument dropped); a mutant that no test fails for shows behaviour that nobody holds. Of each group
at least 90 % have to be killed. Left out of the count are mutants that only reword a message, and
those of ``equivalent_mutants.toml``, which behave as the original does.

Runs are by hand, not in CI. ``--survivors`` after the name asks new tests about the mutants that
are left over from the run before. What mutmut leaves as it is: what stands outside of functions
(constants, tables, fields), properties and other functions with a decorator, f-strings. Programs
that tests start run unmutated code, so the tests named here work in their own process.

Runs of 30 November and (*) 1 December 2026, on two busy cores. Those of November whose tests share
an archive that is made once may count too many as killed: it could go at the end of some fork, and
all tests failed from then on.

    group                     mutants  killed  timeouts  survived  wording  equivalent  minutes
    quotation                      71      71         0         0        0           0      0.3
    safety                        116     102         0         0       11           3      2.4
    integrity/merkle              279     253        20         0        0           6     17.8
    integrity/checkpoint           52      45         0         0        7           0      1.1
    integrity/note                132     112         0         0       17           3      1.5
    integrity/rotation             26      25         0         0        0           1      0.6
    integrity/proof               111     100         0         0        8           3      2.1
    integrity/leaf                100      73         0         0       19           8      2.7
    integrity/state *             521     476         0        27       18           0     11.0
    integrity/witness *           190     175         0         6        9           0      9.1
    integrity/private_tree *      182     170         0         6        6           0      8.0
    integrity/revocation *         50      46         0         2        2           0      2.0
    integrity/tree                158     150         0         4        4           0      0.8
    integrity/sign                197     185         0         0       10           2      1.2
    integrity/tiles               231     223         0         0        1           7      2.5
    integrity/timestamp *       192     166         0         0       25           1      2.8
    integrity/digest               34      32         0         0        2           0      1.4
    integrity/earlier              89      78         3         0        4           4      2.4
    proving/check_proof *       715     650         0        53       10           2     11.8
    proving/proof_reading         132     128         0         4        0           0      6.2
    proving/proof_verdict          76      76         0         0        0           0      3.8
    proving/proof_file             55      49         0         3        3           0      4.1
    proving/last_word *           138     136         0         2        0           0      4.2
    proving/prove *             469     436         0        10       22           1      5.9
    proving/earlier_seals *      73      72         0         1        0           0      0.7
    proving/proof_page            409     396         0         9        0           4      3.3
    proving/bundle                227     204         0         6        4          13      3.7
    verifying/trust *           530     492         0        31        4           3     12.2
    verifying/witnesses *         217     208         0         7        2           0      8.6
    verifying/evidence *           53      52         0         1        0           0      4.1
    verifying/trust_anchors       116     102         0         4        9           1      1.3
    verifying/quotation            69      67         0         2        0           0      5.5
    verifying/structure *       143     135         0         1        4           3      2.8
    verifying/payload_faults *    273     251         0         3       17           2      1.4
    verifying/payload_hashing *    290     259         2        15        0          14      9.0
    verifying/payloads *        134     124         0         5        4           1      4.7
    verifying/records *           449     423         0        26        0           0     14.0
    verifying/links *           197     177         0        18        1           1      2.1
    verifying/verify *            193     185         0         8        0           0     28.2
    proving/held_privately *     55      53         0         2        0           0      0.3
    proving/proof_keys *        263     251         0        12        0           0      0.9
    verifying/beside_writers *     57      52         1         2        2           0      2.3
    verifying/inspection *      265     242         1        22        0           0      1.7
    verifying/interrupted *     177     164         0        13        0           0      2.2
    verifying/log *            1368    1200         0       119       49           0     37.2
    verifying/log_tree *        485     459         0         9       10           7      3.3
    verifying/private_files *    491     454         0        23       14           0     16.5
    verifying/timestamps *      173     156         0         7       10           0      1.0
"""

from __future__ import annotations

import ast
import difflib
import json
import os
import resource
import shutil
import subprocess
import sys
import textwrap
import time
import tomllib
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).parents[2]
EQUIVALENTS: Final = Path(__file__).with_name("equivalent_mutants.toml")
LEAST_KILLED: Final = 0.9
QUICK_PLACE: Final = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # ours alone
"""Where tests have their files: in memory, because removing them from a disk takes longest."""
ONE_OF_EACH: Final = "*__mutmut_1"
"""Tried first, of each function: what the others are is then known, and which only reword."""
AT_ONCE: Final = 200
"""Mutants for one run of mutmut: after some hundreds, tests were seen to fail by themselves."""
MOST_MEMORY: Final = 3 << 30
"""Bytes for one process: a mutant that fills all of it fails, and takes nothing else with it."""

_LOG: Final = [f"app/verifying/test_{name}" for name in ("log_findings", "forged_pending")]
_FINDINGS: Final = [f"app/verifying/test_{name}" for name in ("verify", "verify_changed")]
_PAYLOADS: Final = ["app/verifying/test_payload_claims", *_FINDINGS[:1]]
_PROVE: Final = [f"app/proving/test_{name}" for name in ("verdicts", "prove_earlier", "prove")]
_KEPT: Final = ["app/proving/test_kept_checkpoints"]
_OUTSIDE: Final = [
    *_LOG[:1],
    *(
        f"app/verifying/test_{name}"
        for name in ("witnesses_and_forks", "revoked_keys", "witnesses_told")
    ),
]

# Which files are mutated, and which tests judge them.
GROUPS: Final[dict[str, tuple[list[str], list[str]]]] = {
    "quotation": (["model/quotation"], ["model/test_quotation"]),
    "safety": (["capture/safety"], ["capture/test_safety"]),
    "integrity/merkle": (["integrity/merkle"], ["integrity/test_merkle_proofs"]),
    "integrity/checkpoint": (["integrity/checkpoint"], ["integrity/test_checkpoint"]),
    "integrity/note": (["integrity/note"], ["integrity/test_note"]),
    "integrity/rotation": (["integrity/rotation"], ["integrity/test_rotation"]),
    "integrity/proof": (["integrity/proof"], ["integrity/test_proof"]),
    "integrity/leaf": (["integrity/leaf"], ["integrity/test_leaf"]),
    "integrity/state": (
        [f"integrity/state/{name}" for name in ("group_state", "state_leaf", "state_tree")],
        ["integrity/test_state_tree", "integrity/test_state_leaf"],
    ),
    "integrity/witness": (
        [f"integrity/witness/{name}" for name in ("cosignature", "fork", "request")],
        [f"integrity/test_{name}" for name in ("cosignature", "fork", "witness_request")],
    ),
    "integrity/private_tree": (["integrity/private_tree"], ["integrity/test_private_tree"]),
    "integrity/revocation": (["integrity/revocation"], ["integrity/test_revocation"]),
    "integrity/tree": (["integrity/tree"], ["integrity/test_tree"]),
    "integrity/sign": (["integrity/sign"], ["integrity/test_sign"]),
    "integrity/tiles": (["integrity/tiles"], ["integrity/test_tiles"]),
    "integrity/timestamp": (["integrity/timestamp"], ["integrity/test_timestamp"]),
    "integrity/digest": (["integrity/digest"], ["integrity/test_digest"]),
    "integrity/earlier": (["integrity/earlier"], ["integrity/test_earlier"]),
    "proving/check_proof": (
        ["app/proving/check_proof"],
        [*_PROVE[:1], *_KEPT],
    ),
    "proving/proof_reading": (["app/proving/proof_reading"], _PROVE[:2]),
    "proving/proof_verdict": (["app/proving/proof_verdict"], _PROVE[:2]),
    "proving/proof_file": (["app/proving/proof_file"], _PROVE[:2]),
    "proving/proof_keys": (
        ["app/proving/proof_keys"],
        ["app/proving/test_proof_keys", *_PROVE[:1]],
    ),
    "proving/last_word": (["app/proving/last_word"], ["app/proving/test_last_word_told"]),
    "proving/held_privately": (
        ["app/proving/held_privately"],
        ["app/proving/test_held_privately"],
    ),
    "proving/prove": (
        ["app/proving/prove"],
        [
            f"app/proving/test_{name}"
            for name in ("what_is_in_a_proof", "last_word", "held_privately", "both_checkers")
        ],
    ),
    "proving/earlier_seals": (["app/proving/earlier_seals"], ["app/proving/test_earlier_seals"]),
    "proving/proof_page": (["app/proving/proof_page"], ["app/proving/test_proof_page"]),
    "proving/bundle": (["app/proving/bundle"], ["app/proving/test_bundle_parts"]),
    "verifying/trust": (["app/verifying/log_checks/trust"], _OUTSIDE),
    "verifying/witnesses": (
        ["app/verifying/log_checks/witnesses"],
        ["app/verifying/test_witnesses_told"],
    ),
    "verifying/evidence": (
        ["app/verifying/log_checks/evidence"],
        [*(f"app/verifying/test_{name}" for name in ("evidence", "witnesses_told")), *_LOG[:1]],
    ),
    "verifying/timestamps": (["app/verifying/log_checks/timestamps"], _LOG[:1]),
    "verifying/trust_anchors": (
        ["app/verifying/log_checks/trust_anchors"],
        ["app/verifying/test_trust_anchors"],
    ),
    "verifying/log_tree": (["app/verifying/log_checks/log_tree"], _LOG[:1]),
    "verifying/log": (
        ["app/verifying/log_checks/log"],
        [*_LOG, "app/verifying/test_unsealed_changes"],
    ),
    "verifying/quotation": (["app/verifying/quotation"], _FINDINGS),
    "verifying/structure": (["app/verifying/structure"], _FINDINGS[:1]),
    "verifying/payload_faults": (["app/verifying/payload_faults"], _PAYLOADS),
    "verifying/payload_hashing": (
        ["app/verifying/payload_hashing"],
        [*_PAYLOADS, *_FINDINGS[1:]],
    ),
    "verifying/payloads": (["app/verifying/payloads"], _PAYLOADS),
    "verifying/records": (
        ["app/verifying/records"],
        ["app/verifying/test_records_told", *_FINDINGS[:1]],
    ),
    "verifying/links": (["app/verifying/links"], ["app/verifying/test_links"]),
    "verifying/inspection": (
        ["app/verifying/inspection"],
        ["app/verifying/test_inspection", *_FINDINGS[:1]],
    ),
    "verifying/beside_writers": (
        ["app/verifying/beside_writers"],
        ["app/verifying/test_beside_writers"],
    ),
    "verifying/interrupted": (
        ["app/verifying/interrupted"],
        ["app/verifying/test_what_a_journal_explains"],
    ),
    "verifying/private_files": (
        ["app/verifying/private_files"],
        ["app/verifying/test_private_files"],
    ),
    "verifying/verify": (["app/verifying/verify"], ["app/verifying/test_report", *_FINDINGS]),
}

_KILLED: Final = frozenset([
    1,  # a test failed
    2, 3,  # tests could not be collected, pytest itself broke
    -9, -11,  # out of memory or stack
])  # fmt: skip
_TIMEOUT: Final = frozenset([-24, 24, 36, 152, 255])  # as mutmut counts them
_MESSAGES: Final = {
    "found": 2,
    "Finding": 1,
    "_wrong": 2,
    "_tell": 4,
}  # where a call takes its message; errors first of all


class Mutant(NamedTuple):
    """One change: where it is, the lines it changes, and what became of it."""

    name: str
    function: str
    was: str
    becomes: str
    is_wording: bool
    code: int | None

    @property
    def fate(self) -> str:
        """What the report counts it as."""
        if self.is_wording:
            return "wording"
        if self.code in _KILLED:
            return "killed"
        return "timeout" if self.code in _TIMEOUT else "survived"


def main(arguments: Sequence[str]) -> int:
    """Run one group and print the report; 0 when enough were killed."""
    names = [argument for argument in arguments if not argument.startswith("-")]
    if len(names) != 1 or names[0] not in GROUPS:
        tell(f"name one of: {', '.join(GROUPS)}")
        return 2
    (name,) = names
    place = ROOT / "build" / "mutants" / name.replace("/", "-")
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    begin = time.monotonic()
    tried = [ONE_OF_EACH]
    if "--survivors" in arguments:
        left = [mutant.name for mutant in read_mutants(place, name) if mutant.fate == "survived"]
        tried = left or tried
    else:
        shutil.rmtree(place, ignore_errors=True)
    copy_tree(place, *GROUPS[name])
    if not run_mutmut(place, tried):
        return 2
    new = [m.name for m in read_mutants(place, name) if m.code is None and not m.is_wording]
    for begins in range(0, len(new), AT_ONCE):
        if not run_mutmut(place, new[begins : begins + AT_ONCE]):
            return 2
    return report(name, list(read_mutants(place, name)), (time.monotonic() - begin) / 60)


def copy_tree(place: Path, files: list[str], tests: list[str]) -> None:
    """What git knows of the tree, with mutmut's settings."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place / name)
    settings = {
        "source_paths": ["citekit"],
        "only_mutate": [f"citekit/{name}.py" for name in files],
        "also_copy": sorted({name.partition("/")[0] for name in listed if name} - {"citekit"}),
        "pytest_add_cli_args": [
            *("--hypothesis-seed=0", "--hypothesis-profile=mutants", "-p", "no:cacheprovider"),
            *("-p", "no:unraisableexception"),  # it looks for garbage after every mutant
        ],
        "pytest_add_cli_args_test_selection": [f"tests/{name}.py" for name in tests],
        "timeout_multiplier": 4.0,  # times what the tests need, and
        "timeout_constant": 10.0,  # seconds, because mutmut leaves out what fixtures need
        "use_git_change_detection": False,
        "track_dependencies": False,
    }
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in settings.items()]
    with (place / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.writelines(["\n[tool.mutmut]\n", *lines])


def run_mutmut(place: Path, mutants: Sequence[str]) -> bool:
    """Try these mutants; whether it worked. What mutmut says is kept beside the copy."""
    program = Path(sys.executable).with_name("mutmut")
    log = place.with_suffix(".log")
    with log.open("wb") as file, TemporaryDirectory(dir=QUICK_PLACE) as folder:
        ended = subprocess.run(
            [str(program), "run", "--max-children", "2", *mutants],
            cwd=place, stdout=file, stderr=file, check=False,
            env={**os.environ, "TMPDIR": folder, "PYTEST_DEBUG_TEMPROOT": folder},
        )  # fmt: skip
    if ended.returncode:
        tell(f"mutmut failed: see {log}")
    return ended.returncode == 0


def read_mutants(place: Path, group: str) -> Iterator[Mutant]:
    """Every mutant of a run, with what became of it."""
    for file in GROUPS[group][0]:
        source = place / "mutants" / "citekit" / f"{file}.py"
        codes = json.loads(source.with_name(f"{source.name}.meta").read_text("utf-8"))
        spans = json.loads(source.with_name(f"{source.name}.spans").read_text("utf-8"))["spans"]
        lines = source.read_text("utf-8").splitlines(keepends=True)
        parts = {
            name: textwrap.dedent("".join(lines[first - 1 : last]))
            for name, (first, last) in spans.items()
        }
        for name, code in codes["exit_code_by_key"].items():
            mangled = name.rpartition(".")[2]
            original = f"{mangled.partition('__mutmut_')[0]}__mutmut_orig"
            yield describe(name, parts[original], parts[mangled], code)


def describe(name: str, original: str, mutated: str, code: int | None) -> Mutant:
    """One mutant, from the sources of both functions."""
    module, _, mangled = name.rpartition(".")
    plain = mangled.partition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ")
    old, new = function_of(original), function_of(mutated)
    new.name = old.name
    changes = list(difflib.ndiff(ast.unparse(old).splitlines(), ast.unparse(new).splitlines()))
    was, becomes = (
        "\n".join(line[2:].strip() for line in changes if line.startswith(sign)) for sign in "-+"
    )
    function = f"{module}.{plain.replace('ǁ', '.')}"
    return Mutant(name, function, was, becomes, is_wording(list(path_to_change(old, new))), code)


def function_of(source: str) -> ast.FunctionDef:
    """The function that a piece of source defines."""
    (function,) = ast.parse(source).body
    if not isinstance(function, ast.FunctionDef):
        raise TypeError(source)
    return function


def path_to_change(old: ast.AST, new: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """The pairs of nodes from the function down to the smallest that holds the whole change."""
    yield old, new
    olds, news = list(ast.iter_child_nodes(old)), list(ast.iter_child_nodes(new))
    changed = [
        pair for pair in zip(olds, news, strict=False) if ast.dump(pair[0]) != ast.dump(pair[1])
    ]
    if type(old) is type(new) and len(olds) == len(news) and len(changed) == 1:
        yield from path_to_change(*changed[0])


def is_wording(path: list[tuple[ast.AST, ast.AST]]) -> bool:
    """Whether the change is of a text that stands in a message or a hint, or inside of one."""
    olds = [old for old, _ in path]
    is_text = all(
        isinstance(node, ast.Constant) and isinstance(node.value, str) for node in path[-1]
    )
    is_inside = any(isinstance(node, ast.JoinedStr) for node in olds[:-1])
    steps = zip([olds[0], *olds], olds, olds[1:], strict=False)
    return (is_text or is_inside) and any(is_message(*step) for step in steps)


def is_message(above: ast.AST, node: ast.AST, child: ast.AST) -> bool:
    """Whether the child of a node is the text that a user reads."""
    if isinstance(node, ast.keyword):
        return node.arg in {"message", "hint"}
    if isinstance(node, ast.Assign):
        return child is node.value and ast.unparse(node.targets[0]) in {"message", "hint"}
    if not isinstance(node, ast.Call) or child not in node.args:
        return False
    position = 0 if isinstance(above, ast.Raise) else _MESSAGES.get(ast.unparse(node.func))
    return node.args.index(child) == position


def report(group: str, mutants: list[Mutant], minutes: float) -> int:
    """Print what is left over and the figures; 0 when the tests hold the group."""
    modules = tuple(f"citekit.{file.replace('/', '.')}." for file in GROUPS[group][0])
    listed = {
        (entry["function"], entry["was"], entry["becomes"])
        for entry in tomllib.loads(EQUIVALENTS.read_text("utf-8"))["equivalent"]
        if entry["function"].startswith(modules)
    }
    survived = [mutant for mutant in mutants if mutant.fate == "survived"]
    left = [m for m in survived if (m.function, m.was, m.becomes) not in listed]
    wrong = listed - {(m.function, m.was, m.becomes) for m in survived}
    for mutant in left:
        tell(f"{mutant.name}\n- {mutant.was}\n+ {mutant.becomes}\n")
    for function, was, becomes in sorted(wrong):
        tell(f"{function}: is listed as equivalent, but did not survive\n- {was}\n+ {becomes}\n")
    fates = Counter(mutant.fate for mutant in mutants)
    held = fates["killed"] + fates["timeout"]
    rate = held / (held + len(left)) if mutants else 0.0
    tell(
        f"{group}: {len(mutants)} mutants · {fates['killed']} killed · {fates['timeout']} timeouts"
        f" · {len(left)} survived · {fates['wording']} of wording"
        f" · {len(survived) - len(left)} equivalent · {rate:.1%} · {minutes:.1f} minutes"
    )
    return 1 if wrong or rate < LEAST_KILLED else 0


def tell(text: str) -> None:
    """Print a line of the report."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    os.environ.setdefault("CITEKIT_SHARED", os.fspath(ROOT.parent / "shared"))
    sys.exit(main(sys.argv[1:]))
