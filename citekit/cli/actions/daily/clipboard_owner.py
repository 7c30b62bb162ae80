"""Owns the clipboard of X11 with text and HTML, until somebody else copies something.

    python -m citekit.cli.actions.daily.clipboard_owner < {"text": …, "html": …}

It says "ready" when it has the clipboard. Source: ICCCM 2.0, §2 (who owns a selection serves it).
"""

from __future__ import annotations

import json
import sys
from typing import Final

try:
    import tkinter as tk
except ImportError:  # a part of Python that some systems leave out
    tk = None  # type: ignore[assignment]  # then it ends, and the text alone is copied

_LOOK_MS: Final = 500
_CLIPBOARD: Final = "CLIPBOARD"


def own(text: str, html: str) -> None:
    """Serve this to whoever pastes; returns when something else was copied."""
    root = tk.Tk(className="citekit")
    root.withdraw()
    root.clipboard_clear()
    for type_ in ("UTF8_STRING", "STRING", "text/plain;charset=utf-8", "text/plain"):
        root.clipboard_append(text, type=type_)
    # in ASCII: Tk writes what is no UTF8_STRING in an encoding of its own
    root.clipboard_append(html.encode("ascii", "xmlcharrefreplace").decode(), type="text/html")

    def look() -> None:
        owner = root.tk.call("selection", "own", "-displayof", ".", "-selection", _CLIPBOARD)
        if owner:
            root.after(_LOOK_MS, look)
        else:
            root.destroy()

    root.update()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    root.after(_LOOK_MS, look)
    root.mainloop()


if __name__ == "__main__":
    given = json.load(sys.stdin)
    own(given["text"], given["html"])
