"""``citekit.csl`` by itself: what a program that only formats references has to load."""

from __future__ import annotations

import subprocess
import sys

import pytest

ROOMS = {"citekit.csl", "citekit.errors", "citekit.model", "citekit.version"}
"""What of citekit may be loaded: nothing that extracts, stores, verifies or builds sites."""
SLOW = {
    *("argparse", "ast", "asyncio", "concurrent", "dataclasses", "email", "html", "http"),
    *("inspect", "logging", "multiprocessing", "sqlite3", "socket", "ssl", "subprocess"),
    *("tempfile", "zipfile"),
}
"""What of Python's library takes long, and formatting needs none of."""
USES = {
    "imported": "import citekit.csl",
    "used": "from citekit.csl import process; "
    "process('apa', [{'id': 'k', 'type': 'book', 'title': 'Tides'}], output='html')",
}


@pytest.mark.parametrize("use", USES.values(), ids=list(USES))
def test_the_processor_loads_itself_alone(use: str) -> None:
    """Importing and using it loads no other package, no other room, and nothing slow."""
    program = (
        f"import sys; before = set(sys.modules); {use}; "
        "print('\\n'.join(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    modules = set(done.stdout.decode().split())
    tops = {module.partition(".")[0] for module in modules}

    assert {top for top in tops if top not in sys.stdlib_module_names} == {"citekit"}
    rooms = {".".join(m.split(".")[:2]) for m in modules if m.startswith("citekit.")}
    assert rooms <= ROOMS
    assert tops & SLOW == set()
