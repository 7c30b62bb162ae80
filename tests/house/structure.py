"""The figures of the house: what ``nox -s lint`` prints and holds.

No folder of the package has more than 16 modules; no files import each other in a circle, imports
for type checkers counted; at most 60 imports stand inside functions, and whatever else loads
modules by name counts as one; functions are short; every public one is documented.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "citekit"

MOST_MODULES = 16
MOST_LATE_IMPORTS = 60
MOST_LINES_P95 = 25
MOST_LINES = 55

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One file of the package."""

    name: str
    path: Path
    tree: ast.Module


class Found(NamedTuple):
    """One thing that counts, with its place."""

    module: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.what}"


def read_modules(package: Path = PACKAGE) -> dict[str, Module]:
    """Every module of a package by its dotted name."""
    modules = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = Module(name, path, ast.parse(path.read_text("utf-8")))
    return modules


def crowded(modules: dict[str, Module]) -> list[str]:
    """The folders with more modules than one look takes in (``__init__`` is not counted)."""
    rooms: dict[Path, int] = {}
    for module in modules.values():
        rooms[module.path.parent] = rooms.get(module.path.parent, 0) + (
            module.path.name != "__init__.py"
        )
    return [f"{room}: {count}" for room, count in rooms.items() if count > MOST_MODULES]


def imports_of(module: Module, modules: dict[str, Module]) -> set[str]:
    """The modules of the package that a file imports, wherever in the file, for types too."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in modules:
                    found.add(inner)
                elif node.module in modules:
                    found.add(node.module)
    return found - {module.name}


def circles(modules: dict[str, Module]) -> list[list[str]]:
    """Groups of files each of which reaches every other (strongly connected, by Tarjan)."""
    edges = {name: imports_of(module, modules) for name, module in modules.items()}
    return [sorted(group) for group in _components(edges) if len(group) > 1]


def _components(edges: dict[str, set[str]]) -> Iterator[list[str]]:
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(name: str) -> Iterator[list[str]]:
        order[name] = low[name] = len(order)
        stack.append(name)
        for other in sorted(edges[name]):
            if other not in order:
                yield from visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            cut = stack.index(name)
            yield stack[cut:]
            del stack[cut:]

    for name in edges:
        if name not in order:
            yield from visit(name)


def functions_of(tree: ast.AST) -> Iterator[Function]:
    """Every function, methods and inner ones too."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def late_imports(modules: dict[str, Module]) -> list[Found]:
    """Imports inside functions, ``import_module`` and module-level ``__getattr__``."""
    found = []
    for module in modules.values():
        seen: set[int] = set()
        for function in functions_of(module.tree):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in seen:
                    seen.add(id(node))
                    found.append(Found(module.name, node.lineno, ast.unparse(node)))
        found += [
            Found(module.name, node.lineno, _called(node))
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}
        ]
        found += [
            Found(module.name, node.lineno, "__getattr__ of the module")
            for node in module.tree.body
            if isinstance(node, ast.FunctionDef) and node.name == "__getattr__"
        ]
    return found


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def lengths(modules: dict[str, Module]) -> list[tuple[int, Found]]:
    """The lines of code of each function, without blank lines, comments and its docstring."""
    measured = []
    for module in modules.values():
        lines = module.path.read_text("utf-8").splitlines()
        for function in functions_of(module.tree):
            start = function.body[0]
            if ast.get_docstring(function, clean=False) is not None:
                docstring = range(start.lineno, (start.end_lineno or start.lineno) + 1)
            else:
                docstring = range(0)
            last = function.end_lineno or function.lineno
            code = [
                number
                for number in range(function.lineno, last + 1)
                if number not in docstring
                and lines[number - 1].strip()
                and not lines[number - 1].strip().startswith("#")
            ]
            measured.append((len(code), Found(module.name, function.lineno, function.name)))
    return sorted(measured, reverse=True)


def undocumented(modules: dict[str, Module]) -> list[Found]:
    """Public functions, methods and classes of public modules that say nothing of themselves."""
    found = []
    for module in modules.values():
        holders: list[ast.Module | ast.ClassDef] = [module.tree]
        holders += [
            node
            for node in module.tree.body
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        ]
        for holder in holders:
            found += [
                Found(module.name, node.lineno, node.name)
                for node in holder.body
                if isinstance(node, Function | ast.ClassDef)
                and not node.name.startswith("_")
                and ast.get_docstring(node) is None
            ]
    return found


def main() -> int:
    """Print the figures, and what breaks them; 1 where something does."""
    modules = read_modules()
    sizes = lengths(modules)
    p95 = sizes[len(sizes) * 5 // 100][0]
    longest, place = sizes[0]
    late = late_imports(modules)
    round_trips = circles(modules)
    full = crowded(modules)
    silent = undocumented(modules)
    say = sys.stdout.write
    say(f"modules {len(modules)}; folders over {MOST_MODULES} modules: {len(full)}\n")
    say(f"circles of files: {len(round_trips)}\n")
    say(f"imports inside functions: {len(late)} (at most {MOST_LATE_IMPORTS})\n")
    say(f"lines of a function: p95 {p95} (at most {MOST_LINES_P95}), most {longest} ({place})\n")
    say(f"public without a docstring: {len(silent)}\n")
    wrong = [*(f"crowded: {room}" for room in full)]
    wrong += [f"circle: {' '.join(group)}" for group in round_trips]
    wrong += [f"undocumented: {place}" for place in silent]
    if p95 > MOST_LINES_P95 or longest > MOST_LINES:
        wrong += [f"long: {place}: {size}" for size, place in sizes if size > MOST_LINES_P95][:20]
    if len(late) > MOST_LATE_IMPORTS or "--late" in sys.argv:
        wrong += [f"late: {place}" for place in late]
    say("".join(f"{line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
