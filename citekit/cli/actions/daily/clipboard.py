"""The clipboard: text, and beside it HTML where the system takes both at once.

On X11 (and on Wayland, which answers for it) a small process of ours owns the clipboard until
somebody copies something else: no library offers two forms of one thing there. Elsewhere the text
alone goes there, by copykitten, an optional package.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from typing import Final

from citekit.errors import MissingExtra, NotFound

try:
    import copykitten
except ImportError:
    copykitten = None  # type: ignore[assignment]  # asked for before it is used

_WAIT_S: Final = 10.0
_READY: Final = b"ready\n"


def copy(text: str, html: str | None) -> str:
    """Put this on the clipboard; what is there now, in words.

    Raises MissingExtra where a package is needed, NotFound where there is no clipboard.
    """
    if html is not None and os.environ.get("DISPLAY") and _own(text, html):
        return "text and HTML"
    if copykitten is None:
        raise MissingExtra("copykitten", extra="pick", purpose="--copy")
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform == "linux" and not has_display:
        raise _no_clipboard("no display")  # the process that would keep it fails unheard
    try:
        copykitten.copy(text, detach=sys.platform == "linux")
    except copykitten.CopykittenError as error:
        raise _no_clipboard(str(error)) from error
    return "text"


def _no_clipboard(why: str) -> NotFound:
    hint = "it takes a graphical session; --output FILE writes the references"
    return NotFound(f"no clipboard here: {why}", hint=hint)


def _own(text: str, html: str) -> bool:
    """Have a process own the clipboard; False where it does not come to that."""
    command = [sys.executable, "-m", "citekit.cli.actions.daily.clipboard_owner"]
    process = subprocess.Popen(  # noqa: S603  # ourselves
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdin is not None  # noqa: S101  # a pipe was asked for
    assert process.stdout is not None  # noqa: S101  # likewise
    try:
        process.stdin.write(json.dumps({"text": text, "html": html}).encode())
        process.stdin.close()
    except BrokenPipeError:
        return False
    is_heard = bool(select.select([process.stdout], [], [], _WAIT_S)[0])
    if is_heard and os.read(process.stdout.fileno(), len(_READY)) == _READY:
        return True
    process.kill()
    return False
