"""The time, where a caller gives none; events need one, so it lives down here."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from citekit.errors import UsageError


def now() -> datetime:
    """This second in UTC; ``SOURCE_DATE_EPOCH`` fixes it for results that must come out the same.

    Raises UsageError when that variable is no number of seconds.
    Source: https://reproducible-builds.org/specs/source-date-epoch/
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(
            f"SOURCE_DATE_EPOCH is no number of seconds: {epoch!r}", hint="for example 1700000000"
        ) from error
