"""Search every output for others for what it may not have: private things, restricted text.

    python tests/bench/marker_search.py

Builds an archive full of markers, runs each command that makes something for others and each of
Sphinx's builders with what they keep, unpacks all of it and prints what was searched, a line each.
Ends with 1 if a marker was found.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.testing.leaks.marked import Marked, build_marked, citekit, make_outputs, make_sites
from citekit.testing.leaks.markers import search_folder, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COPIED: Final = ("-D", "html_copy_source=1", "-D", "html_show_sourcelink=1")
BUILDERS: Final = {
    "html": COPIED,
    **dict.fromkeys(("dirhtml", "singlehtml", "epub", "text", "latex", "xml", "gettext"), ()),
    **dict.fromkeys(("texinfo", "pseudoxml"), ()),
}


def main() -> int:
    """Print the table; 1 where a marker was found."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        marked = build_marked(root / "one")
        number = sum([_report(path, markers) for path, markers in _outputs(marked, root / "out")])
    print(f"{number} found")
    return 1 if number else 0


def _outputs(marked: Marked, folder: Path) -> Iterator[tuple[Path, Mapping[str, bytes]]]:
    """Each folder of outputs with what it may not have."""
    everything = {**marked.private, **marked.text}
    for path in make_outputs(marked, folder):
        yield path, everything if path.name == "git" else {**everything, **marked.withdrawn}
    for path in make_sites(marked, folder, BUILDERS):
        yield path, {**everything, **marked.withdrawn}
    for form in ("bagit", "ro-crate"):
        path = folder / f"{form}-with-restricted"
        argv = ("export", "--format", form, "--with-restricted", "--output", str(path / "package"))
        citekit(marked.root, *argv)
        yield path, {**marked.private, **marked.withdrawn}
    path = folder / "site-with-restricted"
    citekit(marked.root, "site", "build", "--with-restricted", "--output", str(path))
    yield path, {**marked.private, **marked.withdrawn}


def _report(folder: Path, markers: Mapping[str, bytes]) -> int:
    """Print what was searched in a folder and each marker in it; returns how many there were."""
    start = time.perf_counter()
    found = search_folder(folder, markers)
    took_s = time.perf_counter() - start
    files = [path for path in folder.rglob("*") if path.is_file()]
    parts = sum(sum(1 for _ in unpacked(path.name, path.read_bytes())) for path in files)
    size = sum(path.stat().st_size for path in files) / 1e6
    print(
        f"{folder.name:24} {len(files):5} files {parts:6} parts {size:7.2f} MB {took_s:6.1f} s"
        f"  {len(markers):3} markers, {len(found)} found"
    )
    for one in found:
        print(f"    {one}")
    return len(found)


if __name__ == "__main__":
    sys.exit(main())
