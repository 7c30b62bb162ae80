"""Invented reports and papers that quote them, honestly or not: what the audit is measured with.

Every word is made here. Reports of one affair share their sentences but for names and numbers, so
that what one says is nearly what another says, and each has negations, asides and speech.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final, NamedTuple

PLACES: Final = ("harbour", "market", "bridge", "mill", "ferry", "station", "granary", "lighthouse")
PEOPLE: Final = ("Dr. Quill", "Ann Lund", "the mayor", "Mr. Bo Reed", "the harbour master",
                 "Ms. Ida Falk", "the engineer", "the shipwright's daughter")  # fmt: skip
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
THINGS: Final = ("lamps", "gates", "ropes", "stairs", "engines", "roofs", "boats", "signals")
STATES: Final = ("broken", "repaired", "flooded", "painted", "guarded", "sold", "inspected", "lost")
WHYS: Final = ("the storm had come early", "nobody had paid for the work", "the keys were missing",
               "the old rope had worn thin", "the council had met too late")  # fmt: skip
TEMPLATES: Final = (
    "The {place} burned on {day} night, and {n} people were taken to the hospital in {town}.",
    "{Who}, who had seen the {things} before, said the {place} was {state} by then.",
    "The {things} were not {state}, {who} said, because {why}.",
    "About {n} of the {things} at the {place} were {state} within {m} days.",
    "Nobody could say why the {things} had failed on {day}.",
    "“We saw the {things} from the hill,” {who} said, “and they were {state} at once.”",
    "The loss came to {n}.{m}% of what the {place} earns in a year, or some ${m},{n}00.",
    "{Who} did not, as some had feared, close the {place} before {day}.",
    "The {place} will open again in {town} when the {things} have been {state}.",
    "Because {why}, the {things} could never have been {state} in time.",
    "A second crew — {m} men from {town} — reached the {place} on {day} morning.",
    "{Who} has asked for {n} new {things}; the council hasn't answered yet.",
    "In the week before, the {place} had been {state} twice, once without any warning.",
    "The {things}, though old, were well-kept and had been {state} in the spring.",
    "According to {who}, it is unlikely that the {place} was {state} on purpose.",
)
TOWNS: Final = ("Sandholm", "Ravnby", "Altweil", "Port Ine", "Calder")
OTHERS: Final = {
    "de": ("Der Hafen von {town} war am Abend nicht mehr zu erreichen, sagte {who}.",
           "Etwa {n} Boote lagen noch vor der Brücke, als das Wasser stieg.",
           "Die Lampen, die erst im Frühjahr erneuert wurden, fielen kurz nach {m} Uhr aus."),
    "fr": ("Le port de {town} n’était plus accessible dans la soirée, selon {who}.",
           "Environ {n} bateaux attendaient encore devant le pont quand l’eau est montée.",
           "Les lampes, refaites au printemps, se sont éteintes peu après {m} heures."),
    "tr": ("Liman akşam saatlerinde {town} yolundan artık ulaşılır değildi.",
           "Su yükseldiğinde köprünün önünde hâlâ yaklaşık {n} tekne bekliyordu.",
           "İlkbaharda yenilenen lambalar saat {m} sularında söndü."),
    "ja": ("港は夕方にはもう通れなかったと{n}人の漁師が話した。",
           "水が上がったとき橋の前にはまだ約{n}隻の船が待っていた。",
           "春に新しくした灯りは{m}時すぎに消えた。"),
}  # fmt: skip


class Report(NamedTuple):
    """A source: its key and its paragraphs, each of sentences."""

    key: str
    language: str
    paragraphs: tuple[tuple[str, ...], ...]


class Planted(NamedTuple):
    """A quotation in a paper: which kind it is, and on which line it begins and ends."""

    kind: str
    first: int
    last: int
    text: str


def reports(rng: random.Random, number: int) -> list[Report]:
    """Reports in English, each third sentence shared with another one but for its words."""
    made = []
    for count in range(number):
        language = "en" if count % 5 else rng.choice([*OTHERS])
        templates = TEMPLATES if language == "en" else OTHERS[language]
        said: set[str] = set()
        paragraphs = []
        for _ in range(rng.randint(4, 8)):
            sentences = []
            for template in rng.sample(templates, min(len(templates), rng.randint(2, 5))):
                sentence = _filled(rng, template)
                if sentence not in said:
                    said.add(sentence)
                    sentences.append(sentence)
            paragraphs.append(tuple(sentences))
        made.append(Report(f"report{count}", language, tuple(p for p in paragraphs if p)))
    return made


def _filled(rng: random.Random, template: str) -> str:
    who = rng.choice(PEOPLE)
    values = {
        "place": rng.choice(PLACES), "day": rng.choice(DAYS), "n": str(rng.randint(11, 99)),
        "m": str(rng.randint(2, 9)), "town": rng.choice(TOWNS), "things": rng.choice(THINGS),
        "state": rng.choice(STATES), "who": who, "Who": who[0].upper() + who[1:],
        "why": rng.choice(WHYS),
    }  # fmt: skip
    return template.format(**values)


class Quote(NamedTuple):
    """What a paper quotes, from which key it says it is, and in which paragraph."""

    kind: str
    text: str
    key: str
    paragraph: int


Maker = Callable[[random.Random, list[Report]], Quote | None]


def _place(rng: random.Random, reports_: list[Report], language: str = "") -> tuple[Report, int]:
    some = [r for r in reports_ if not language or r.language == language]
    report = rng.choice(some)
    return report, rng.randrange(len(report.paragraphs))


def _sentences(
    rng: random.Random, reports_: list[Report], most: int = 2
) -> tuple[Report, int, str]:
    report, number = _place(rng, reports_)
    paragraph = report.paragraphs[number]
    first = rng.randrange(len(paragraph))
    space = "" if report.language == "ja" else " "
    return report, number, space.join(paragraph[first : first + rng.randint(1, most)])


def _part(rng: random.Random, report: Report, text: str) -> str:
    """A stretch of a sentence of at least five words."""
    if report.language == "ja":
        first = rng.randrange(max(1, len(text) - 9))
        return text[first : first + rng.randint(8, 14)].rstrip("。")
    words = text.split()
    size = min(len(words), rng.randint(6, 14))
    first = rng.randrange(len(words) - size + 1)
    return " ".join(words[first : first + size]).strip("—,;“” ")


# ---- honest


def whole(rng: random.Random, all_: list[Report]) -> Quote | None:
    """Whole sentences."""
    report, number, text = _sentences(rng, all_, 3)
    return Quote("verbatim", text, report.key, number)


def part(rng: random.Random, all_: list[Report]) -> Quote | None:
    """A stretch of one."""
    report, number, text = _sentences(rng, all_, 1)
    return Quote("verbatim part", _part(rng, report, text), report.key, number)


def honest_ellipsis(rng: random.Random, all_: list[Report]) -> Quote | None:
    """An aside between commas or dashes is left out."""
    report, number, text = _sentences(rng, all_, 1)
    aside = re.search(r"(?:, (?:who|though|die|refaites)[^,]*,| — [^—]* —)", text)
    if aside is None:
        return None
    sign = rng.choice([" … ", " [...] ", " . . . ", " […] "])
    return Quote(
        "honest ellipsis",
        text[: aside.start()] + sign + text[aside.end() :].strip(),
        report.key,
        number,
    )


def left_out_sentence(rng: random.Random, all_: list[Report]) -> Quote | None:
    """A whole sentence is left out."""
    report, number = _place(rng, all_)
    paragraph = report.paragraphs[number]
    if len(paragraph) < 3:
        return None
    return Quote("honest ellipsis", f"{paragraph[0]} … {paragraph[2]}", report.key, number)


def bracketed(rng: random.Random, all_: list[Report]) -> Quote | None:
    """A letter, or words of one's own, in brackets."""
    report, number, text = _sentences(rng, all_, 1)
    if report.language != "en":
        return None
    if text[0].isalpha() and rng.random() < 0.5:
        return Quote("brackets", f"[{text[0].swapcase()}]{text[1:]}", report.key, number)
    words = text.split()
    at = rng.randrange(2, len(words) - 2)
    if re.search(r"[“”—;.]", words[at]):
        return None
    words[at] = "[that]"
    return Quote("brackets", " ".join(words), report.key, number)


