"""The build definition is looked at before anything is built, under its own name."""

from __future__ import annotations

from pathlib import Path

import msgspec

from periderm.app.build import build_image
from periderm.app.build_check import check_definitions
from periderm.app.gate import read_gate
from tests.app.test_build import order
from tests.building import MemoryBuilder, parts


def test_a_bad_definition_costs_no_build(tmp_path: Path) -> None:
    """What the gate asks about build files is asked before; findings name the file as the user does."""
    file = tmp_path / "shop.build"
    file.write_text("FROM scratch\nENV DATABASE_PASSWORD=hunter2-not-a-real-one\nUSER root\nADD http://files.example/x /x\n")
    builder = MemoryBuilder()
    asked = order(tmp_path, f"podman build -f {file} {tmp_path}", check=True, gate=read_gate("kind != 'vulnerability'"))
    checked = check_definitions(parts(tmp_path, builder), asked)
    assert [each.path for each in checked] == [str(file)]
    outcome = build_image(parts(tmp_path, builder), asked)
    assert checked[0].report.findings
    assert {f.location for f in checked[0].report.findings} == {str(file)}
    assert outcome.refused
    assert builder.asked == []


def test_a_harmless_definition_is_built(tmp_path: Path) -> None:
    """And one that lies nowhere here is not looked at."""
    (tmp_path / "Containerfile").write_text("FROM scratch\nUSER 1000\n")
    builder = MemoryBuilder()
    asked = msgspec.structs.replace(order(tmp_path, f"podman build -t x {tmp_path}"), check=True)
    assert not build_image(parts(tmp_path, builder), asked).refused
    assert check_definitions(parts(tmp_path, builder), order(tmp_path, "podman build https://git.example/x")) == ()
