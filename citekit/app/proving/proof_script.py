"""The program that checks a proof without citekit, as it is handed to strangers and put on sites.

It is a file of the documentation; here is only where to find it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

SCRIPT: Final = "check_proof.py"
_HERE: Final = Path(__file__).parent
# in the wheel beside the package's data; in a checkout where the documentation has it
_PLACES: Final = (_HERE / "standalone" / SCRIPT, _HERE.parents[2] / "docs" / SCRIPT)


def proof_script() -> str:
    """The text of the program."""
    return next(path for path in _PLACES if path.is_file()).read_text(encoding="utf-8")
