"""The reference of the Python interface is what the code says of itself."""

from __future__ import annotations

import ast
import inspect
import os
import re
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass
from enum import EnumType
from importlib import import_module
from pathlib import Path
from typing import is_typeddict

import citekit
from citekit.model.value import Value

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "python.md"
INTRODUCTION = """\
# Python

Everything that the command line does can be done from Python ([which method does which
command](../how-to/from-python.md)). An exception that leaves a public
function is a `CitekitError`, with a message, a place, a hint and an exit code.

```python
from citekit import Archive

archive = Archive.open("archive")
item = archive.add("article.txt", url="https://…").item
print(archive.cite([item.key], style="apa", format="html").text)
```

The names below may grow; they change only with a line in the changelog. The
[CSL processor](../csl/index.md) works by itself.
"""
ERRORS = (
    "CitekitError",
    "UsageError",
    "MissingExtra",
    "NotFound",
    "InvalidData",
    "CaptureFailed",
    "IntegrityFailed",
    "StoreConflict",
    "StorageFailed",
    "Place",
)
FIRST = ("Archive", "check_proof", "read_outside", "revoke", "make_witness_key", "witness")
VALUES = tuple(sorted({*citekit.__all__} - {*FIRST, *ERRORS, "__version__"}))
PARTS = (
    ("`citekit`", "citekit", FIRST),
    ("What comes back, and goes in", "citekit", VALUES),
    ("Errors", "citekit", ERRORS),
    ("`citekit.csl`", "citekit.csl", tuple(import_module("citekit.csl").__all__)),
)
# Types that the signatures name and that nobody needs to import, with their modules.
OTHERS = {
    "Access": "citekit.model.item",
    "ArchiveStore": "citekit.store.archive",
    "Ask": "citekit.app.intake.known_source",
    "Checkpoint": "citekit.integrity.checkpoint",
    "Cosignature": "citekit.integrity.witness.cosignature",
    "Date": "citekit.model.date",
    "EntityKind": "citekit.model.entity",
    "Exchange": "citekit.capture.exchange",
    "FindingClass": "citekit.findings",
    "Grade": "citekit.app.intake.restore_grade",
    "ItemFacts": "citekit.model.item",
    "Json": "citekit.model.records.json_text",
    "LastWord": "citekit.app.proving.proof_verdict",
    "LeftOut": "citekit.store.private.left_out",
    "LoggedPayload": "citekit.app.changing.purge",
    "Merge": "citekit.app.intake.recognising.merging",
    "MergeAsk": "citekit.app.intake.recognising.merging",
    "Name": "citekit.model.name",
    "Paragraph": "citekit.app.looking.text_diff",
    "ProvenEntry": "citekit.app.proving.proof_verdict",
    "ProvenPurge": "citekit.app.proving.proof_verdict",
    "ProvenTime": "citekit.app.proving.proof_verdict",
    "Range": "citekit.app.annotating.passages",
    "ReadLog": "citekit.app.proving.prove",
    "PaperFormat": "citekit.app.rendering.render",
    "SyncFormat": "citekit.app.syncing.target",
    "Severity": "citekit.findings",
    "Sign": "citekit.app.intake.recognising.known_works",
    "Shared": "citekit.app.looking.duplicates",
    "SignerKey": "citekit.integrity.sign",
    "Sort": "citekit.app.looking.listing",
    "Stance": "citekit.model.claim",
    "State": "citekit.app.annotating.reanchor",
    "Revocation": "citekit.integrity.revocation",
    "Taken": "citekit.app.changing.undo",
    "Change": "citekit.anchor.quoting",
    "Reason": "citekit.anchor.quoting",
    "Verdict": "citekit.app.auditing.result",
    "Tell": "citekit.app.looking.listing",
    "Timestamp": "citekit.integrity.timestamp",
    "Traces": "citekit.app.git",
    "VerifierKey": "citekit.integrity.sign",
    "Visited": "citekit.app.intake.web.observed",
}
# What every reader of Python's documentation knows.
PYTHON = {
    "Any", "Callable", "ClassVar", "Collection", "Iterable", "Iterator", "Literal", "Mapping",
    "None", "Path", "Self", "Sequence", "True", "False", "ThreadingHTTPServer",
}  # fmt: skip


def test_the_python_page_is_the_public_interface() -> None:
    """Every public name with its signature and docstring; CITEKIT_UPDATE=1 writes it anew."""
    if os.environ.get("CITEKIT_UPDATE"):
        PAGE.write_text(python_page(), "utf-8", newline="\n")
    assert PAGE.read_text("utf-8") == python_page()


def test_every_public_name_is_on_the_page() -> None:
    """What ``citekit`` offers is what the page lists."""
    listed = [name for _, module, names in PARTS if module == "citekit" for name in names]
    assert sorted([*listed, "__version__"]) == sorted(citekit.__all__)


