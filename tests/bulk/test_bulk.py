"""Crawls as rows: WARC files of our own, whole and broken, read by each engine."""

from __future__ import annotations

import gzip
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit.bulk import Report, Row, ShardDone, extract_record, run, run_shard
from citekit.bulk.engines import Engine, work
from citekit.bulk.running import Options, find_shards, read_shard
from citekit.cli.run import run as run_command
from citekit.errors import NotFound, UsageError
from citekit.integrity.digest import digest_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

TOWNS = ("Kalmere", "Ostrand", "Nordvik", "Brede", "Lund", "Tarn")
Page = tuple[str, bytes, str, str]


def page(town: str) -> bytes:
    """A news page of our own."""
    return f"""<!DOCTYPE html><html lang="en">
<head><title>{town} rebuilds its pier - The Courier</title>
<meta property="og:site_name" content="The Courier"><meta name="author" content="Rosa Lindqvist">
<meta property="article:published_time" content="2024-03-12T09:00:00Z"></head><body><article>
<h1>{town} rebuilds its pier</h1><p>The council of {town} voted on Tuesday to rebuild the pier,
which a storm had damaged in the spring, officials said after a meeting that lasted long.</p>
<p>Engineers said that the stones would come from a quarry nearby, and that the work would take
about fourteen months; fishermen asked for a place to moor, and the mayor promised one.</p>
</article></body></html>""".encode()


def write_warc(path: Path, pages: Sequence[Page]) -> None:
    """A WARC 1.1 file with these responses, each record packed for itself where it is packed."""
    pack = gzip.compress if path.name.endswith(".gz") else bytes
    path.write_bytes(b"".join(pack(record(number, one)) for number, one in enumerate(pages)))


