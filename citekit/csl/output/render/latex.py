r"""LaTeX: text commands of the kernel plus hyperref's ``\href``; Unicode passes as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.render.nested import nest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.csl.output.tokens import Open, Token

_COMMANDS = {
    ("font-style", "italic"): "\\emph",
    ("font-style", "oblique"): "\\textsl",
    ("font-style", "normal"): "\\textup",
    ("font-variant", "small-caps"): "\\textsc",
    ("font-variant", "normal"): "\\textup",
    ("font-weight", "bold"): "\\textbf",
    ("font-weight", "normal"): "\\textmd",
    ("font-weight", "light"): "\\textmd",
    ("text-decoration", "underline"): "\\underline",
    ("vertical-align", "sup"): "\\textsuperscript",
    ("vertical-align", "sub"): "\\textsubscript",
}
_ESCAPES = str.maketrans(
    {
        "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#",
        "%": "\\%", "_": "\\_", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
        "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", '"': "\\textquotedbl{}",
        "\u00a0": "~", "“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---",
        "`": "\\textasciigrave{}", "\n": " ", "\r": " ",
    }
)  # fmt: skip
_IN_ADDRESS = str.maketrans(
    {"\\": "%5C", "{": "%7B", "}": "%7D", "%": "\\%", "#": "\\#", "&": "\\&", "_": "\\_",
     "$": "\\$", "~": "\\~{}", "^": "%5E", " ": "%20", "\n": "", "\r": ""}
)  # fmt: skip


def render(tokens: Iterable[Token]) -> str:
    """LaTeX of one cite or entry."""
    return nest(tokens, escape, _command)


def escape(text: str) -> str:
    """Text in which no character means anything to LaTeX."""
    return text.translate(_ESCAPES)


def _command(token: Open, follows: bool) -> tuple[str, str]:
    command = _COMMANDS.get((token.kind, token.value))
    if command is not None:
        return command + "{", "}"
    if token.kind == "link":
        return f"\\href{{{token.value.translate(_IN_ADDRESS)}}}{{", "}"
    if token.kind == "display" and token.value in ("block", "indent"):
        return ("\\par " if follows else ""), "\\par "
    if token.kind == "display" and token.value == "left-margin":
        return "", " "
    return "{", "}"
