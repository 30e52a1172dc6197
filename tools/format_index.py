"""Writes `flow/format_index.py` again: what each format of `flow/catalogue.py` asks for, so that a scan loads a format when
it meets a file of it. Usage: `python tools/format_index.py`. A test compares the two."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

from periderm.flow.catalogue import FORMATS
from periderm.model.package_format import MIB, PackageFormat

FILE = Path(__file__).resolve().parent.parent / "src/periderm/flow/format_index.py"
MARK = "INDEX: tuple[PackageFormat, ...] = (\n"
_OWN = ("id", "title", "read", "accept")


def line(one: PackageFormat) -> str:
    """One format's line."""
    parts = [repr(one.read.__module__.removeprefix("periderm.formats.")), repr(one.id)]
    for field in dataclasses.fields(one):
        value = getattr(one, field.name)
        if field.name not in _OWN and value != field.default:
            parts.append(f"{field.name}={f'{value >> 20} * MIB' if field.name == 'most' and not value % MIB else repr(value)}")
    if one.accept is not None:
        parts.append("accepts=True")
    return f"    _later({', '.join(parts)}),\n"


def main() -> int:
    """Writes it, formatted."""
    head = FILE.read_text(encoding="utf-8").partition(MARK)[0]
    FILE.write_text(head + MARK + "".join(map(line, FORMATS)) + ")\n", encoding="utf-8")
    return subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", FILE], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
