"""Compare citekit's CSL output with citeproc-js's, over randomly chosen styles and our own items.

    npm install --prefix build/node citeproc
    python tests/bench/csl_compare.py --styles 200 --seed 1
    python tests/bench/csl_compare.py --style apa --style nature --examples 20
    python tests/bench/csl_compare.py --styles 200 --seed 1 --invent 1
    python tests/bench/csl_compare.py --popular --invent 1
    python tests/bench/csl_compare.py --locales --invent 1
    python tests/bench/csl_compare.py --every

Each style formats ``csl_items.yaml`` twice: a bibliography of all items, and a document that cites
every item once and then repeats, clusters, locators, prefixes and suppressed authors. With
``--invent`` the items and citations are made at random instead (``csl_invent.py``), other ones for
each style, so that nothing can be tuned to them. Both engines read the same style and the same
locale files, and speak the protocol of the CSL suite's drivers.

Choices: citeproc-js runs with its default options (``development_extensions`` untouched, no
abbreviation lists, HTML output). Two texts are equal when a reader sees the same (``csl_seen``):
mark-up and no-break spaces count, what is invisible does not. Order counts too: an entry that
stands elsewhere is one difference. Numbers in items are given as text: citeproc-js stops at a
``volume`` that is a JSON number. Answers of citeproc-js are kept in ``build/csl-compare``, by the
digest of the request. With ``--every`` citekit formats alone, with all installed styles: what
raises is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from citekit.csl import find_style, styles_folder

sys.path.insert(0, str(Path(__file__).resolve().parent))  # run as a program, not as a package
from csl_invent import Inventor
from csl_seen import seen

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent.parent / "build"
NODE_FOLDER = Path(os.environ.get("CITEPROC_JS", BUILD / "node"))
OURS = [sys.executable, "-m", "citekit.testing.drivers", "csl"]
THEIRS = ["node", str(HERE / "citeproc_js.mjs")]
TIMEOUT_S = 120
_AT_ONCE = 40  # styles that one process formats
LOCALES = ("zh-CN", "ja-JP", "ko-KR", "fr-FR", "ru-RU", "cs-CZ", "tr-TR", "de-DE")
IN_ALL_LOCALES = (
    "apa", "chicago-author-date", "nature",
    "nlm-citation-sequence", "modern-language-association", "ieee",
)  # fmt: skip
POPULAR = tuple(
    """academy-of-management-review acm-sig-proceedings advanced-materials
    american-chemical-society american-geophysical-union american-institute-of-physics
    american-journal-of-political-science american-medical-association
    american-meteorological-society american-physics-society
    american-political-science-association american-society-for-microbiology
    american-sociological-association angewandte-chemie annual-reviews apa apa-6th-edition
    associacao-brasileira-de-normas-tecnicas bibtex bmj cell chicago-author-date
    chicago-notes-bibliography chicago-notes-bibliography-17th-edition cse-citation-sequence
    cse-name-year deutsche-gesellschaft-fur-psychologie din-1505-2 ecology elife
    elsevier-harvard elsevier-vancouver elsevier-with-titles frontiers gost-r-7-0-5-2008
    harvard-cite-them-right harvard-anglia-ruskin-university ieee iso690-author-date-en
    iso690-numeric-en journal-of-clinical-oncology mhra-notes mhra-author-date
    modern-language-association multidisciplinary-digital-publishing-institute
    nlm-citation-sequence nature the-new-england-journal-of-medicine oscola plos pnas
    royal-society-of-chemistry sage-harvard sage-vancouver science
    springer-basic-author-date springer-vancouver taylor-and-francis-chicago-author-date
    the-lancet bluebook-law-review isnad""".split()  # noqa: SIM905  # a list of words reads better
)

Request = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One text that the engines give differently."""

    style: str
    kind: str
    ours: str
    theirs: str


