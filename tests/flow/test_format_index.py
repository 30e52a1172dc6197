"""The index of formats says what the formats say, and loads none before it is asked."""

from __future__ import annotations

import functools
import subprocess
import sys

import pytest

from periderm.flow.catalogue import FORMATS
from periderm.flow.format_index import INDEX
from periderm.model.package_format import PackageFormat


def told(one: PackageFormat) -> dict[str, object]:
    """All fields but the functions, and the title, which no scan shows."""
    return {f: getattr(one, f) for f in one.__struct_fields__ if f not in ("read", "accept", "title")}


def test_it_says_what_the_formats_say() -> None:
    """Run `python tools/format_index.py` after a format has come, gone or changed what it asks for."""
    assert [told(one) for one in INDEX] == [told(one) for one in FORMATS]
    assert [one.accept is None for one in INDEX] == [one.accept is None for one in FORMATS]


@pytest.mark.parametrize("number", range(len(FORMATS)), ids=lambda number: FORMATS[number].id)
def test_it_asks_the_format_itself(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading and accepting are the format's own."""
    one, real = INDEX[number], FORMATS[number]
    for listed in (one.read, one.accept):
        assert listed is None or isinstance(listed, functools.partial)
        assert listed is None or f"periderm.formats.{listed.args[0]}" == real.read.__module__
    for path in (*one.paths, *one.names, *(f"{f}/x" for f in one.folders), *(f"usr/lib/x{s}" for s in one.suffixes), "x"):
        if one.accept is not None and real.accept is not None:
            assert one.accept(path) == real.accept(path)


def test_nothing_is_loaded_before_it_is_asked() -> None:
    """The scan knows all formats and has loaded none; a file loads its own."""
    code = """
import sys
import periderm.flow.scan
from periderm.flow.format_index import INDEX
apk = next(one for one in INDEX if one.id == "apk")
before = "periderm.formats.apk" in sys.modules or "periderm.formats.languages" in sys.modules
facts = apk.read(b"P:musl\\nV:1.2.5-r0\\nA:x86_64\\n\\n", "lib/apk/db/installed")
print(before, [p.name for p in facts.packages], "periderm.formats.apk" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "False ['musl'] True"
