"""Fixtures that every test may use: where the shared data is, and a fresh environment."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, Phase, settings

from citekit import Archive
from citekit.testing.builders import lasting_folder
from citekit.testing.tsa import TimestampAuthority, make_authority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# How long an example takes depends on what else the machine does.
settings.register_profile("citekit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Of a mutant it is enough to know that it fails, not how little is needed for that.
settings.register_profile(
    "mutants",
    settings.get_profile("citekit"),
    phases=[Phase.explicit, Phase.generate],
    database=None,
)
settings.load_profile("citekit")

NOW = datetime(2026, 11, 22, 14, 15, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent
UNCOVERED = frozenset(
    line
    for line in (ROOT / "tests/uncovered.txt").read_text("utf-8").splitlines()
    if line[:1] != "#"
)


def shared_folder() -> Path | None:
    """The folder of public test data: ``CITEKIT_SHARED``, else ``shared`` beside the checkout."""
    named = os.environ.get("CITEKIT_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    return folder if folder.is_dir() else None


@pytest.fixture(autouse=True)
def _own_data_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a test keeps in the user's data folder goes elsewhere."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "data"))


@pytest.fixture(scope="module", autouse=True)
def _coverage_where_it_tells(request: pytest.FixtureRequest) -> Iterator[None]:
    """No coverage is taken of the modules in ``UNCOVERED``, nor of the processes they start."""
    measuring = Coverage.current()
    module = request.path.relative_to(ROOT).with_suffix("").as_posix()
    if measuring is None or module.removeprefix("tests/") not in UNCOVERED:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        measuring.stop()
        measuring.save()  # or each fork would do it at its end
        yield
    measuring.start()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared test data; where it is absent the test skips."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("the shared test data is absent: set CITEKIT_SHARED to its folder")
    return folder


@pytest.fixture(scope="session")
def pandoc() -> str:
    """Pandoc 3, from the package pypandoc_binary; where it is absent the test skips."""
    pypandoc = pytest.importorskip(
        "pypandoc", reason="pandoc is absent: pip install pypandoc_binary"
    )
    return str(pypandoc.get_pandoc_path())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With ``CITEKIT_NO_SKIPS`` a test that misses something fails; other systems' tests may skip.

    A missing browser, biber or folder of data is found by the test itself (``pytest.skip``), what
    belongs to another system by a mark (``skipif``).
    """
    report = yield
    is_forbidden = os.environ.get("CITEKIT_NO_SKIPS") and not any(item.iter_markers("skipif"))
    if report.skipped and is_forbidden and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"skipped, but CITEKIT_NO_SKIPS is set: {call.excinfo and call.excinfo.value}"
        )
    return report


@pytest.fixture(scope="session")
def authority() -> TimestampAuthority:
    """A timestamp authority of our own."""
    return _authority()


@cache  # once in a process: mutants are tried in forks of one that has made it
def _authority() -> TimestampAuthority:
    return make_authority(lasting_folder("citekit-tsa-"))


@pytest.fixture
def url(authority: TimestampAuthority) -> Iterator[str]:
    """Where that authority answers."""
    with serve_authority(authority) as address:
        yield address


@pytest.fixture
def article() -> Path:
    """A small news text of our own, in the layout of a text dump."""
    return ROOT / "tests" / "cases" / "articles" / "harbour.txt"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A new empty archive."""
    return Archive.create(tmp_path / "archive", title="Tests")


@pytest.fixture
def harbour(archive: Archive, article: Path) -> str:
    """The key of the small news text, archived as a restricted item."""
    return archive.add(article, url="https://coast.example/2024/lighthouse", now=NOW).key


@cache  # once in a process, as the archives are that some tests make and mark as their own
def _configuration() -> Path:
    return lasting_folder("citekit-config-")


@pytest.fixture(autouse=True, scope="session")
def _own_configuration() -> None:
    """Signing keys and secrets of whoever runs the tests stay out of them."""
    os.environ["XDG_CONFIG_HOME"] = str(_configuration())


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the archive or the clock of whoever runs it."""
    for name in ("CITEKIT_ARCHIVE", "SOURCE_DATE_EPOCH", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
