"""Whether what a paper cites is kept, sealed, as it was, and still at its address."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from citekit.app.auditing.result import SourceChecked
from citekit.app.citing.verified import CITED
from citekit.app.intake.recapture import address_to_ask
from citekit.app.verifying.verify import verify
from citekit.errors import CaptureFailed, NotFound, UsageError
from citekit.findings import Finding, FindingClass, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.app.auditing.cited_keys import CitedKeys
    from citekit.app.auditing.source_texts import SourceTexts
    from citekit.app.papers.read import Paper
    from citekit.capture.visitor import Visitor
    from citekit.errors import Place
    from citekit.store.reading import ArchiveReader


class KeptSources:
    """The cited items, each looked at once; what is found stands at its first citation."""

    def __init__(self, store: ArchiveReader, paper: Paper, keys: CitedKeys) -> None:
        self._store = store
        self._at: dict[str, Place] = {}
        self._times: Counter[str] = Counter()
        for cited in paper.keys:
            key = keys.item(cited.key)
            if key is not None:
                self._at.setdefault(key, cited.place)
                self._times[key] += 1
        self._report = verify(store, tuple(self._at)) if self._at else None

    @property
    def keys(self) -> Mapping[str, Place]:
        """The cited items and where each is cited first."""
        return self._at

    def check(
        self, texts: SourceTexts, visitor: Visitor | None
    ) -> Iterator[tuple[SourceChecked, list[Finding]]]:
        """Each source with what is wanting; ``visitor`` asks addresses where there is one."""
        wrong, unsealed = self._verified()
        for key, place in self._at.items():
            item = self._store.item(key)
            captures = self._store.captures(key)
            url = self._url(key)
            alive, said = self._visited(visitor, url)
            source = SourceChecked(
                key=key,
                access=item.facts.access,
                cited=self._times[key],
                url=url,
                kept=bool(captures),
                text_here=texts.has_text(key),
                sealed=bool(self._report and self._report.sealed) and key not in unsealed,
                unchanged=key not in wrong,
                alive=alive,
            )
            yield source, list(self._findings(source, place, wrong.get(key, ()), said))

    def others(self) -> Iterator[Finding]:
        """What verifying found wrong that belongs to no single cited item."""
        wrong, _ = self._verified()
        for one in wrong.get("", ()):
            yield Finding(
                code="CK-E817",
                message=f"the archive does not verify: {self._inside(one)}: {one.message}",
                rule="cited-source-verifies",
                hint=one.hint,
            )

    def _inside(self, finding: Finding) -> str:
        """The path of a finding in the archive: where that lies is nobody's business."""
        path = (finding.place.path if finding.place else None) or ""
        return path.removeprefix(str(self._store.root)).lstrip("/\\")

    def _verified(self) -> tuple[dict[str, list[Finding]], set[str]]:
        """Errors of verifying by key, "" for no key; and the keys that are not sealed as now."""
        folders = {folder: key for key, folder in self._folders().items()}
        wrong: dict[str, list[Finding]] = {}
        unsealed: set[str] = set()
        for finding in self._report.findings if self._report else ():
            path = self._inside(finding)
            named = re.match(r"items[/\\]([^/\\]+)", path)
            key = folders.get(named[1], "") if named else ""
            if finding.severity is Severity.ERROR:
                wrong.setdefault(key, []).append(finding)
            elif finding.kind is FindingClass.UNSEALED and CITED.search(path):
                unsealed.add(key)
        return wrong, unsealed

    def _folders(self) -> dict[str, str]:
        return {key: self._store.layout.item_folder(key).name for key in self._at}

    def _url(self, key: str) -> str | None:
        try:
            return address_to_ask(self._store, key)
        except NotFound:
            return None

    @staticmethod
    def _visited(visitor: Visitor | None, url: str | None) -> tuple[bool | None, str]:
        """Whether an address answers with a page, and what it answers else; None: nobody asked."""
        if visitor is None or url is None:
            return None, ""
        try:
            status = visitor.visit(url).status
        except (CaptureFailed, UsageError) as error:
            return False, str(error)
        return status == 200, f"it answers {status}"

    def _findings(
        self,
        source: SourceChecked,
        place: Place,
        wrong: tuple[Finding, ...] | list[Finding],
        said: str,
    ) -> Iterator[Finding]:
        key = source.key
        if not source.kept and source.url:
            yield Finding(
                code="CK-E816", message=f"{key} is cited, and no capture is kept", place=place,
                rule="cited-address-kept", hint=f"citekit capture {key}",
            )  # fmt: skip
        for one in wrong:
            yield Finding(
                code="CK-E817", place=place,
                message=f"{key} does not verify: {self._inside(one)}: {one.message}",
                rule="cited-source-verifies", hint=one.hint,
            )  # fmt: skip
        if source.kept and not source.sealed:
            yield Finding(
                code="CK-I818", message=f"{key} is not sealed as it is now", place=place,
                severity=Severity.NOTE, kind=FindingClass.UNSEALED, hint="citekit seal",
            )  # fmt: skip
        if source.alive is False:
            kept = "; the kept copy stays" if source.kept else ""
            yield Finding(
                code="CK-I823", message=f"the address of {key} has no page any more: {said}{kept}",
                place=place, severity=Severity.NOTE,
            )  # fmt: skip
