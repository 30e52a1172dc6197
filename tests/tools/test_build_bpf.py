"""Building the kernel program: only when it must be, and with a sentence where it cannot."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools import build_bpf

needs_clang = pytest.mark.skipif(shutil.which("clang") is None, reason="needs clang")


@needs_clang
def test_it_builds_once(tmp_path: Path) -> None:
    """The second time nothing is compiled; without the object, or when forced, it is."""
    target = tmp_path / "one.o"
    assert build_bpf.build(target)
    assert not build_bpf.build(target)
    target.unlink()
    assert build_bpf.build(target)
    assert build_bpf.build(target, force=True)
    assert target.read_bytes()[:4] == b"\x7fELF"


def test_without_a_compiler_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The packages by name, and no traceback."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="apt-get install clang"):
        build_bpf.build(tmp_path / "none.o")


@needs_clang
def test_a_broken_source_says_where(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The compiler's own words."""
    (tmp_path / "periderm.bpf.c").write_text("this is not C")
    monkeypatch.setattr(build_bpf, "SOURCES", tmp_path)
    with pytest.raises(SystemExit, match=r"periderm\.bpf\.c:1"):
        build_bpf.build(tmp_path / "broken.o")


def test_every_source_names_its_licence() -> None:
    """The kernel asks for a compatible licence, and each file says which."""
    for path in build_bpf.SOURCES.glob("*.[ch]"):
        assert path.read_text().startswith("/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */"), path.name
    assert (build_bpf.SOURCES / "LICENSE.GPL-2.0").stat().st_size > 10_000
    assert "Redistribution" in (build_bpf.SOURCES / "LICENSE.BSD-2-Clause").read_text()
