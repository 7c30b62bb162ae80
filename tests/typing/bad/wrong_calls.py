"""What a type checker has to stop: each line with the error that it must give."""

from __future__ import annotations

from citekit import Archive


def wrong_names(archive: Archive) -> None:
    """Words that no method knows, and one that it needs."""
    archive.cite(["a"], stile="apa")  # error: [call-arg] keyword argument "stile"
    archive.export("bag.zip", format_="bagit")  # error: [call-arg] keyword argument "format_"
    archive.export("bag.zip")  # error: [call-arg] named argument "format"
    archive.rename("a")  # error: [call-arg] Too few arguments
    archive.annotate("a", "words")  # error: [call-arg] Too many positional arguments
    archive.quote("a")  # error: [attr-defined] has no attribute "quote"


def wrong_types(archive: Archive) -> None:
    """Values that are not what a parameter takes."""
    archive.list(access="open")  # error: [arg-type] Literal['open']
    archive.add("a.txt", access="open")  # error: [arg-type] Literal['open']
    archive.add_entity("Ada", kind="human")  # error: [arg-type] Literal['human']
    archive.annotate("a", span="1-2")  # error: [arg-type] expected "tuple[int, int] | None"
    archive.restore("a", b"bytes")  # error: [arg-type] expected "str | Path | None"


def wrong_results(archive: Archive) -> str:
    """Results that are taken for something else, and values that do not change."""
    archive.item("a").key = "b"  # error: [misc] is read-only
    archive.verify().ok = True  # error: [misc] is read-only
    return archive.cite(["a"])  # error: [return-value] got "Cited", expected "str"
