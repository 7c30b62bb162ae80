"""``citekit styles update``: styles and locales are judged one by one, and put where they count.

What is newer than in the packages, or not in them, goes into folders of the user's data.
A file that cannot be used is a finding and keeps no other out. All are written beside first; then
each takes its place in one step, parents before the styles that depend on them, so that a stop
leaves none that cannot be used, and the same call again does the rest.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.app.styles.sources import read_source
from citekit.csl.style.head import StyleHead, read_head, read_style
from citekit.csl.style.installed import (
    installed_file,
    is_id,
    packaged_file,
    slug_of,
    zotero_id,
)
from citekit.csl.style.locale import normal_tag, packaged_locale
from citekit.csl.style.own import is_as_new, own_file, own_path
from citekit.csl.style.parse import parse_locale, parse_style
from citekit.errors import CitekitError, InvalidData, NotFound, Place, StoreConflict
from citekit.findings import Finding, Severity
from citekit.model.machine.user_folders import (
    data_folder,
    own_locales_folder,
    own_styles_folder,
)
from citekit.model.value import Value
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from citekit.app.styles.brought import Brought
    from citekit.csl.style.ir import StyleRemark

_COPY: Final = r"[ _-]*\(\d+\)$"  # what browsers add to the name of a second download
_TAG: Final = r"[a-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}"
_BATCH: Final = 32


class StylesTaken(Value):
    """What came of styles and locales that were brought.

    ``new`` and ``updated`` are ids of styles and names of locale files (``locales-de-DE``) that
    are used from now on, ``older`` those that are there in a newer version; ``unchanged`` counts
    those that are there already. ``findings`` tell of files that were refused (errors) and of what
    styles have that CSL 1.0.2 does not (warnings).
    """

    new: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    unchanged: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether something was refused."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def update_styles(
    source: str | Path, *, progress: Callable[[int], None] | None = None
) -> StylesTaken:
    """Take in the styles and locales of a folder, a zip file or a file, for all of one's archives.

    Each is read and checked first. One that is in the packages, or was brought before, is replaced
    where the new one names a later instant (``cs:updated``), or the same one with other words.
    ``progress`` is told after each file how many were read. Raises NotFound for no source,
    InvalidData for one without any style or locale, StorageFailed.
    """
    path = Path(source)
    taking = _Taking()
    number = 0
    try:
        for number, brought in enumerate(read_source(path), 1):
            taking.judge(brought)
            if progress is not None:
                progress(number)
        if not number:
            hint = "files of styles end in .csl, those of languages are called locales-….xml"
            raise InvalidData("holds no CSL style and no locale", place=str(path), hint=hint)
        return taking.finish()
    finally:
        taking.tidy()


def remove_styles(names: Sequence[str] = (), *, everything: bool = False) -> tuple[str, ...]:
    """Remove styles and locales that were brought, by id and by tag; the packages' count again.

    Comes back with what was removed. Raises NotFound for one that was not brought, StoreConflict
    for one that another brought style depends on, and removes nothing then; StorageFailed.
    """
    if everything:
        folders = (own_styles_folder(), own_locales_folder())
        found = sorted(Path(name).stem for folder in folders for name in files.names(folder))
        for folder in folders:
            files.remove_tree(folder)
        return tuple(found)
    paths = [_brought(name) for name in dict.fromkeys(names)]
    gone = {path.stem for path in paths}
    for path in sorted(own_styles_folder().glob("*.csl")):
        if path.stem not in gone:
            _check_parent(path, gone)
    for path in paths:
        files.remove_file(path)
    return tuple(path.stem for path in paths)


def _brought(name: str) -> Path:
    for file in (f"{name}.csl", f"{name}.xml", f"locales-{name}.xml"):
        path = own_file(file) if Path(file).name == file else None
        if path:
            return path
    hint = "citekit styles --own lists what you have brought"
    raise NotFound(f"no style or locale of yours is called {name!r}", hint=hint)


def _check_parent(path: Path, gone: set[str]) -> None:
    """Raise StoreConflict where a style would lose its parent."""
    try:
        parent = _last_part(read_style(path)[1].parent or "")
    except CitekitError:
        return
    if parent in gone and not packaged_file(parent):
        hint = f"remove both: citekit styles remove {parent} {path.stem}"
        raise StoreConflict(f"{path.stem} depends on {parent}", hint=hint)


class _Taking:
    """Files on their way in: judged, written beside, and put in place at the end."""

    def __init__(self) -> None:
        self._staging = data_folder() / f"styles-{os.getpid()}-{os.urandom(4).hex()}.part"
        self._waiting: dict[Path, bytes] = {}
        self._parents: dict[str, tuple[str, str]] = {}  # of dependent styles, with their places
        self._taken: dict[str, str] = {}  # file -> where it came from
        self._is_new: dict[str, bool] = {}
        self._older: list[str] = []
        self._unchanged = 0
        self._findings: list[Finding] = []

    def judge(self, brought: Brought) -> None:
        """Check a file, and write it beside if it is to be taken."""
        try:
            if brought.error is not None:
                raise brought.error
            if brought.name.lower().endswith(".xml"):
                self._judge_locale(brought)
            else:
                self._judge_style(brought)
        except CitekitError as error:
            self._refuse(brought.place, error)

    def _judge_style(self, brought: Brought) -> None:
        head = read_head(brought.data, brought.place)
        style_id = slug_of(re.sub(_COPY, "", brought.name[: -len(".csl")]))
        if not is_id(style_id):
            raise InvalidData("its name cannot be a style's id", place=brought.place)
        if self._is_known(f"{style_id}.csl", brought, head, packaged_file(style_id)):
            return
        if head.parent is None:
            self._warn(parse_style(brought.data, brought.place).remarks)
        else:
            self._parents[style_id] = (_last_part(head.parent), brought.place)
        self._take(f"{style_id}.csl", brought)

    def _judge_locale(self, brought: Brought) -> None:
        head = read_head(brought.data, brought.place, root="locale")
        tag = normal_tag(head.lang) if head.lang else ""
        if not re.fullmatch(_TAG, tag):
            raise InvalidData("does not say its language (xml:lang)", place=brought.place)
        name = f"locales-{tag}.xml"
        if not self._is_known(name, brought, head, packaged_locale(tag)):
            self._warn(parse_locale(brought.data, brought.place).remarks)
            self._take(name, brought)

    def _is_known(
        self, name: str, brought: Brought, head: StyleHead, packaged: Path | None
    ) -> bool:
        """Whether a file is there as it is, or newer; raises StoreConflict for another's name."""
        if name in self._taken:
            message = f"has the name of another file that was taken: {self._taken[name]}"
            raise StoreConflict(message, place=brought.place, hint="give one of them another name")
        own = own_file(name)
        root: Final = "style" if name.endswith(".csl") else "locale"
        for path in (packaged, own):
            if path is None:
                continue
            data, other = read_style(path, root=root)
            if path == packaged and zotero_id(head.id) != zotero_id(other.id):
                message = f"is another style than that of the package called {path.stem}"
                raise StoreConflict(message, place=brought.place, hint="give it another name")
            if not is_as_new(head.updated, other.updated):
                self._older.append(Path(name).stem)
                return True
            if data == brought.data:
                self._unchanged += 1
                return True
        self._is_new[name] = not (packaged or own)
        return False

    def _take(self, name: str, brought: Brought) -> None:
        self._taken[name] = brought.place
        self._waiting[self._staging / name] = brought.data
        if len(self._waiting) == _BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            files.make_folder(self._staging, root=Path(self._staging.anchor))
            files.write_many_new(self._waiting)
            self._waiting.clear()

    def finish(self) -> StylesTaken:
        """Put in place what was judged well; parents go before the styles that depend on them."""
        self._flush()
        self._drop_orphans()
        styles = sorted(self._taken, key=lambda name: (Path(name).stem in self._parents, name))
        folders = {own_path(name).parent for name in styles}
        for folder in folders:
            files.make_folder(folder, root=Path(folder.anchor))
        for name in styles:
            files.rename_over(self._staging / name, own_path(name))
        files.flush_folders(folders)
        return StylesTaken(
            new=self._stems(is_new=True),
            updated=self._stems(is_new=False),
            older=tuple(sorted(self._older)),
            unchanged=self._unchanged,
            findings=tuple(self._findings),
        )

    def _drop_orphans(self) -> None:
        """Leave out styles whose parent nobody has, or is no independent style."""
        for style_id, (parent, place) in sorted(self._parents.items()):
            reason = self._parent_fault(parent)
            if reason:
                hint = f"bring {parent}.csl with it"
                message = f"its parent style {parent!r} {reason}"
                self._refuse(place, InvalidData(message, place=place, hint=hint))
                del self._taken[f"{style_id}.csl"]

    def _parent_fault(self, parent: str) -> str:
        """Why no style can depend on this one, nothing where all is well."""
        if parent in self._parents:
            return "is itself a dependent style"
        if f"{parent}.csl" in self._taken:
            return ""
        path = installed_file(f"http://www.zotero.org/styles/{parent}")
        if path is None:
            return "is not there"
        return "is itself a dependent style" if read_style(path)[1].parent is not None else ""

    def _stems(self, *, is_new: bool) -> tuple[str, ...]:
        return tuple(sorted(Path(n).stem for n in self._taken if self._is_new[n] is is_new))

    def tidy(self) -> None:
        """Remove what was written beside."""
        with suppress(CitekitError):
            files.remove_tree(self._staging)

    def _refuse(self, place: str, error: CitekitError) -> None:
        where = error.place if error.place and error.place.line else Place(path=place)
        self._findings.append(
            Finding(
                code="CK-E690",
                message=f"is not taken in: {error.message}",
                place=where,
                rule="Styles and locales that users bring",
                hint=error.hint or "",
            )
        )

    def _warn(self, remarks: Iterable[StyleRemark]) -> None:
        self._findings += [
            Finding(
                code="CK-W691",
                severity=Severity.WARNING,
                message=remark.message,
                place=remark.place,
                rule="Styles and locales that users bring",
            )
            for remark in remarks
        ]


def _last_part(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2].lower()
