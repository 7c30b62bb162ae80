"""``citekit.csl`` by itself: what a program that only formats references has to load."""

from __future__ import annotations

import subprocess
import sys

import pytest

OTHERS = {
    *("citekit", "citekit.errors", "citekit.version", "citekit.model", "citekit.model.machine"),
    *("citekit.model.machine.user_folders", "citekit.model.nearest", "citekit.model.title_markup"),
    *("citekit.model.value", "citekit.model.variables", "citekit.model.machine.user_cache"),
    *("citekit.model.records", "citekit.model.records.plain_toml"),
}
"""What of citekit may be loaded beside the processor: nothing that extracts, stores or verifies."""
SLOW = {
    *("argparse", "ast", "asyncio", "concurrent", "dataclasses", "email", "html", "http"),
    *("inspect", "logging", "multiprocessing", "sqlite3", "socket", "ssl", "subprocess"),
    *("tempfile", "zipfile", "difflib", "importlib.metadata"),
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
    ours = {module for module in modules if module.partition(".")[0] == "citekit"}
    assert {module for module in ours if not module.startswith("citekit.csl")} == OTHERS
    assert (modules | tops) & SLOW == set()
