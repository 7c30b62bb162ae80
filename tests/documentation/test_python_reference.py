"""The reference of the Python interface is what the code says of itself."""

from __future__ import annotations

import inspect
import os
import re
from importlib import import_module
from pathlib import Path

import citekit
from citekit.model.value import Value

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "python.md"
INTRODUCTION = """\
# Python

Everything that the command line does can be done from Python. An exception that leaves a public
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
PARTS = (
    ("citekit", ("Archive", "CitekitError")),
    ("citekit.csl", tuple(import_module("citekit.csl").__all__)),
)


def test_the_python_page_is_the_public_interface() -> None:
    """Every public name with its signature and docstring; CITEKIT_UPDATE=1 writes it anew."""
    if os.environ.get("CITEKIT_UPDATE"):
        PAGE.write_text(python_page(), "utf-8", newline="\n")
    assert PAGE.read_text("utf-8") == python_page()


def test_every_public_name_is_on_the_page() -> None:
    """What ``citekit`` offers is what the page lists."""
    assert {*PARTS[0][1], "__version__"} == set(citekit.__all__)


def python_page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for module, names in PARTS:
        parts.append(f"## `{module}`\n")
        parts += [described(name, getattr(import_module(module), name)) for name in names]
    return "\n".join(parts)


def described(name: str, thing: object) -> str:
    """One class with its methods, or one function."""
    if not isinstance(thing, type):
        return entry("###", name, thing)
    methods = [
        entry("####", f"{name}.{method}", value)
        for method, value in vars(thing).items()
        if not method.startswith("_") and callable(getattr(thing, method))
    ]
    return "\n".join([entry("###", name, thing), *methods])


def entry(level: str, name: str, thing: object) -> str:
    """Heading, signature and docstring."""
    return f"{level} `{name}`\n\n```text\n{name}{signature(thing)}\n```\n\n{prose(thing)}\n"


def signature(thing: object) -> str:
    """The parameters as a call would be written, one a line where there are many."""
    if isinstance(thing, type) and issubclass(thing, Value):
        kinds = [f"{field}: {thing.__annotations__[field]}" for field in thing.FIELDS]
        return wrapped(["*", *kinds], "")
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