@dataclass(slots=True, kw_only=True)
class Score:
    """What one style or all of them came to."""

    same: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Count another style in."""
        self.same += other.same
        self.total += other.total
        self.errors += other.errors
        self.differences += other.differences

    def percent(self, kind: str) -> float:
        """How much of a kind is identical, in per cent."""
        return 100 * self.same[kind] / max(1, self.total[kind])


def main(arguments: list[str] | None = None) -> int:
    """Compare and print; 1 where a style raised under ``--every``, else 0."""
    options = _options(arguments)
    if options.every:
        return see_every_style(options)
    runs = [(name, locale) for name in chosen(options) for locale in locales(options)]
    score = Score()
    per_style: dict[str, Score] = {}
    with ThreadPoolExecutor(options.jobs) as pool:
        samples = [sample(name, options.invent) for name, _ in runs]
        compared = pool.map(compare_style, *zip(*runs, strict=True), samples)
        for (name, locale), one in zip(runs, compared, strict=True):
            score.add(one)
            per_style[f"{name} {locale}".strip()] = one
    report(score, per_style, options.examples, options.groups)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="citekit against citeproc-js, text by text")
    parser.add_argument("--styles", type=int, default=100, help="how many styles to choose")
    parser.add_argument("--seed", type=int, default=1, help="of the choice")
    parser.add_argument("--style", action="append", help="compare this style (repeatable)")
    parser.add_argument("--popular", action="store_true", help="the styles most asked for")
    parser.add_argument("--locales", action="store_true", help="six styles in eight locales")
    parser.add_argument("--every", action="store_true", help="see that no style raises at all")
    parser.add_argument("--locale", default="", help="instead of the style's own")
    parser.add_argument("--invent", type=int, help="seed of invented items, instead of the file's")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--groups", type=int, default=25, help="kinds of difference to show")
    parser.add_argument("--examples", type=int, default=2, help="examples of each kind")
    return parser.parse_args(arguments)


def chosen(options: argparse.Namespace) -> list[str]:
    """The ids of the styles that are asked for."""
    if options.style:
        return list(options.style)
    if options.locales:
        return list(IN_ALL_LOCALES)
    if options.popular:
        return list(POPULAR)
    return choose_styles(options.styles, options.seed)


def locales(options: argparse.Namespace) -> list[str]:
    """The locales of the runs; "" for the style's own."""
    return list(LOCALES) if options.locales else [options.locale]


def choose_styles(count: int, seed: int) -> list[str]:
    """Ids of independent styles, the same ones for the same seed."""
    ids = sorted(path.stem for path in styles_folder().glob("*.csl"))
    return sorted(random.Random(seed).sample(ids, min(count, len(ids))))  # noqa: S311  # no secret


