"""An archive full of markers, and every command that makes something for others.

Made by the commands' own functions, so that what they put where nobody thinks of is in it: file
names, headers, evidence, events. Of the restricted article one passage is quoted; each other word
of its text is a marker. Every part of the private article is one, and so are its digests.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from citekit import Archive
from citekit.formats import FORMATS
from citekit.model.value import Value
from citekit.testing.sites import build_site, write_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPEN: Final = "open2024"
KEPT: Final = "kept2024"
HIDDEN: Final = "qzxprivkey"
GONE: Final = "gone2024"
_QUOTE: Final = "seven boats left the harbour"
_NEUTRAL: Final = "and the men who stood at the rail that day said nothing at all to anybody"
_PAGE: Final = """\
<!doctype html><html lang="en"><head><title>{title}</title>
<meta property="og:site_name" content="{paper}"><meta name="description" content="{word}about">
<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{title}", "description":
"{word}ld", "author": [{{"@type": "Person", "name": "{author}"}}], "datePublished": "2024-03-02"}}
</script></head><body><!-- {word}comment --><article><h1>{title}</h1><p>By {author}</p>{body}
<figure><img src="{word}.png" alt="{word}alt"><figcaption>{word}caption of it.</figcaption>
</figure></article></body></html>
"""
_INDEX: Final = """\
# All of it

{{cite:p}}`{open},{kept}`, {{ck:item}}`{open}`, {{ck:passage}}`{kept}#p1`{{footcite}}`{kept}`

```{{ck:sources}}
```

```{{ck:timeline}}
```

```{{ck:claims}}
```

```{{ck:passage}} {open}#p1
```

```{{ck:passage}} {kept}#p1
```

```{{ck:bibliography}}
```

```{{footbibliography}}
```

```{{toctree}}
items/index
entities/index
claims/index
timeline
bibliography
provenance
```
"""


class Marked(Value):
    """The archive and its markers: what no output may have, and what some may.

    ``text`` of the restricted item is in what is asked for with it, what was ``withdrawn`` stays
    where git takes it.
    """

    archive: Archive
    private: Mapping[str, bytes]
    text: Mapping[str, bytes]
    withdrawn: Mapping[str, bytes]

    @property
    def root(self) -> Path:
        """The folder of the archive."""
        return self.archive.store.root


def build_marked(root: Path) -> Marked:
    """A sealed archive with a public, a restricted, a private and a withdrawn article."""
    archive = Archive.create(root / "archive", title="Boats")
    _add(archive, root, OPEN, access="public", word="Open", author="Ada Quill")
    _add(archive, root, KEPT, access="restricted", word="qzxunquoted", author="Lucía Moreau")
    _add(archive, root, HIDDEN, access="private", word="qzxprivtext", author="Qzxprivfamily, Q.")
    _add(archive, root, GONE, access="public", word="qzxwithdrawn", author="Chidi Okoye")
    archive.add_entity("The harbour", kind="place", entity_id="harbour")
    archive.add_entity("Qzxprivname", kind="person", entity_id="qzxpriventity", private=True)
    archive.annotate(KEPT, quote=_QUOTE, note="Counted.", tags=["boats"], entities=["harbour"])
    archive.annotate(OPEN, note="Qzxprivnote.", tags=["qzxprivtag"], private=True)
    archive.annotate(HIDDEN, note="Qzxprivmark.", tags=["qzxprivtag"], entities=["qzxpriventity"])
    archive.add_claim("Seven left.", claim_id="boats")
    archive.link_claim("boats", KEPT)
    archive.add_claim("Qzxprivstatement.", claim_id="qzxprivclaim", private=True)
    archive.link_claim("qzxprivclaim", HIDDEN)
    archive.store.layout.note_file(HIDDEN).write_text("Qzxprivwords.\n", encoding="utf-8")
    archive.seal()
    archive.remove(GONE)
    archive.seal()
    archive.set_fields(HIDDEN, {"volume": "qzxprivvolume"})  # after the seal: what waits for one
    private = {"private words": b"qzxpriv", **_digests(archive)}
    return Marked(
        archive=archive,
        private=private,
        text={"restricted text": b"qzxunquoted"},
        withdrawn={"withdrawn words": b"qzxwithdrawn"},
    )


def make_outputs(marked: Marked, folder: Path, *, only: Collection[str] = ()) -> Iterator[Path]:
    """Run every command that makes something for others; the outputs of each in a folder.

    ``only`` names some of them; what git takes is always there. What a command prints is in its
    folder too. Raises AssertionError for a command that fails.
    """
    for name, argv in _commands(folder):
        if only and name not in only:
            continue
        (folder / name).mkdir(parents=True)
        said = citekit(marked.root, *argv)
        (folder / name / "said.txt").write_bytes(said)
        yield folder / name
    yield _commit(marked.root, folder / "git")


def make_sites(
    marked: Marked, folder: Path, builders: Mapping[str, tuple[str, ...]]
) -> Iterator[Path]:
    """Build a project that shows everything with each of Sphinx's builders; with its doctrees.

    ``builders`` maps a builder's name to options. Raises AssertionError for a build that fails.
    """
    index = _INDEX.format(open=OPEN, kept=KEPT)
    write_source(marked.root.parent, {"index.md": index})
    for builder, options in builders.items():
        built = build_site(marked.root.parent, *options, output=f"site-{builder}", builder=builder)
        assert built.code == 0, built.said  # noqa: S101  # a tool of tests
        target = folder / builder
        target.mkdir(parents=True)
        built.output.rename(target / "site")
        (marked.root.parent / f"site-{builder}-dt").rename(target / "doctrees")
        yield target


def citekit(archive: Path, *words: str) -> bytes:
    """What a command prints, on stdout and stderr; raises AssertionError where it fails."""
    command = [sys.executable, "-m", "citekit", "--archive", str(archive), *words]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  # ourselves
    # 1: a proof whose signer nobody vouches for
    assert done.returncode in (0, 1), f"{words}: {done.stderr.decode()}"  # noqa: S101  # as above
    return done.stdout + done.stderr


def _commands(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each output's name, and the words that make it."""
    for form in ("bagit", "ro-crate", "prov"):
        words = ("export", "--format", form, "--output")
        yield form, (*words, str(folder / form / "package"))
        yield f"{form}-zip", (*words, str(folder / f"{form}-zip" / "package.zip"))
        yield f"{form}-one", (*words, str(folder / f"{form}-one" / "package"), KEPT)
    for form in ("text", "html", "latex", "rtf", *FORMATS):
        yield f"cite-{form}", ("cite", "--all", "--format", form)
    yield "cite-json", ("--json", "cite", "--all", "--provenance")
    yield "log", ("--json", "log")
    yield "seal", ("--json", "seal")
    for key in (OPEN, KEPT):
        proof = str(folder / f"proof-{key}" / "proof.json")
        yield f"proof-{key}", ("prove", key, "--output", proof)
        yield f"checked-{key}", ("--json", "check-proof", proof)
        bundle = str(folder / f"bundle-{key}" / "bundle.zip")
        yield f"bundle-{key}", ("prove", key, "--bundle", "--output", bundle)
    yield "site", ("site", "build", "--output", str(folder / "site" / "html"))


