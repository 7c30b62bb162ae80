"""The same commands everywhere: ``nox -s lint types tests docs``; ``nox -l`` lists them all."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True

ROOT = Path(__file__).parent
SITE = "docs/_build/html"
RESTRICTED_SITE = "docs/_build/restricted"

LINTERS = ["ruff>=0.6", "import-linter>=2.1"]
MYPY = "mypy>=1.11"
TYPES = [MYPY, "types-PyYAML", "types-docutils", "lxml-stubs"]
BROWSER = "playwright>=1.48"  # drives the system's Chromium, where there is one
MUTATION = "mutmut>=3.8"
TESTING = [
    "pytest>=8",
    "pypandoc_binary>=1.15",  # pandoc 3 itself, 35 MB to load: what it reads and makes of papers
    "pytest-xdist>=3.5",
    "hypothesis>=6.100",
    "coverage>=7.10",
    "jsonschema>=4.20",
    "rfc8785>=0.1.4",
    "bagit>=1.8",
    "rocrate>=0.11",
    "prov>=2",
    "duckdb>=1.1",  # asks the rows of crawls
    "sphinxcontrib-bibtex>=2.7",  # a project written for it is built by both
    "typst>=0.13",  # reads the Hayagriva files
    MYPY,  # programs of users are checked
    BROWSER,
]

LEAST_MEMORY = 8 << 30  # bytes; the tests leave 2 GB behind

# Of lines and branches: what decides and computes, then what talks to people and machines.
COVERAGE = [
    (95, ["model", "csl", "formats", "integrity", "store", "app"]),
    (92, ["extract", "capture", "pages", "sphinx", "cli", "testing"]),
]


def install(session: nox.Session, *packages: str, extras: str = "all") -> None:
    """Upgrade pip first (the commands that pip 23 writes start slowly), then install citekit."""
    session.install("--quiet", "--upgrade", "pip")
    session.install("--quiet", "-e", f".[{extras}]", *packages)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, format, layers, and the figures of the house."""
    install(session, *LINTERS)
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("lint-imports")
    session.run("python", "tests/house/structure.py")


@nox.session
def types(session: nox.Session) -> None:
    """Strict type checking."""
    install(session, *TYPES, *TESTING, "nox")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Every test; what is absent on this machine is skipped loudly."""
    install(session, *TESTING)
    with tempfile.TemporaryDirectory(dir=quick_folder()) as temporary:
        session.env["TMPDIR"] = temporary
        if session.posargs:
            session.run("pytest", "-n", "2", "--dist", "loadfile", *session.posargs)
        else:
            run_under_coverage(session)


def quick_folder() -> str | None:
    """Memory, where there is plenty: tests flush so often that a slow disk doubles their time."""
    memory = Path("/dev/shm")  # noqa: S108  # a folder that only this user reads is made in it
    if "TMPDIR" in os.environ or not os.access(memory, os.W_OK):
        return None
    return os.fspath(memory) if shutil.disk_usage(memory).free > LEAST_MEMORY else None


def run_under_coverage(session: nox.Session) -> None:
    """The whole suite once; where nothing may be skipped, coverage has a floor."""
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", "-n", "2", "--dist", "loadfile")
    session.run("coverage", "combine", "--quiet")
    is_whole = os.environ.get("CITEKIT_NO_SKIPS")
    for floor, packages in COVERAGE:
        include = ",".join(f"citekit/{package}/*" for package in packages)
        least = ["--fail-under", str(floor)] if is_whole else []
        session.run("coverage", "report", "--skip-covered", f"--include={include}", *least)


@nox.session
def conformance(session: nox.Session) -> None:
    """Only the public conformance suites."""
    install(session, *TESTING)
    session.run("pytest", "tests/conformance", *session.posargs)


@nox.session
def latex(session: nox.Session) -> None:
    """Papers set by LaTeX, biber and BibTeX with what ``bib sync`` makes; not in CI.

    Needs Debian's texlive-latex-recommended, texlive-bibtex-extra and biber: 90 MB to load, 290 on
    the disk, two minutes to install.
    """
    install(session, *TESTING)
    session.run("pytest", "tests/conformance/test_papers_compiled.py", *session.posargs,
                env={"CITEKIT_LATEX": "1"})  # fmt: skip


@nox.session
def mutants(session: nox.Session) -> None:
    """Whether tests notice changed code; ``nox -s mutants -- NAME``, not in CI (minutes each)."""
    install(session, *TESTING, MUTATION)
    session.run("python", "tests/house/mutants.py", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Archive, verify, cite and build the site; with ``--with-restricted`` the private one."""
    install(session, extras="site")
    private = "--with-restricted" in session.posargs
    if not private:
        try_out(session)
    session.run("citekit", "--archive", "archive", "verify")
    target = ROOT / (RESTRICTED_SITE if private else SITE)
    options = ["-D", "citekit_with_restricted=1"] if private else []
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-j", "auto", *options,
                "-d", f"{target}.doctrees", "docs", str(target))  # fmt: skip
    session.log(f"The site is in {target / 'index.html'}")


def try_out(session: nox.Session) -> None:
    """What a new user does first, in a folder of its own: archive, cite, verify."""
    trial = ROOT / "build" / "first-archive"
    shutil.rmtree(trial, ignore_errors=True)
    article = "docs/example/chronology.txt"
    session.run("citekit", "init", str(trial), "--quiet")
    archive = ("--archive", str(trial), "--quiet")
    session.run("citekit", *archive, "add", article, "--key", "chronology", "--access", "public",
                "--set", "author=citekit contributors,", "--set", "date=2026-11-22")  # fmt: skip
    session.run("citekit", *archive, "cite", "chronology")
    session.run("citekit", *archive, "cite", "chronology", "--format", "biblatex")
    session.run("citekit", *archive, "verify")


@nox.session
def screenshot(session: nox.Session) -> None:
    """Make the README's picture from the built site (needs Chromium)."""
    install(session, BROWSER)
    pictures = ROOT / "build" / "pictures"
    session.run("python", "docs/screenshot.py", SITE, str(pictures))
    shutil.copy(pictures / "article-wide.png", ROOT / "docs" / "pictures" / "site.png")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure; ``nox -s bench -- NAME`` runs one program of tests/bench."""
    install(session, *TESTING)
    programs = session.posargs or sorted(p.stem for p in (ROOT / "tests/bench").glob("*_speed.py"))
    for name in programs:
        session.run("python", f"tests/bench/{name}.py", env={"PYTHONPATH": os.fspath(ROOT)})