def see_every_style(options: argparse.Namespace) -> int:
    """Format with every installed style and print what raised; 1 where anything did."""
    styles = choose_styles(sys.maxsize, 0)
    count = max(options.jobs, len(styles) // _AT_ONCE)
    with ThreadPoolExecutor(options.jobs) as pool:
        parts = pool.map(lambda i: _errors(styles[i::count], options.invent), range(count))
        found = [line for part in parts for line in part]
    _say("\n".join([*found, f"{len(styles):,} styles, {len(found)} errors"]))
    return 1 if found else 0


def _errors(styles: list[str], invent: int | None) -> list[str]:
    """What citekit alone says of these styles in one process, where that is an error."""
    asked = [
        {**request, "name": f"{style} {request['name']}"}
        for style in styles
        for request in requests(style, "", sample(style, invent))
    ]
    answers = ask(OURS, asked, TIMEOUT_S * len(styles))
    return [f"{name}: {given['error']}" for name, given in answers.items() if "error" in given]


# ---------------------------------------------------------------------------------- what is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The items that a style formats, and the citations of one document."""

    items: list[dict[str, Any]]
    clusters: list[list[dict[str, Any]]]


def sample(style: str, invent: int | None) -> Sample:
    """The items of the file, or for a seed those invented for this style."""
    if invent is None:
        made = items()
        return Sample(items=made, clusters=document([item["id"] for item in made]))
    digest = hashlib.sha256(f"{invent} {style}".encode()).digest()
    inventor = Inventor(int.from_bytes(digest[:4]))
    made = inventor.items()
    return Sample(items=made, clusters=inventor.clusters([item["id"] for item in made]))


def items() -> list[dict[str, Any]]:
    """The items of the file, as CSL-JSON."""
    text = (HERE / "csl_items.yaml").read_text(encoding="utf-8")
    loaded: list[dict[str, Any]] = yaml.safe_load(text)
    return [{key: _text_of(value) for key, value in item.items()} for item in loaded]


def _text_of(value: object) -> object:
    return str(value) if isinstance(value, int) else value


def document(ids: list[str]) -> list[list[dict[str, Any]]]:
    """The clusters of one document: every item alone, then what repeats and combines them."""
    singles = [[{"id": item_id}] for item_id in ids]
    page = {"label": "page"}
    return [
        *singles,
        [{"id": "journal-full", "locator": "322", **page}],
        [{"id": "journal-full", "locator": "322", **page}],
        [{"id": "journal-full", "locator": "324-326", **page}],
        [{"id": "journal-full"}],
        [{"id": "book-full", "locator": "4", "label": "chapter"}],
        [{"id": "book-full"}],
        [{"id": "book-full", "locator": "12, 14", **page}],
        [{"id": "newspaper-none", "locator": "3", "label": "paragraph"}],
        [{"id": "case", "locator": "115", **page}],
        [{"id": "case"}],
        [{"id": "chapter-full", "prefix": "see ", "suffix": ", and elsewhere"}],
        [{"id": "chapter-full", "prefix": "cf. ", "locator": "1060", **page, "suffix": " ff."}],
        [{"id": "same-year-1"}, {"id": "same-year-2"}],
        [{"id": "same-year-1"}, {"id": "same-family"}, {"id": "same-pair"}, {"id": "same-pair-2"}],
        [{"id": "journal-many"}, {"id": "same-year-1"}, {"id": "magazine"}, {"id": "book-bare"}],
        [{"id": "journal-full"}, {"id": "journal-many"}, {"id": "same-year-1"}],
        [
            {"id": "same-year-1", "locator": "5", **page},
            {"id": "same-year-2", "locator": "403", **page},
        ],
        [{"id": "book-full", "suppress-author": True}],
        [{"id": "journal-full", "suppress-author": True, "locator": "325", **page}],
        [{"id": "author-collective"}, {"id": "report-full", "prefix": "but see "}],
        [{"id": "thesis", "locator": "2", "label": "section"}, {"id": "web-full"}],
        [{"id": "web-bare"}, {"id": "web-nothing"}],
        [{"id": "particle-dutch"}, {"id": "particle-arabic"}, {"id": "particle-french"}],
        [{"id": "particle-dutch", "locator": "7", "label": "volume"}],
        [{"id": "particle-dutch", "locator": "7", "label": "volume"}],
        [{"id": "name-cjk"}, {"id": "name-cyrillic"}, {"id": "date-season"}, {"id": "book-nodate"}],
        [{"id": "script-kanji"}, {"id": "script-hangul"}, {"id": "script-greek"}],
        [{"id": "script-hanzi-book", "locator": "12", **page}, {"id": "script-hebrew"}],
        [{"id": "same-year-1"}, {"id": "news-unsigned"}, {"id": "newspaper-none"}],
    ]


def requests(style: str, locale: str, asked: Sample) -> list[Request]:
    """The two requests for a style: its bibliography and its citations."""
    source = find_style(f"http://www.zotero.org/styles/{style}")
    csl = source.xml.decode("utf-8")
    if locale:
        csl = re.sub(r' default-locale="[^"]*"', "", csl, count=1)
        csl = re.sub(r"<style\b", f'<style default-locale="{locale}"', csl, count=1)
    common: Request = {"csl": csl, "input": asked.items}
    names = [f"c{number}" for number in range(len(asked.clusters))]
    operations = [
        [
            {"citationID": name, "citationItems": cites, "properties": {"noteIndex": number + 1}},
            [[earlier, i + 1] for i, earlier in enumerate(names[:number])],
            [],
        ]
        for number, (name, cites) in enumerate(zip(names, asked.clusters, strict=True))
    ]
    return [
        {"name": "entries", "mode": "bibliography", **common},
        {"name": "citations", "mode": "citation", **common, "citations": operations},
    ]


# ------------------------------------------------------------------------------------- the engines


def ask(
    command: list[str], asked: list[Request], timeout_s: float = TIMEOUT_S
) -> dict[str, dict[str, Any]]:
    """The answers of a driver by request name; one that dies or hangs answers with an error."""
    lines = "".join(json.dumps(request) + "\n" for request in asked)
    try:
        run = subprocess.run(
            command,
            input=lines,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env=_environment(),
            encoding="utf-8",
        )
    except subprocess.TimeoutExpired:
        return {request["name"]: {"error": f"no answer in {timeout_s} s"} for request in asked}
    answers = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    given = {answer["name"]: answer for answer in answers}
    last = run.stderr.strip().rpartition("\n")[2]
    return {r["name"]: given.get(r["name"], {"error": f"died: {last}"}) for r in asked}


def ask_reference(asked: list[Request]) -> dict[str, dict[str, Any]]:
    """The answers of citeproc-js: kept ones where the same was asked before."""
    question = json.dumps(asked, sort_keys=True) + (HERE / "citeproc_js.mjs").read_text("utf-8")
    kept = BUILD / "csl-compare" / f"{hashlib.sha256(question.encode()).hexdigest()}.json"
    if kept.is_file():
        known: dict[str, dict[str, Any]] = json.loads(kept.read_bytes())
        return known
    answers = ask(THEIRS, asked)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    return answers


def _environment() -> dict[str, str]:
    return {**os.environ, "CITEPROC_JS": str(NODE_FOLDER), "CSL_LOCALES": str(locales_folder())}


def locales_folder() -> Path:
    """The locale files that both engines read."""
    spec = find_spec("citeproc")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("the locales are absent: pip install citeproc-py")
    return Path(spec.submodule_search_locations[0], "data", "locales")


# -------------------------------------------------------------------------------------- comparison


def compare_style(style: str, locale: str, what: Sample) -> Score:
    """Ask both engines and compare what they say."""
    asked = requests(style, locale, what)
    theirs, ours = ask_reference(asked), ask(OURS, asked)
    score = Score()
    for kind in ("entries", "citations"):
        if "error" in theirs[kind]:
            score.errors.append(f"{style} {kind}: citeproc-js: {theirs[kind]['error'][:200]}")
            continue
        if "error" in ours[kind]:
            score.errors.append(f"{style} {kind}: citekit: {ours[kind]['error'][:200]}")
        split = entries if kind == "entries" else citations
        compare_texts(
            score, style, kind, split(ours[kind].get("result", "")), split(theirs[kind]["result"])
        )
    return score


def entries(result: str) -> list[str]:
    """The entries of a bibliography, as they are seen."""
    parts = result.split('<div class="csl-entry">')[1:]
    return [seen(part.rsplit("</div>", 2 if part is parts[-1] else 1)[0]) for part in parts]


def citations(result: str) -> list[str]:
    """The citations of a document, as they are seen."""
    marks = re.compile(r"^(?:>>|\.\.)\[\d+\] ", re.MULTILINE)  # a delimiter may hold line ends
    return [seen(text) for text in marks.split(result)[1:]]


def compare_texts(score: Score, style: str, kind: str, ours: list[str], theirs: list[str]) -> None:
    """Count the texts that are in both lists, pair the others."""
    if kind == "citations":
        pairs = [(a, b) for a, b in zip(_padded(ours, len(theirs)), theirs, strict=False) if a != b]
    else:
        pairs = _pair(*_without_shared(ours, theirs))
    score.total[kind] += max(len(ours), len(theirs))
    score.same[kind] += max(len(ours), len(theirs)) - len(pairs)
    score.differences += [Difference(style=style, kind=kind, ours=a, theirs=b) for a, b in pairs]


def _padded(texts: list[str], length: int) -> list[str]:
    return texts + [""] * (length - len(texts))


def _without_shared(ours: list[str], theirs: list[str]) -> tuple[list[str], list[str]]:
    """What is left of both lists without the texts that they share in one order."""
    rest: tuple[list[str], list[str]] = ([], [])
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            rest[0].extend(ours[i1:i2])
            rest[1].extend(theirs[j1:j2])
    return rest


def _pair(ours: list[str], theirs: list[str]) -> list[tuple[str, str]]:
    """Pair each of their texts with the most similar of ours; what is left over stands alone."""
    pairs = []
    ours = list(ours)
    for their in theirs:
        best = max(ours, key=lambda our: SequenceMatcher(None, our, their).ratio(), default="")
        if best in ours:
            ours.remove(best)
        pairs.append((best, their))
    return pairs + [(our, "") for our in ours]


# ------------------------------------------------------------------------------------------ report


def signature(difference: Difference) -> str:
    """What changed, without the words and numbers it changed in: the name of a group."""
    a, b = _tokens(difference.theirs), _tokens(difference.ours)
    parts = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            parts.append(f"{_shape(a[i1:i2])} → {_shape(b[j1:j2])}")
    return " | ".join(parts[:3]) + (" | …" if len(parts) > 3 else "")


def _tokens(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+|\s|.", text)


def _shape(tokens: list[str]) -> str:
    words = ["w" if t.isalpha() and len(t) > 4 else "9" if t.isdigit() else t for t in tokens]
    return "“" + re.sub(r"w(?: w)+", "w…", "".join(words))[:60] + "”"


def report(score: Score, per_style: dict[str, Score], examples: int, groups: int) -> None:
    """Print percentages, errors, the worst styles, and the differences by group."""
    for kind in ("entries", "citations"):
        _say(f"{kind}: {score.percent(kind):.2f} % of {score.total[kind]:,} identical")
    _say(f"errors: {len(score.errors)}")
    for error in score.errors[:20]:
        _say(f"  {error}")
    worst = sorted(per_style.items(), key=lambda one: -len(one[1].differences))[:15]
    _say("most differences: " + ", ".join(f"{n} {len(s.differences)}" for n, s in worst))
    by_signature: dict[str, list[Difference]] = defaultdict(list)
    for difference in score.differences:
        by_signature[f"{difference.kind}: {signature(difference)}"].append(difference)
    ranked = sorted(by_signature.items(), key=lambda group: -len(group[1]))
    for name, group in ranked[:groups]:
        styles = len({difference.style for difference in group})
        _say(f"\n{len(group)} in {styles} styles: {name}")
        for difference in _spread(group, examples):
            _say(f"  [{difference.style}]")
            _say(f"    ours   {difference.ours}\n    theirs {difference.theirs}")


def _spread(group: list[Difference], count: int) -> list[Difference]:
    """Examples from as many styles as there are."""
    first = {difference.style: difference for difference in reversed(group)}
    chosen = list(reversed(first.values()))
    return (chosen + [d for d in group if d not in chosen])[:count]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    raise SystemExit(main())