def ends_otherwise(rng: random.Random, all_: list[Report]) -> Quote | None:
    """A comma instead of the full stop, another dash, other marks inside."""
    report, number, text = _sentences(rng, all_, 1)
    changed = text.rstrip(".") + ","
    changed = changed.replace(" — ", rng.choice(["–", " – ", "---"])).replace("’", "'")
    changed = changed.replace("“", "‘").replace("”", "’")
    return Quote("other marks inside", changed, report.key, number)


# ---- not honest


def changed_word(rng: random.Random, all_: list[Report]) -> Quote | None:
    """One word is another one."""
    report, number, text = _sentences(rng, all_, 1)
    for words in (DAYS, STATES, THINGS, PLACES, TOWNS):
        for word in words:
            if re.search(rf"\b{word}\b", text):
                other = rng.choice([w for w in words if w != word])
                return Quote(
                    "changed word", re.sub(rf"\b{word}\b", other, text, count=1), report.key, number
                )
    return None


def changed_number(rng: random.Random, all_: list[Report]) -> Quote | None:
    """One number is another one."""
    report, number, text = _sentences(rng, all_, 1)
    found = re.search(r"\d+", text)
    if found is None:
        return None
    other = str(int(found[0]) + rng.choice([1, 10, 3]))
    return Quote(
        "changed number", text[: found.start()] + other + text[found.end() :], report.key, number
    )


