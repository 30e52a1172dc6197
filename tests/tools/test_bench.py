"""`make bench` finds every benchmark, and one that fails is not lost among the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import bench


def test_scripts_and_packages_are_found(tmp_path: Path) -> None:
    """bench/NAME.py and bench/NAME/__main__.py; helpers with an underscore are none."""
    (tmp_path / "scan.py").touch()
    (tmp_path / "_lab.py").touch()
    (tmp_path / "sensor").mkdir()
    (tmp_path / "sensor" / "__main__.py").touch()
    assert list(bench.benchmarks(tmp_path)) == ["scan", "sensor"]


def test_all_run_and_a_failure_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others still run; the exit status says that one failed."""
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    (tmp_path / "bench").mkdir()
    for name, status in (("a", 3), ("b", 0)):
        (tmp_path / "bench" / f"{name}.py").write_text(f"raise SystemExit({status})", encoding="utf-8")
    assert bench.main([]) == 1
    told = capsys.readouterr()
    assert "failed with status 3" in told.out
    assert "b: done" in told.out
    assert "failed: a" in told.err
    assert bench.main(["b"]) == 0
    assert bench.main(["c"]) == 2
