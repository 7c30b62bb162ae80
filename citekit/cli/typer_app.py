"""The typer application: help, and complaints about usage.

Calls that are as they should be do not come here (``arguments.read``); the commands do the same
whichever way they are called.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer
from typer import completion

from citekit.cli import output
from citekit.cli.arguments import Globals
from citekit.cli.call import STOPPED
from citekit.cli.commands import (
    add,
    annotate,
    archive,
    bib,
    check,
    cite,
    claim,
    diff,
    edit,
    entity,
    prove,
    seal,
    show,
    site,
    styles,
)
from citekit.cli.commands.bulk import run as bulk
from citekit.cli.commands.daily import (
    audit,
    duplicates,
    listing,
    log,
    papers,
    record,
    stats,
    tags,
    undo,
)
from citekit.cli.completion.install import SHELLS, install, script
from citekit.cli.suggest import suggest
from citekit.errors import UsageError
from citekit.version import __version__

app = typer.Typer(
    help="Archive web articles as evidence, cite them in any style, annotate them, "
    "publish an annotated site.",
    epilog="Every command also takes --archive DIR, --json and --quiet, before or after its name.",
    no_args_is_help=True,
    add_completion=False,  # ours knows the archive, and does not load typer
    suggest_commands=False,  # ours names no command that destroys
    pretty_exceptions_enable=False,
)
for module in (
    archive,
    add,
    listing,
    duplicates,
    log,
    stats,
    show,
    cite,
    papers,
    audit,
    annotate,
    edit,
):
    app.add_typer(module.app)
for module in (record, tags, undo, diff, check, seal, prove):
    app.add_typer(module.app)
app.add_typer(styles.app, name="styles")
app.add_typer(annotate.group, name="annotation")
app.add_typer(entity.app, name="entity")
app.add_typer(claim.app, name="claim")
app.add_typer(site.app, name="site")
app.add_typer(bulk.app, name="bulk")
app.add_typer(bib.app, name="bib")


Shell = Literal["bash", "zsh", "fish", "powershell", "pwsh"]


def _print_version(*, value: bool) -> None:
    if value:
        output.answer(f"citekit {__version__}")
        raise typer.Exit


def _install_completion(value: Shell | None) -> None:
    if value is not None:
        path = install(value) if value in SHELLS else _install_as_typer_does(value)
        output.answer(f"{path}: {value} completes citekit's words from its next start on")
        raise typer.Exit


def _show_completion(value: Shell | None) -> None:
    if value is not None:
        output.answer_as_it_is(script(value) if value in SHELLS else _script_of_typer(value))
        raise typer.Exit


_NAMES: Final = {"prog_name": "citekit", "complete_var": "_CITEKIT_COMPLETE"}


def _install_as_typer_does(shell: str) -> Path:
    _, path = completion.install(shell=shell, **_NAMES)  # type: ignore[attr-defined]  # no __all__
    return Path(path)


def _script_of_typer(shell: str) -> str:
    return str(completion.get_completion_script(shell=shell, **_NAMES))  # type: ignore[attr-defined]  # likewise


@app.callback()
def citekit(
    *,
    archive: Annotated[
        str | None, typer.Option("--archive", metavar="DIR", help="The archive's folder.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no notes on stderr.")] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", is_eager=True, callback=_print_version
        ),
    ] = False,
    install_completion: Annotated[
        Shell | None,
        typer.Option(
            "--install-completion",
            metavar="SHELL",
            help="Let bash, zsh, fish, powershell or pwsh complete citekit's words "
            "(default: the shell you use).",
            is_eager=True,
            callback=_install_completion,
        ),
    ] = None,
    show_completion: Annotated[
        Shell | None,
        typer.Option(
            "--show-completion",
            metavar="SHELL",
            help="Print what --install-completion would install for it.",
            is_eager=True,
            callback=_show_completion,
        ),
    ] = None,
) -> None:
    """Options for every command; they are taken from the argument list before typer sees it."""


def run_typer(words: list[str], found: Globals) -> int:
    """Run an argument list that has no global options left in it; return the exit code."""
    completion.completion_init()  # type: ignore[attr-defined]  # PowerShell asks typer
    if words[-1:] in (["--install-completion"], ["--show-completion"]):
        words = [*words, _own_shell()]
    try:
        result = app(words, standalone_mode=False, prog_name="citekit", obj=found)
    except (typer.Abort, KeyboardInterrupt):
        output.note("citekit: stopped")
        return STOPPED
    except Exception as error:
        # typer brings its own copy of click, so the classes of usage errors differ by version
        if not hasattr(error, "format_message"):
            raise
        return _tell_usage(error, words, found)
    return result if isinstance(result, int) else 0


def _own_shell() -> str:
    """The shell that the user has."""
    default = "powershell" if os.name == "nt" else "bash"
    return Path(os.environ.get("SHELL", default)).name


def _tell_usage(error: Any, words: list[str], found: Globals) -> int:  # noqa: ANN401  # see above
    hint = suggest(words)
    error.message = str(error.message).removeprefix("Value error, ")  # of the library below typer
    if found.json:
        output.tell_error(UsageError(error.format_message(), hint=hint), as_json=True)
    else:
        error.show()
        if hint:
            output.note(f"hint: {hint}")
    return int(getattr(error, "exit_code", UsageError.exit_code))