def test_every_type_of_a_signature_is_told() -> None:
    """A reader finds each type that ``citekit`` speaks of on the page, or knows it from Python."""
    page = PAGE.read_text("utf-8").partition("\n## `citekit.csl`\n")[0]
    named = set(
        re.findall(
            r"(?<![.\w'])[A-Z]\w+", " ".join(re.findall(r"```text\n(.*?)```", page, re.DOTALL))
        )
    )
    headings = set(re.findall(r"^### `(\w+)`$", page, re.MULTILINE))
    assert named - headings - PYTHON == set(OTHERS)


def python_page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for title, module, names in PARTS:
        parts.append(f"## {title}\n")
        parts += [described(name, getattr(import_module(module), name)) for name in names]
    parts.append("## Other types in these signatures\n")
    parts += [f"`{name}`\n: {meaning(name, module)}\n" for name, module in OTHERS.items()]
    return "\n".join(parts)


def described(name: str, thing: object) -> str:
    """One class with its methods and properties, or one function."""
    if not isinstance(thing, type):
        return entry("###", name, thing)
    members = [
        entry("####", f"{name}.{member}", value)
        for member, value in vars(thing).items()
        if not member.startswith("_") and is_told(value)
    ]
    return "\n".join([entry("###", name, thing), *members])


def is_told(value: object) -> bool:
    """Whether a member of a class is a method or a property that says what it is."""
    return isinstance(value, property | classmethod | staticmethod) or inspect.isfunction(value)


def meaning(name: str, module: str) -> str:
    """What a type is: its values, the first sentence about it, or what the name stands for."""
    home = import_module(module)
    thing = getattr(home, name, None)
    if isinstance(thing, EnumType):
        return f"one of {', '.join(f'`{value}`' for value in list[object](thing))}"
    if isinstance(thing, type) and name == thing.__name__:
        first, _, _ = prose(thing).partition("\n\n")
        return f"{' '.join(first.split())} (`{module}`)"
    (alias,) = (
        node.value
        for node in ast.walk(ast.parse(inspect.getsource(home)))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    )
    return f"`{ast.unparse(alias)}`"


def entry(level: str, name: str, thing: object) -> str:
    """Heading, signature and docstring."""
    return f"{level} `{name}`\n\n```text\n{name}{signature(thing)}\n```\n\n{prose(thing)}\n"


def signature(thing: object) -> str:
    """The parameters as a call would be written, one a line where there are many."""
    if isinstance(thing, property):
        return f": {thing.fget.__annotations__['return']}"
    if is_typeddict(thing):
        kinds = thing.__annotations__.items()
        names = {n: getattr(kind, "__forward_arg__", None) or kind.__name__ for n, kind in kinds}
        return wrapped([f'"{n}": {name}' for n, name in names.items()], "")
    fields = fields_of(thing)
    if fields:
        return wrapped(["*", *fields], "")
    called = thing.__func__ if isinstance(thing, classmethod | staticmethod) else thing
    assert callable(called)
    told = inspect.signature(called)
    shown: list[str] = []
    for parameter in told.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in shown:
            shown.append("*")
        if parameter.name not in ("self", "cls"):
            shown.append(declared(parameter))
    gives = told.return_annotation
    return wrapped(shown, "" if gives is told.empty else f" -> {gives}")


def fields_of(thing: object) -> list[str]:
    """The fields of a value with their types; nothing for what is none."""
    if not isinstance(thing, type):
        return []
    if issubclass(thing, Value):
        kinds = {
            n: k
            for cls in reversed(thing.__mro__)
            for n, k in vars(cls).get("__annotations__", {}).items()
        }
        return [f"{name}: {kinds[name]}" for name in thing.FIELDS]
    if is_dataclass(thing):
        return [f"{field.name}: {field.type}" for field in dataclass_fields(thing)]
    names: tuple[str, ...] = getattr(thing, "_fields", ())
    kinds = vars(thing).get("__annotations__", {})
    return [f"{name}: {getattr(kinds[name], '__forward_arg__', kinds[name])}" for name in names]


def declared(parameter: inspect.Parameter) -> str:
    """One parameter as it is written in the source."""
    text = f"{parameter.name}: {parameter.annotation}"
    is_needed = parameter.default is parameter.empty
    return text if is_needed else f"{text} = {parameter.default!r}"


def wrapped(shown: list[str], gives: str) -> str:
    """A parameter list on one line, or one parameter a line."""
    line = f"({', '.join(shown)}){gives}"
    if len(line) <= 70:
        return line
    return "(\n" + "".join(f"    {one},\n" for one in shown) + f"){gives}"


def prose(thing: object) -> str:
    """The docstring as Markdown."""
    text = inspect.getdoc(thing) or ""
    return re.sub(r"``([^`]+)``", r"`\1`", text)
