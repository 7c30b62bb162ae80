"""Sites for tests: their source, a real Sphinx in a process of its own, and what it wrote."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

from citekit.model.value import Value

CONF = """\
project = "Test"
extensions = ["myst_parser", "citekit.sphinx"]
citekit_archive = "../archive"
html_theme = "furo"
html_copy_source = False
html_show_sphinx = False
"""
INDEX = """\
# Start

See {ck:item}`harbour2024`, {ck:passage}`harbour2024#p2`, {ck:entity}`ada-quill` and
{ck:claim}`passengers`. {cite:p}`{see}tide2023{p. 3}`, {cite:t}`lantern2024`. A
footnote.{footcite}`tide2023`

```{ck:item} lantern2024
```

```{ck:claims}
```

```{ck:timeline}
:entity: ada-quill
```

```{ck:passage} lantern2024#p2
```

```{bibliography}
```

```{footbibliography}
```

```{toctree}
items/index
entities/index
claims/index
timeline
bibliography
provenance
```
"""


class Site(Value):
    """A folder with an archive, the source of a site, and what was built from them."""

    root: Path
    output: Path
    said: str
    code: int

    def read(self, name: str) -> str:
        """A built file as text."""
        return (self.output / name).read_text(encoding="utf-8")


def write_source(root: Path, pages: dict[str, str] | None = None) -> None:
    """Write the source of a site beside the archive in a folder."""
    docs = root / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    for name, text in {"conf.py": CONF, **(pages or {"index.md": INDEX})}.items():
        path = docs / name
        # Sphinx reads again what has a new time
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def build_site(root: Path, *options: str, output: str = "out", builder: str = "html") -> Site:
    """Run Sphinx on a folder; what it says comes back with the site."""
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-b",
        builder,
        "-d",
        str(root / f"{output}-dt"),
    ]
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [*command, *options, str(root / "docs"), str(root / output)],
        capture_output=True,
        text=True,
        check=False,
    )
    return Site(root=root, output=root / output, said=done.stderr, code=done.returncode)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


class Tags(HTMLParser):
    """Every start tag of a page with its attributes, and all ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def values(self, tag: str, name: str) -> list[str]:
        """All values of one attribute of one kind of tag."""
        return [
            attributes[name] for kind, attributes in self.tags if kind == tag and name in attributes
        ]
