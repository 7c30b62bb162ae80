"""The site of an archive: started, built and shown.

Sphinx runs in a process of its own: the extension is not imported here, a build that goes wrong
takes nothing with it, and the environment of one build never leaks into the next. Nothing is
fetched; every warning is an error. A build that goes wrong leaves the output as it was.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from citekit.app.chosen import choose
from citekit.app.site_cache import begun
from citekit.app.site_output import guard_output, publish
from citekit.errors import (
    CitekitError,
    IntegrityFailed,
    InvalidData,
    MissingExtra,
    NotFound,
    StorageFailed,
    StoreConflict,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citekit.store.reading import ArchiveReader

_TEMPLATES: Final = Path(__file__).parent.parent / "sphinx" / "templates" / "site"
_NEEDED: Final = ("sphinx", "myst_parser", "furo")
_MOST_LINES: Final = 12
_LONGEST_OPTION: Final = 30_000  # bytes: Windows takes 32 KiB in a command line, Linux 128 a word
# Sphinx wraps an extension's error into a report of versions and tracebacks.
_ERROR: Final = re.compile(
    r"^\s*sphinx\.errors\.\w+: (.+?)(?:\n\s*\n|\Z)", re.DOTALL | re.MULTILINE
)
# The extension writes the code of an error behind its words, and Sphinx the kind of a warning.
_CODE: Final = re.compile(r"\s*\[([a-z-]+)\]$")
_HINT: Final = re.compile(r"\n\s*hint: ")  # Sphinx indents further lines
_TAMPERED: Final = re.compile(r"\[citekit\.seal\]$")
_KINDS: Final = {
    kind.code: kind
    for kind in (UsageError, NotFound, InvalidData, IntegrityFailed, StoreConflict, StorageFailed)
}


def new_project(store: ArchiveReader, folder: str | Path | None = None) -> Path:
    """Write the source of a site, to be made one's own; returns its folder.

    The default is ``site`` beside the archive, where ``build`` looks. Raises UsageError for a
    folder inside the archive, StoreConflict when it is there and not empty.
    """
    root = store.root.resolve()
    folder = Path(folder or root.parent / "site").resolve()
    _refuse_inside(store, folder, hint=f"leave it out for {root.parent / 'site'}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreConflict(
            f"is there, and no empty folder: {folder}", hint="name another one, or empty it first"
        )
    _write_source(store, folder)
    return folder


def build(
    store: ArchiveReader,
    output: str | Path | None = None,
    *,
    only: Sequence[str] = (),
    with_restricted: bool = False,
    source: str | Path | None = None,
) -> Path:
    """Build the site of an archive with Sphinx; returns its folder. Needs the extra ``site``.

    ``only`` chooses items by key or tag: the site shows them, what they carry, and nothing else.
    Nothing private is in it, whatever is asked for.
    ``source`` is a folder with ``conf.py``; without it ``site`` beside the archive is built if
    there is one, else a plain site. Restricted text goes into a folder of its own. Raises
    MissingExtra, NotFound for a source that is none and a key or tag nobody has, StorageFailed,
    UsageError for an output inside the archive, StoreConflict for one of a build with other access,
    InvalidData for a record that is none, IntegrityFailed where the log is damaged or something is
    not what was sealed, and CitekitError with Sphinx's own words when it finds anything else wrong.
    """
    for package in _NEEDED:
        if find_spec(package) is None:
            raise MissingExtra(package, extra="site", purpose="building a site")
    chosen = _joined(store, only)
    name = "site-restricted" if with_restricted else "site"
    target = Path(output or _own_folder(store, name)).resolve()
    _refuse_inside(store, target, hint="choose a folder outside, or leave --output out")
    try:
        place = _find_source(store, None if source is None else Path(source))
        guard_output(target, with_restricted=with_restricted)
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageFailed(
            f"the site cannot be written: {reason}",
            place=error.filename,
            hint="make room or get the right to write there, or choose another --output",
        ) from error
    options = {
        "citekit_archive": str(store.root.resolve()),
        "citekit_with_restricted": "1" if with_restricted else "0",
        **({"citekit_only": chosen} if chosen else {}),
    }
    # two outputs never share doctrees, and no doctree lies in a folder that may be published
    builds = _own_folder(store, "site-builds")
    work = builds / _short_digest(str(place), str(target), *options.values())
    with begun(work):
        _run_sphinx(place, work, options)
    publish(work / "html", target, known=builds / f"{_short_digest(str(target))}.published")
    return target


def _joined(store: ArchiveReader, only: Sequence[str]) -> str:
    """Keys and tags as an option of Sphinx; raises NotFound, UsageError for more than fit there."""
    choose(store, only)  # which tells of a word that names nothing better than Sphinx can
    joined = ",".join(only)  # neither a key nor a tag has a comma
    if len(joined.encode()) > _LONGEST_OPTION:
        hint = "give the items a tag, and name that"
        raise UsageError(f"--only is given {len(only)} words, more than Sphinx takes", hint=hint)
    return joined


def _short_digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def _own_folder(store: ArchiveReader, *names: str) -> Path:
    """A folder below ``.citekit``; raises InvalidData where a link would lead out of it."""
    return store.layout.check_inside(store.layout.local.joinpath(*names))


def serve(
    store: ArchiveReader,
    output: str | Path | None = None,
    *,
    only: Sequence[str] = (),
    with_restricted: bool = False,
    port: int = 8000,
) -> ThreadingHTTPServer:
    """Build the site; a web server for it that this machine alone reaches.

    The caller runs it (``serve_forever``) and closes it. Port 0 takes any free one. Raises what
    ``build`` raises, and StoreConflict for a port in use.
    """
    folder = build(store, output, only=only, with_restricted=with_restricted)
    return make_server(folder, ("127.0.0.1", port))


def make_server(folder: Path, address: tuple[str, int]) -> ThreadingHTTPServer:
    """A web server for a folder; the caller runs it and closes it. Port 0 takes any free one.

    Raises NotFound where no site is, StoreConflict for a port in use.
    """
    if not (folder / "index.html").is_file():
        raise NotFound(f"no site in {folder}", hint="citekit site build")
    try:
        return ThreadingHTTPServer(address, partial(_Quiet, directory=str(folder)))
    except OSError as error:
        raise StoreConflict(
            f"port {address[1]} cannot be used: {error.strerror}", hint="choose another port"
        ) from error


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
        """Say nothing: what is printed is the command line's affair."""


