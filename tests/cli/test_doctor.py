"""`periderm doctor` on this machine: words, JSON, exit status."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import pytest

from periderm.cli import doctor
from periderm.cli.output import Output
from periderm.model.diagnosis import Check, Condition, Diagnosis, Orphan
from periderm.model.settings import Settings
from periderm.model.text import Text

BAD = Check(
    name="libbpf",
    title=Text("libbpf", "libbpf"),
    condition=Condition.MISSING,
    found=Text("libbpf.so.1 is missing", "缺少 libbpf.so.1"),
    still=Text("Images can be scanned.", "仍可扫描镜像。"),
    next_step=Text("apt-get install libbpf1", "apt-get install libbpf1"),
)
GOOD = Check(name="scan", title=Text("Scan images", "扫描镜像"), condition=Condition.WORKS, found=Text("all there", "齐全"))


def shown(diagnosis: Diagnosis, *, language: str = "en", clean: bool = False) -> str:
    """What is printed."""
    out = Output(out=io.StringIO(), err=io.StringIO())
    out.language = language
    doctor.show(diagnosis, out, clean=clean)
    assert isinstance(out.out, io.StringIO)
    return out.out.getvalue()


def test_what_is_missing_says_what_still_works_and_how_to_get_it() -> None:
    """One line for what works, three for what is missing."""
    text = shown(Diagnosis(checks=(GOOD, BAD)))
    assert text.splitlines() == [
        "✓ Scan images: all there",
        "✗ libbpf: libbpf.so.1 is missing",
        "    still works: Images can be scanned.",
        "    get it: apt-get install libbpf1",
    ]


def test_it_speaks_chinese() -> None:
    """The same in the other language."""
    text = shown(Diagnosis(checks=(BAD,)), language="zh")
    assert "缺少 libbpf.so.1" in text
    assert "仍可用" in text


def test_leftovers_and_removals_are_listed_harmlessly() -> None:
    """Names from the machine cannot write to the terminal."""
    text = shown(Diagnosis(checks=(GOOD,), orphans=(Orphan(kind="pin", name="/x\x1b[2J"),), removed=("pin /y",)))
    assert "\x1b" not in text
    assert "pin /x" in text
    assert "pin /y" in text
    assert "Nothing was left behind." in shown(Diagnosis(checks=(GOOD,)), clean=True)


def test_this_machine_can_scan(tmp_path: object) -> None:
    """The machine of the tests has what scanning needs, so the status is 0; `--json` is one document."""
    out = Output(json=True, out=io.StringIO(), err=io.StringIO())
    settings = Settings(state=str(tmp_path), cache=str(tmp_path))
    assert doctor.run(argparse.Namespace(clean=False), settings, out) == 0
    assert isinstance(out.out, io.StringIO)
    answer = json.loads(out.out.getvalue())
    assert answer["works"] is True
    assert {"name", "title", "condition", "found", "still", "next_step"} <= set(answer["diagnosis"]["checks"][0])


def test_the_built_kernel_program_is_found(tmp_path: object) -> None:
    """Where the build puts it, wherever the wiring lives."""
    from periderm import adapters, wiring

    built = Path(adapters.__file__).parent / "bpf" / "periderm.bpf.o"
    checks = {c.name: c for c in wiring.doctor(Settings(state=str(tmp_path), cache=str(tmp_path)), clean=False).checks}
    assert (checks["bpf-object"].condition is Condition.WORKS) == built.is_file()
    assert checks["bpf-object"].found.en in (str(built), "it was not built")


def test_a_machine_on_which_nothing_works_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """The documented status for what a machine lacks."""
    from periderm import wiring

    monkeypatch.setattr(wiring, "doctor", lambda *_, **__: Diagnosis(checks=(BAD,)))
    out = Output(out=io.StringIO(), err=io.StringIO())
    settings = Settings(state=str(tmp_path), cache=str(tmp_path))
    assert doctor.run(argparse.Namespace(clean=False), settings, out) == 5
