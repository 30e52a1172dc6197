"""`python -m periderm` and the `periderm` command."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command line; returns the exit status."""
    from periderm.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
