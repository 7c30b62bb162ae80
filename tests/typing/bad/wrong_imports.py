"""Names that citekit does not offer."""

from __future__ import annotations


def wrong_names() -> None:
    """One that is written wrong, and one that is another module's."""
    from citekit import Archiv  # error: [attr-defined] has no attribute "Archiv"
    from citekit.app.archive import cite  # error: [attr-defined] does not explicitly export

    print(Archiv, cite)
