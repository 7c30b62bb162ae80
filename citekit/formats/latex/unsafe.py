r"""Which TeX may be written back as somebody typed it: what only typesets.

A formula or a command of one's own is given back as it stood. TeX that reads or writes files, runs
programs or changes what other commands mean is not, wherever it came from: a bibliography file is
other people's text. A command is judged by its name, since ``\input`` has many names
(``\@@input``, ``\verbatiminput``, ``\InputIfFileExists``); ``^^`` and ``\csname`` spell any.
"""

from __future__ import annotations

import re
from typing import Final

_REACHING: Final = re.compile(
    r"input|include|import|read|write|open|file|shell|special|lua|token|csname|catcode|exec|escape"
    r"|expand|package|class|define|(?:new|provide)command|environment|makeat|expl|^every|pdf|xetex"
    r"|embed|attach|dump|primitive",
    re.IGNORECASE,
)
_ALONE: Final = frozenset(
    """def edef gdef xdef let futurelet chardef mathchardef countdef toksdef endlinechar escapechar
    outer long global the romannumeral string meaning uppercase lowercase aftergroup afterassignment
    batchmode errmessage show message immediate closein closeout end bye stop noexpand unexpanded
    detokenize jobname newif newcount newtoks newbox newlength setlength setcounter advance output
    loop repeat bibliography begin""".split()  # noqa: SIM905  # words are read more easily
)
_COMMAND: Final = re.compile(r"\\(?:([A-Za-z@]+)|.)", re.DOTALL)
_ENVIRONMENT: Final = re.compile(r"\\(?:begin|end)\s*\{([A-Za-z]+\*?)\}")


def only_typesets(text: str) -> bool:
    r"""Whether TeX that meets the text as a field does nothing but set it.

    >>> only_typesets(r"$\frac{a}{b}$ of \ce{H2O}"), only_typesets(r"\input{/etc/passwd}")
    (True, False)

    Braces have to be balanced, as BibTeX counts them (``\{`` is one), so that the text stays in
    its field.
    """
    if "^^" in text or not _is_balanced(text):
        return False
    text = _ENVIRONMENT.sub(_environment_name, text)
    return not any(_reaches(match[1]) for match in _COMMAND.finditer(text) if match[1])


def _environment_name(match: re.Match[str]) -> str:
    r"""``\begin{name}`` runs ``\name``; what the name does decides."""
    return f"\\{match[1].rstrip('*')} "


def _reaches(name: str) -> bool:
    return name in _ALONE or "@" in name or bool(_REACHING.search(name))


def _is_balanced(text: str) -> bool:
    depth = 0
    for sign in re.finditer(r"[{}]", text):
        depth += 1 if sign[0] == "{" else -1
        if depth < 0:
            return False
    return depth == 0
