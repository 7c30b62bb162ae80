"""Where the command ``citekit`` starts; kept tiny, since every command pays for it."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    if sys.argv[1:] == ["--version"]:
        from citekit import __version__

        sys.stdout.write(f"citekit {__version__}\n")
        return 0
    import gc

    from citekit.cli.run import run

    gc.set_threshold(50_000)  # start-up makes many objects that stay: looking through them is waste
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