def record(number: int, one: Page) -> bytes:
    """A response as ISO 28500 has it."""
    url, body, media_type, status = one
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    block = head.encode() + body
    fields = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012}>",
        "WARC-Target-URI": url,
        "WARC-Date": "2024-03-12T10:00:00Z",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def pages_of(towns: Sequence[str]) -> list[Page]:
    """Pages, with a picture and an error page among them."""
    found = [
        (
            f"https://courier.example/{town.lower()}",
            page(town),
            "text/html; charset=utf-8",
            "200 OK",
        )
        for town in towns
    ]
    return [
        *found,
        ("https://courier.example/p.png", b"\x89PNG", "image/png", "200 OK"),
        ("https://courier.example/gone", b"<h1>404 Not Found</h1>", "text/html", "404 Not Found"),
    ]


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """Three shards of two towns each, one of them not packed."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    for number in range(3):
        end = "" if number == 1 else ".gz"
        write_warc(folder / f"{number}.warc{end}", pages_of(TOWNS[2 * number : 2 * number + 2]))
    return folder


def read_all(crawl: Path, output: Path) -> Report:
    """Read all shards one after the other in this process."""
    output.mkdir(exist_ok=True)
    return Report(
        shards=tuple(run_shard(str(one), str(output)) for one in find_shards([crawl / "*"]))
    )


def lines(output: Path) -> list[dict[str, Any]]:
    """All rows of an output, in the order of shards."""
    files = sorted(output.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def test_a_page_becomes_a_row() -> None:
    """What is cited, what it rests on, and digests of bytes and text."""
    row = extract_record(page("Kalmere"), "https://courier.example/kalmere", with_text=True)
    assert (row.title, row.authors, row.date) == (
        "Kalmere rebuilds its pier",
        ("Rosa Lindqvist",),
        "2024-03-12",
    )
    assert (row.site, row.language, row.completeness) == ("The Courier", "en", "complete")
    assert row.csl["URL"] == "https://courier.example/kalmere"
    assert row.evidence["title"][0]["chosen"]
    assert row.digest == digest_bytes(page("Kalmere"))
    assert row.text is not None
    assert row.text_digest == digest_bytes(row.text.encode())
    assert row.failure == ""


def test_rows_say_where_they_stand(crawl: Path) -> None:
    """At its offset, the file has the record of a row; a picture is none, an error page failed."""
    rows = [row for row, _ in read_shard(crawl / "1.warc")]
    assert [row.url.rpartition("/")[2] for row in rows] == ["nordvik", "brede", "gone"]
    data = (crawl / "1.warc").read_bytes()
    for row in rows:
        assert row.record_id.encode() in data[row.offset : row.offset + 400]
    assert (rows[-1].status, rows[-1].completeness) == (404, "failed")


def test_what_is_cut_off_or_too_slow_is_a_row(tmp_path: Path) -> None:
    """No shard is lost for one of its pages; a file that ends too early says so at its end."""
    write_warc(tmp_path / "whole.warc.gz", pages_of(TOWNS))
    data = (tmp_path / "whole.warc.gz").read_bytes()
    (tmp_path / "cut.warc.gz").write_bytes(data[: len(data) * 2 // 3])
    whole = [row for row, _ in read_shard(tmp_path / "whole.warc.gz")]
    cut = [row for row, _ in read_shard(tmp_path / "cut.warc.gz")]
    assert 1 < len(cut) < len(whole)
    assert [row.title for row in cut[:-1]] == [row.title for row in whole[: len(cut) - 1]]
    assert "cut off" in cut[-1].failure

    slow = [row for row, _ in read_shard(tmp_path / "whole.warc.gz", Options(page_s=0.001))]
    assert [row.url for row in slow] == [row.url for row in whole]
    assert {row.failure for row in slow[:-1]} == {"reading took more than 0 s"}


def test_what_is_no_crawl_is_told(tmp_path: Path) -> None:
    """The other shards go on."""
    (tmp_path / "bad.warc").write_bytes(b"this is no crawl\n" * 9)
    write_warc(tmp_path / "good.warc.gz", pages_of(TOWNS[:1]))
    (tmp_path / "o").mkdir()
    done = [run_shard(str(one), str(tmp_path / "o")) for one in sorted(tmp_path.glob("*.warc*"))]
    assert [bool(shard.error) for shard in done] == [True, False]
    assert len(lines(tmp_path / "o")) == 2
    with pytest.raises(NotFound):
        find_shards([tmp_path / "none.warc"])


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_engines_give_the_rows_of_a_serial_run(crawl: Path, tmp_path: Path, engine: Engine) -> None:
    """No row is lost and none is there twice."""
    report = run([str(crawl / "*.warc*")], tmp_path / "o", engine=engine, workers=2)
    serial = [row.to_json() for path in sorted(crawl.iterdir()) for row, _ in read_shard(path)]
    assert sorted(map(json.dumps, lines(tmp_path / "o"))) == sorted(map(json.dumps, serial))
    assert (report.rows, report.failures, report.lost) == (9, 0, ())
    told = json.loads((tmp_path / "o" / "report.json").read_text("utf-8"))
    assert (told["rows"], len(told["shards"])) == (9, 3)


def test_a_run_goes_on_where_it_was_stopped(crawl: Path, tmp_path: Path) -> None:
    """What is done is not read again, what was half written is not taken for done."""
    first, *_ = sorted(crawl.iterdir())
    (tmp_path / "o").mkdir()
    done = run_shard(str(first), str(tmp_path / "o"))
    (tmp_path / "o" / ".1.warc-half.jsonl.1").write_text("{", "utf-8")
    before = (tmp_path / "o" / done.output).stat().st_mtime_ns
    report = read_all(crawl, tmp_path / "o")
    assert [shard.is_old for shard in report.shards] == [True, False, False]
    assert (tmp_path / "o" / done.output).stat().st_mtime_ns == before
    assert report.rows == len(lines(tmp_path / "o")) == 9


def test_parquet_has_the_same_rows(crawl: Path, tmp_path: Path) -> None:
    """Asked as the guide does it."""
    duckdb = pytest.importorskip("duckdb", reason="pip install duckdb")
    read_all(crawl, tmp_path / "o")
    found = duckdb.sql(
        f"SELECT site, count(*) FROM '{tmp_path}/o/*.parquet' WHERE title <> '' "  # noqa: S608
        "GROUP BY site ORDER BY 2 DESC"
    ).fetchall()
    assert found[0] == ("The Courier", 6)
    (names,) = duckdb.sql(
        f"SELECT csl->>'$.author[0].family' FROM '{tmp_path}/o/0*.parquet' LIMIT 1"  # noqa: S608
    ).fetchall()
    assert names == ("Lindqvist",)


def die_once(shard: str, flag: str) -> ShardDone:
    """Kill the worker the first time; then be done."""
    if not Path(flag).exists():
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return ShardDone(shard=shard, rows=1)


def die(shard: str) -> ShardDone:
    """Kill each worker."""
    os.kill(os.getpid(), signal.SIGKILL)
    return ShardDone(shard=shard)


def succeed(shard: str, flag: str) -> ShardDone:
    """Be done at once."""
    return ShardDone(shard=shard, output=flag, rows=1)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_worker_that_dies_loses_no_shard(tmp_path: Path) -> None:
    """Its task is done again; one that kills every worker is told, and the others are done."""
    tasks = [(str(n), str(tmp_path / "flag")) for n in range(4)]
    done = list(work(die_once, tasks, engine="processes", workers=2, scheduler=None))
    assert sorted(one.shard for one in done) == ["0", "1", "2", "3"]
    assert Report(shards=tuple(done)).rows == 4
    (lost,) = work(die, [("x",)], engine="processes", workers=1, scheduler=None)
    assert "died 3 times" in lost.error


def test_a_scheduler_is_for_dask() -> None:
    """Other engines have none."""
    with pytest.raises(UsageError):
        list(work(succeed, [], engine="processes", workers=1, scheduler="tcp://127.0.0.1:1"))


def test_the_command_prints_outputs_and_sums(
    crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each output; exit 4 where a shard gave nothing."""
    (crawl / "3.warc").write_bytes(b"nothing of a crawl\n" * 9)
    code = run_command(
        ["bulk", "run", str(crawl / "*"), "-o", str(tmp_path / "o"), "--workers", "1"]
    )
    out, err = capsys.readouterr()
    assert code == 4
    assert len(out.splitlines()) == 3
    assert "9 rows" in err
    assert "is no WARC file" in err


def test_every_field_of_a_row_is_in_its_json() -> None:
    """The columns are those of the value."""
    assert set(Row(url="https://courier.example/").to_json()) == set(Row.__annotations__)
