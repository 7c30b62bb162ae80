"""What a library warns of while citekit reads with it, where citekit's own findings say it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def unheard(library: str) -> Iterator[None]:
    """Keep the warnings of a library's logger from stderr; afterwards logging is as it was.

    Only Python's handler of last resort is kept away: handlers that the caller has set up hear
    everything. Source: Python's logging HOWTO, "Configuring Logging for a Library".
    """
    import logging  # not at the top: start-up time is a promise

    logger, nobody = logging.getLogger(library), logging.NullHandler()
    logger.addHandler(nobody)
    try:
        yield
    finally:
        logger.removeHandler(nobody)