def is_built(archive_root: Path, folder: Path) -> bool:
    """Whether ``build`` uses this project of its own accord."""
    return folder == archive_root.resolve().parent / "site"


def _refuse_inside(store: ArchiveReader, folder: Path, *, hint: str) -> None:
    """Keep what is no record out of the archive, where every file is accounted for."""
    if store.layout.would_hold(folder):
        raise UsageError(f"is inside the archive, which holds records alone: {folder}", hint=hint)


def _find_source(store: ArchiveReader, source: Path | None) -> Path:
    if source is not None:
        if not (source / "conf.py").is_file():
            raise NotFound(f"no conf.py in {source}", hint="citekit site new writes one")
        return source.resolve()
    own = store.root.parent / "site"
    if (own / "conf.py").is_file():
        return own.resolve()
    plain = _own_folder(store, "site-source")
    if plain.is_dir():
        shutil.rmtree(plain)
    _write_source(store, plain)
    return plain


def _write_source(store: ArchiveReader, folder: Path) -> None:
    """The source of a plain site: configuration and a first page."""
    title, root = store.settings.title or "An archive", store.root.resolve()
    values = {
        "title_literal": repr(title),
        "title_markdown": re.sub(r"([!-/:-@[-`{-~])", r"\\\1", " ".join(title.split())),
        "archive_literal": repr(Path(os.path.relpath(root, folder)).as_posix()),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("conf.py", "index.md"):
        template = (_TEMPLATES / f"{name}.template").read_text(encoding="utf-8")
        path = folder / name
        path.write_text(Template(template).substitute(values), encoding="utf-8", newline="\n")


def _run_sphinx(source: Path, work: Path, options: Mapping[str, str]) -> None:
    """Run ``python -m sphinx``; raises CitekitError with the first lines of what it says."""
    command = [
        *(sys.executable, "-P", "-m", "sphinx"),  # -P: no module of the current folder is run
        *("-b", "html", "-q", "-W", "--keep-going", "-j", "auto", "--no-color"),
        *("-d", str(work / "doctrees")),
        *(part for name, value in options.items() for part in ("-D", f"{name}={value}")),
        *(str(source), str(work / "html")),
    ]
    done = subprocess.run(  # noqa: S603  # our own interpreter
        command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode != 0:
        raise _failure(done.stderr)


def _failure(said: str) -> CitekitError:
    """What Sphinx found wrong: an error of ours as what it is, else its warnings, as found wanting.

    That the log is damaged or a file is not what was sealed is a warning among others there.
    """
    error = _ERROR.search(said)
    if error is not None:
        message, *hint = _HINT.split(error[1].strip(), maxsplit=1)
        message, kind = _without_code(message)
        return kind(f"the site was not built: {message}", hint=hint[0] if hint else None)
    lines = [line for line in said.splitlines() if line.strip()]
    more = len(lines) - _MOST_LINES
    is_tampered = any(_TAMPERED.search(line) for line in lines)
    return (IntegrityFailed if is_tampered else CitekitError)(
        "the site was not built:\n" + "\n".join(lines[:_MOST_LINES]),
        hint=f"{more} more lines" if more > 0 else None,
    )


def _without_code(message: str) -> tuple[str, type[CitekitError]]:
    """The words of an error, and its class by the code at their end."""
    code = _CODE.search(message)
    if code is None:
        return message, CitekitError
    return message[: code.start()], _KINDS.get(code[1], CitekitError)
