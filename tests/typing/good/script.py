"""What whoever looks after an archive writes in a script."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import assert_type

import citekit
from citekit import Archive, CitekitError, Finding, NotFound, Report, StoreConflict


def nightly(archive: Archive, keys: list[str]) -> int:
    """Seal, verify, prove and copy; the exit code is the error's own."""
    try:
        archive.seal(keys=archive.read_keys(Path("signing.key")), tsa=())
        outside = citekit.read_outside(["trusted.txt"], ["checkpoint"])
        report = archive.verify(keys, outside=outside)
        assert_type(report, Report)
        assert_type(report.findings, tuple[Finding, ...])
        verdict = citekit.check_proof(archive.prove(keys[0]).data, outside)
        assert_type(verdict.is_authentic, bool)
        assert_type(archive.export("bag.zip", format="bagit", keys=keys).path, Path)
        archive.backup("/mnt/copy", progress=lambda done, of: print(done, of, file=sys.stderr))
        assert_type(archive.build_site(), Path)
        assert_type([style.id for style in archive.styles("history")], list[str])
    except NotFound as error:
        return error.exit_code
    except (StoreConflict, CitekitError) as error:
        print(error.message, error.hint or "", error.place or "", file=sys.stderr)
        return error.exit_code
    return 0
