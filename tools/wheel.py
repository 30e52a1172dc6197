"""Says what is in the wheel that was just built, and fails if a part is missing without which it would be half a product.
Does not build."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

# A suffix inside the package, and what would not work without it.
NEEDED = (
    ("periderm/adapters/bpf/", ".o", "the kernel program (the sensor)"),
    ("periderm/console/static/built/", ".css", "the console's style"),
    ("periderm/console/static/built/", ".js", "the console's scripts"),
    ("periderm/console/", ".html", "the console's pages"),
    ("periderm/adapters/store_sql/", ".py", "the store and its migrations"),
    ("periderm/", "py.typed", "the mark that types are inside"),
)


def absent(names: list[str]) -> list[str]:
    """What is missing from the list of a wheel's files, in words."""
    return [
        f"{what}: no {folder}*{suffix}"
        for folder, suffix, what in NEEDED
        if not any(name.startswith(folder) and name.endswith(suffix) for name in names)
    ]


def main(arguments: list[str]) -> int:
    """`tools/wheel.py DIST`: 0 if the folder holds exactly one wheel and it is whole."""
    wheels = sorted(Path(arguments[0]).glob("*.whl")) if len(arguments) == 1 else []
    if len(wheels) != 1:
        print(f"wheel: expected one wheel, found {len(wheels)}", file=sys.stderr)
        return 1
    with zipfile.ZipFile(wheels[0]) as archive:
        names = archive.namelist()
    lacking = absent(names)
    for line in lacking:
        print(f"wheel: missing {line}", file=sys.stderr)
    if not lacking:
        print(f"wheel: {wheels[0]} ({wheels[0].stat().st_size / 1024:.0f} KiB, {len(names)} files)")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
