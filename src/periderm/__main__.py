"""`python -m periderm` and the `periderm` command."""

from __future__ import annotations

import gc
import sys

_LASTING = frozenset(("agent", "server", "up", "worker"))


def main() -> int:
    """Runs the command line; returns the exit status."""
    if not _LASTING.intersection(sys.argv[1:]):
        gc.set_threshold(50_000, 20, 50)  # what ends soon need not look for cycles while it loads its code

    from periderm.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
