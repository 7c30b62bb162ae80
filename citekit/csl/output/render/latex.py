r"""LaTeX: text commands of the kernel plus hyperref's ``\href``; Unicode passes as it is."""

from __future__ import annotations

from citekit.csl.output.render.base import OutputFormat

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


class Latex(OutputFormat):
    """LaTeX; the entries of a bibliography are paragraphs."""

    def escape(self, text: str) -> str:
        """Text in which no character means anything to LaTeX."""
        return text.translate(_ESCAPES)

    def marks(self, kind: str, value: str, *, follows: bool) -> tuple[str, str]:
        """A command and its braces."""
        command = _COMMANDS.get((kind, value))
        if command is not None:
            return command + "{", "}"
        if kind == "link":
            return f"\\href{{{value.translate(_IN_ADDRESS)}}}{{", "}"
        if kind == "display" and value in ("block", "indent"):
            return ("\\par " if follows else ""), "\\par "
        if kind == "display" and value == "left-margin":
            return "", " "
        return "{", "}"
