"""Compilers by all their names."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.compiler import DETECTOR
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.event import EventFlag


@pytest.mark.parametrize(
    ("exe", "argv"),
    [
        ("/usr/bin/aarch64-linux-gnu-gcc-12", ("gcc", "a.c")),
        ("/usr/bin/g++-12", ("g++", "a.cc")),
        ("/usr/lib/gcc/x86_64-alpine-linux-musl/13/cc1", ("cc1", "a.c")),
        ("/usr/bin/x86_64-linux-gnu-as", ("as", "a.s")),
        ("/usr/bin/rustc", ("rustc", "a.rs")),
        ("/usr/bin/javac", ("javac", "A.java")),
        ("/usr/local/go/bin/go", ("go", "build")),
    ],
)
def test_names(exe: str, argv: tuple[str, ...]) -> None:
    """With target and version in the name."""
    assert run_example(DETECTOR, scene(runs(2, 900, exe, *argv, flags=EventFlag.EXEC_SESSION)))


@pytest.mark.parametrize("argv", [("go", "version"), ("go",), ("go", "env")])
def test_go_is_many_things(argv: tuple[str, ...]) -> None:
    """Only building compiles."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/local/go/bin/go", *argv))) == []


def test_one_alert_for_one_compilation() -> None:
    """The driver is told, its stages are not; on a host nobody is."""
    driver = runs(2, 1, "/usr/bin/gcc-12", "gcc", "a.c")
    stage = runs(3, 2, "/usr/lib/gcc/x86_64-linux-gnu/12/cc1", "cc1", "a.c")
    assert len(run_example(DETECTOR, scene(driver, stage))) == 1
    assert run_example(DETECTOR, scene(runs(9, 1, "/usr/bin/gcc-12", "gcc", "a.c", on=HOST))) == []
