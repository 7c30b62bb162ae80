"""What is known from outside of the log's past covers a signature, or does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from citekit.app.verifying.log_checks.evidence import Evidence, covering
from citekit.integrity.note import Note
from citekit.integrity.sign import new_signer_key, sign_note

KEY = new_signer_key("coast.example/log", b"k" * 32)
THIEF = new_signer_key("coast.example/log", b"t" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER, SECOND = NOON + timedelta(hours=1), timedelta(seconds=1)
SIGNED, STOLEN = (sign_note(Note(text="coast.example/log\n7\nAAAA\n"), key) for key in (KEY, THIEF))

STAMPED = Evidence(size=7, at=NOON, signed=SIGNED)
WITNESSED = Evidence(size=7, at=NOON)
KEPT = Evidence(size=7)


@pytest.mark.parametrize(
    ("evidence", "before", "size", "covers"),
    [
        (STAMPED, LATER, 7, True),
        (STAMPED, LATER, 6, True),
        (STAMPED, LATER, 8, False),
        (STAMPED, NOON + SECOND, 7, True),
        (STAMPED, NOON, 7, False),
        (STAMPED, NOON - SECOND, 7, False),
        (Evidence(size=7, at=NOON, signed=STOLEN), LATER, 7, False),
        (WITNESSED, LATER, 7, True),
        (WITNESSED, LATER, 8, False),
        (WITNESSED, NOON, 7, False),
        (KEPT, NOON - SECOND, 7, True),
        (KEPT, NOON, 8, False),
    ],
)
def test_a_key_is_covered_for_what_it_had_signed_in_time(
    evidence: Evidence, before: datetime, size: int, *, covers: bool
) -> None:
    """No more entries, not at that very instant; in a timestamp the key itself has to sign."""
    assert evidence.covers(KEY.verifier, before, size) == covers
    assert covering([Evidence(size=0), evidence])(KEY.verifier, before, size, SIGNED) == covers


def test_one_part_of_the_evidence_is_enough() -> None:
    """Of several, asked as often as one likes; without any, nothing is covered."""
    covers = covering(iter([Evidence(size=3), STAMPED]))
    assert [covers(KEY.verifier, LATER, size, SIGNED) for size in (3, 7, 8)] == [True, True, False]
    assert [covers(KEY.verifier, NOON, size, SIGNED) for size in (3, 7)] == [True, False]
    assert not covering([])(KEY.verifier, LATER, 0, SIGNED)
