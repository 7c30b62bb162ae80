"""Taking in pages of WARC files and WACZ packages of others: what they tell is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.app.intake.add import add
from citekit.app.intake.adding.sources import DEFAULT_MAX_SIZE_BYTES
from citekit.app.intake.bibliographies import Imported
from citekit.app.intake.web.visiting import as_visited
from citekit.capture.body import recorded_exchange
from citekit.capture.exchange import Limits
from citekit.capture.warc_reading import list_web_archive, read_hops
from citekit.errors import CitekitError, InvalidData, NotFound, Place, UsageError
from citekit.findings import Finding, FindingClass, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from citekit.app.intake.add import Added
    from citekit.capture.exchange import Hop
    from citekit.model.item import Access
    from citekit.store.archive import ArchiveStore

ALL: Final = "all"
_MOST_PAGES: Final = 1000
_NAMED: Final = 10


def import_web_archive(
    store: ArchiveStore,
    path: Path,
    *,
    pages: Sequence[str] = (),
    access: Access | None = None,
    dry_run: bool = False,
) -> Imported:
    """Take in pages of a file, each as an item or as a capture of the item at its address.

    ``pages`` are addresses, or ``all``; without it those that the file lists as its pages, or its
    only one. Of a dry run ``new`` are addresses. Raises NotFound for a page that is not in it,
    UsageError where it holds several and none is chosen, InvalidData for what is no such file.
    """
    chosen = _chosen(path, pages)
    if dry_run:
        return Imported(new=tuple(chosen))
    added: list[Added] = []
    findings: list[Finding] = []
    for hop in read_hops(path, frozenset(chosen), size_bytes=DEFAULT_MAX_SIZE_BYTES):
        try:
            added.append(_add(store, hop, path.name, access))
        except CitekitError as error:
            findings.append(_refused(error, hop.url, path))
    lost = len(chosen) - len(added) - len(findings)
    if lost:
        message = f"{lost} pages are larger than {DEFAULT_MAX_SIZE_BYTES // 10**6} MB"
        findings.append(_refused(InvalidData(message), "", path))
    return Imported(
        new=tuple(one.key for one in added if one.is_new),
        known=tuple(one.key for one in added if not one.is_new),
        findings=(*findings, *(told for one in added for told in one.findings)),
    )


def _add(store: ArchiveStore, hop: Hop, name: str, access: Access | None) -> Added:
    exchange = recorded_exchange(hop, Limits(size_bytes=DEFAULT_MAX_SIZE_BYTES))
    if not exchange.body:
        raise InvalidData("the record holds no page")
    return add(store, as_visited(exchange, recorded_in=name), access=access)


def _chosen(path: Path, pages: Sequence[str]) -> list[str]:
    contents = list_web_archive(path)
    found = list(dict.fromkeys(one.url for one in contents.responses if one.is_page))
    answered = {one.url for one in contents.responses if one.status == 200}
    if pages and ALL not in pages:
        for url in pages:
            if url not in answered:
                raise NotFound(f"holds no answer of {url}", place=str(path), hint=_some(found))
        return list(pages)
    listed = [url for url in contents.pages if url in answered]
    chosen = (listed or found) if not pages else found
    if not chosen:
        raise NotFound("holds no page that was found", place=str(path))
    if len(chosen) > 1 and not listed and not pages:
        raise UsageError(
            f"holds {len(chosen)} pages, and does not say which are meant",
            place=str(path),
            hint=f"--page ADDRESS, or --page all; {_some(chosen)}",
        )
    if len(chosen) > _MOST_PAGES:
        raise UsageError(
            f"holds {len(chosen)} pages, more than the {_MOST_PAGES} that come in at once",
            place=str(path),
            hint="choose some with --page ADDRESS",
        )
    return chosen


def _some(pages: Sequence[str]) -> str:
    more = f" and {len(pages) - _NAMED} more" if len(pages) > _NAMED else ""
    return f"its pages: {', '.join(url[:200] for url in pages[:_NAMED])}{more}"


def _refused(error: CitekitError, url: str, path: Path) -> Finding:
    return Finding(
        code="CK-E774",
        message=f"{url}: {error.message}" if url else error.message,
        severity=Severity.ERROR,
        place=Place(path=str(path)),
        hint=error.hint or "",
        kind=FindingClass.INVALID,
    )