def dropped_not(rng: random.Random, all_: list[Report]) -> Quote | None:
    """A negation is gone, without a sign of it."""
    report, number, text = _sentences(rng, all_, 1)
    changed = re.sub(r"\b(?:not,? |never |un(?=likely)|nicht |plus |değil)", "", text, count=1)
    changed = changed.replace("hasn't", "has", 1) if changed == text else changed
    return None if changed == text else Quote("dropped “not”", changed, report.key, number)


def hiding_ellipsis(rng: random.Random, all_: list[Report]) -> Quote | None:
    """An ellipsis takes the place of a negation."""
    report, number, text = _sentences(rng, all_, 1)
    found = re.search(r"\b(?:not(?:, as some had feared,)?|never|nicht mehr|without any)\b", text)
    if found is None:
        return None
    changed = text[: found.start()].rstrip() + " … " + text[found.end() :].lstrip(", ")
    return Quote("ellipsis that hides", changed, report.key, number)


def joining_ellipsis(rng: random.Random, all_: list[Report]) -> Quote | None:
    """An ellipsis makes one sentence of the beginning of one and the end of another."""
    report, number = _place(rng, all_, "en")
    paragraph = report.paragraphs[number]
    if len(paragraph) < 2:
        return None
    one, two = paragraph[0].split(), paragraph[1].split()
    half = len(two) // 2
    return Quote(
        "ellipsis that joins", f"{' '.join(one[:4])} … {' '.join(two[half:])}", report.key, number
    )


def merged(rng: random.Random, all_: list[Report]) -> Quote | None:
    """Two sentences are one: the full stop is gone, or what stands between."""
    report, number = _place(rng, all_, "en")
    paragraph = report.paragraphs[number]
    if len(paragraph) < 2:
        return None
    if rng.random() < 0.5 and paragraph[0][-1] == ".":
        joiner = rng.choice([", ", " and "])
        return Quote(
            "merged sentences",
            paragraph[0][:-1] + joiner + paragraph[1][0].lower() + paragraph[1][1:],
            report.key,
            number,
        )
    one, two = paragraph[0].rstrip(".").split(), paragraph[-1].split()
    half = len(two) // 2
    if len(one) < 8 or len(two) - half < 4:
        return None
    return Quote(
        "merged sentences",
        f"{' '.join(one[: len(one) - 2])} {' '.join(two[half:])}",
        report.key,
        number,
    )


def wrong_source(rng: random.Random, all_: list[Report]) -> Quote | None:
    """The words are those of another report."""
    report, _, text = _sentences(rng, all_, 1)
    other = rng.choice([r for r in all_ if r.key != report.key])
    if any(text in " ".join(p) for p in other.paragraphs):
        return None
    return Quote("wrong source", text, other.key, -1)


def wrong_paragraph(rng: random.Random, all_: list[Report]) -> Quote | None:
    """The words stand in another paragraph than is named."""
    report, number, text = _sentences(rng, all_, 1)
    others = [n for n in range(len(report.paragraphs)) if n != number]
    named = rng.choice(others)
    said = text.rstrip(".")
    if any(said in " ".join(report.paragraphs[n]) for n in others):
        return None
    return Quote("wrong paragraph", text, report.key, named)


def invented(rng: random.Random, all_: list[Report]) -> Quote | None:
    """Nobody said so."""
    report, _ = _place(rng, all_, "en")
    text = rng.choice(
        [
            "It was the finest hour of the whole district",
            "No child shall ever want for bread again here",
            "Our patience with these owners is at an end",
        ]
    )
    return Quote("invented", text, report.key, -1)


HONEST: Final[tuple[Maker, ...]] = (
    whole,
    part,
    honest_ellipsis,
    left_out_sentence,
    bracketed,
    ends_otherwise,
)
PLANTED: Final[tuple[Maker, ...]] = (
    changed_word, changed_number, dropped_not, hiding_ellipsis, joining_ellipsis, merged,
    wrong_source, wrong_paragraph, invented,
)  # fmt: skip
MARKS: Final = ("“”", "„“", "«»", "»«", "‘’", "「」", '""', "“”", '""')
KINDS: Final = ("md", "qmd", "tex", "typ", "rst", "ipynb")
FILLING: Final = (
    "The affair has been told often.", "What follows rests on the reports.", "Not all agree.",
    "Some call it a “so-called accident” to this day.",
    "The owners' boats lay where they had lain.", "It was the '90s, after all.",
)  # fmt: skip
