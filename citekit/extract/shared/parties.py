"""A person or body as a page names it, before it is a CSL-JSON name."""

from __future__ import annotations

from typing import Literal

from citekit.model.value import Value

Kind = Literal["person", "organisation", ""]


class Party(Value):
    """Who is named: the text, and what the source says of it.

    ``kind`` is declared, and decides; empty where nothing is. ``given`` and ``family`` are the
    parts of a name where the source has them. ``is_one`` tells that the text holds one name.
    """

    text: str
    kind: Kind = ""
    given: str = ""
    family: str = ""
    is_one: bool = False
