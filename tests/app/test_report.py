"""The report of one scan."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm import wiring
from periderm.app.report import Order, scan_target
from periderm.formats.cyclonedx import writing
from periderm.model.errors import DeniedError, UsageError
from periderm.model.principal import Principal
from periderm.model.report import Scanner, TargetKind
from periderm.model.settings import Settings
from tests.images import base_layer, docker_archive
from tests.reports import report


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A state of its own."""
    return Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"))


def test_an_image(settings: Settings, tmp_path: Path) -> None:
    """Target, kind, time, version, scanners and what was found are all in it."""
    archive = docker_archive(tmp_path / "a.tar", [base_layer()])
    made = scan_target(wiring.report_parts(settings), Order(kind=TargetKind.IMAGE, target=str(archive)))
    assert (made.kind, made.target) == (TargetKind.IMAGE, str(archive))
    assert made.time > 0
    assert made.version
    assert set(made.scanners) == set(Scanner)
    assert len(made.inventory.packages) == 2


def test_a_bill(settings: Settings, tmp_path: Path) -> None:
    """A bill of materials stands for its image."""
    (tmp_path / "bill.json").write_bytes(writing.write(report()))
    made = scan_target(wiring.report_parts(settings), Order(kind=TargetKind.SBOM, target=str(tmp_path / "bill.json")))
    assert made.inventory.reference == "registry.example/shop:1"
    assert made.inventory.digest == report().inventory.digest


def test_source_and_repository(settings: Settings, tmp_path: Path) -> None:
    """A folder is source; an address is a repository, and offline it is not fetched."""
    parts = wiring.report_parts(settings)
    assert scan_target(parts, Order(kind=TargetKind.REPOSITORY, target=str(tmp_path))).kind is TargetKind.SOURCE
    with pytest.raises(UsageError, match="offline"):
        scan_target(parts, Order(kind=TargetKind.REPOSITORY, target="https://git.invalid/x", offline=True))


def test_who_may_not_read(settings: Settings) -> None:
    """Scanning asks for the right to read."""
    with pytest.raises(DeniedError):
        scan_target(
            wiring.report_parts(settings), Order(kind=TargetKind.SBOM, target="x"), who=Principal("nobody", frozenset())
        )


def test_what_to_change_in_files(settings: Settings, tmp_path: Path) -> None:
    """The plan covers build files and secrets; what an exception takes away makes no step."""
    (tmp_path / "Dockerfile").write_text("FROM debian:13\nRUN chmod 777 /srv\nUSER 10001\n")
    parts = wiring.report_parts(settings)
    made = scan_target(parts, Order(kind=TargetKind.PIPELINE, target=str(tmp_path)))
    step = next(s for s in made.plan if s.line == 2)
    assert (step.path, step.now) == ("Dockerfile", "RUN chmod 777 /srv")
    (tmp_path / "Dockerfile").write_text(
        "FROM debian:13\n# periderm:ignore=CFG-007 nothing else runs there\nRUN chmod 777 /srv\nUSER 10001\n"
    )
    again = scan_target(parts, Order(kind=TargetKind.PIPELINE, target=str(tmp_path)))
    assert [s for s in again.plan if s.now == step.now] == []