def _add(archive: Archive, root: Path, key: str, *, access: str, word: str, author: str) -> None:
    """Archive an article whose every word but a passage holds ``word``."""
    title = f"{word} title of it" if key in (HIDDEN, GONE) else f"What happened to {key}"
    body = "".join(f"<p>{part}</p>" for part in _paragraphs(word))
    page = root / f"{key}.html"
    text = _PAGE.format(title=title, paper=f"{key} paper", author=author, word=word, body=body)
    page.write_text(text, encoding="utf-8")
    archive.add(
        page,
        url=f"https://{key}.example/{key}/path",
        key=key,
        access=access,  # type: ignore[arg-type]  # one of three
        fields={"keyword": f"{key}, boats"},
    )
    page.unlink()


def _paragraphs(word: str) -> Iterator[str]:
    """Four paragraphs; the first has the quote among words that belong to nobody."""
    words = [f"{word}{number:03}" for number in range(160)]
    yield f"{' '.join(words[:40])} {_NEUTRAL} {_QUOTE} {_NEUTRAL} {' '.join(words[40:60])}."
    for start in (60, 90, 120):
        yield f"{' '.join(words[start : start + 30]).capitalize()}."


def _digests(archive: Archive) -> dict[str, bytes]:
    """The digests of every file under ``private/``, as bytes, by what others might keep of them."""
    markers: dict[str, bytes] = {}
    private = archive.store.layout.private
    for path in sorted(p for p in private.rglob("*") if p.is_file()):
        data, name = path.read_bytes(), path.relative_to(private).as_posix()
        markers[f"SHA-256 of {name}"] = hashlib.sha256(data).digest()
        markers[f"SHA-512 of {name}"] = hashlib.sha512(data).digest()
        blob = b"blob %d\0" % len(data) + data
        markers[f"git's name of {name}"] = hashlib.sha1(blob, usedforsecurity=False).digest()
    return markers


def _commit(root: Path, target: Path) -> Path:
    """A repository of all that git takes of an archive; its objects, and what it says."""
    name = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    target.mkdir(parents=True)
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "All of it")):
        command = ["git", *name, "--git-dir", str(target / "repository"), "--work-tree", str(root)]
        subprocess.run([*command, *words], check=True, capture_output=True)  # noqa: S603  # fixed words
    return target
