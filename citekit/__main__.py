"""Where the command ``citekit`` starts; kept tiny, since every command pays for it."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    if sys.argv[1:] == ["--version"]:
        from citekit import __version__

        sys.stdout.write(f"citekit {__version__}\n")
        return 0
    from citekit.cli.run import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
