"""Changes that matter to how an image behaves."""

from __future__ import annotations

import msgspec
import pytest

from periderm.correlate.behaviour import behaviour_changes
from periderm.model.difference import BehaviourChange, BehaviourKind
from periderm.model.image import ExecutableFile, ImageConfig, ImageInventory, OsRelease
from periderm.model.severity import Severity
from tests.engines.vulnerability.given import inventory


def image(*executables: ExecutableFile, config: ImageConfig | None = None) -> ImageInventory:
    """One with these programs."""
    return msgspec.structs.replace(inventory(config=config), executables=executables)


def program(path: str, mode: int = 0o755, package: str = "") -> ExecutableFile:
    """An executable."""
    return ExecutableFile(path, 1, mode, "", package, "")


def changes(before: ImageInventory, after: ImageInventory) -> list[BehaviourChange]:
    """All of them."""
    return list(behaviour_changes(before, after))


@pytest.mark.parametrize(
    ("old", "new", "kind", "severity"),
    [
        ({"user": "1000"}, {"user": ""}, BehaviourKind.USER, Severity.HIGH),
        ({"user": ""}, {"user": "1000"}, BehaviourKind.USER, Severity.INFORMATIONAL),
        ({}, {"entrypoint": ("a",)}, BehaviourKind.ENTRYPOINT, Severity.INFORMATIONAL),
        ({"command": ("a",)}, {"command": ("b",)}, BehaviourKind.COMMAND, Severity.INFORMATIONAL),
        ({}, {"exposed_ports": ("22/tcp",)}, BehaviourKind.PORTS, Severity.MEDIUM),
        ({"volumes": ("/a",)}, {}, BehaviourKind.VOLUMES, Severity.INFORMATIONAL),
        ({}, {"working_directory": "/a"}, BehaviourKind.WORKING_DIRECTORY, Severity.INFORMATIONAL),
        ({"healthcheck": ("CMD", "x")}, {}, BehaviourKind.HEALTHCHECK, Severity.INFORMATIONAL),
        ({"architecture": "amd64"}, {"architecture": "arm64"}, BehaviourKind.ARCHITECTURE, Severity.INFORMATIONAL),
    ],
)
def test_configuration(old: dict[str, object], new: dict[str, object], kind: BehaviourKind, severity: Severity) -> None:
    """Each field by its own kind; only what widens what an attacker can do is rated."""
    (change,) = changes(image(config=ImageConfig(**old)), image(config=ImageConfig(**new)))
    assert (change.kind, change.severity) == (kind, severity)
    assert change.what.en
    assert change.what.zh


def test_environment_names_only() -> None:
    """A value may be a secret: that it changed is said, not what it is."""
    old, new = (image(config=ImageConfig(environment=(f"TOKEN={v}",))) for v in ("hunter2", "hunter3"))
    (change,) = changes(old, new)
    assert "hunter" not in str(change)
    (change,) = changes(image(config=ImageConfig()), new)
    assert (change.kind, change.after) == (BehaviourKind.ENVIRONMENT, "TOKEN")


@pytest.mark.parametrize(
    ("path", "package", "kind"),
    [
        ("bin/sh", "dash", BehaviourKind.SHELL),
        ("usr/sbin/sshd", "openssh-server", BehaviourKind.SERVER),
        ("usr/bin/curl", "curl", BehaviourKind.DOWNLOADER),
        ("opt/tool", "", BehaviourKind.EXECUTABLE),
        ("opt/tool", "tool", None),
    ],
)
def test_new_programs(path: str, package: str, kind: BehaviourKind | None) -> None:
    """What an attacker would be glad of; an ordinary program of a package is told with its package."""
    found = changes(image(), image(program(path, package=package)))
    assert [c.kind for c in found] == ([kind] if kind else [])
    gone = changes(image(program(path, package=package)), image())
    assert [c.before for c in gone] == ([path] if kind not in (None, BehaviourKind.EXECUTABLE) else [])


def test_set_uid() -> None:
    """A new program with the bit, and an old one that got it; one that lost it is no danger."""
    (change,) = changes(image(program("bin/x")), image(program("bin/x", 0o4755)))
    assert (change.kind, change.before, change.after, change.severity) == (BehaviourKind.SET_UID, "0755", "4755", Severity.HIGH)
    assert changes(image(program("bin/x", 0o4755)), image(program("bin/x"))) == []


def test_many_programs_are_counted() -> None:
    """Thousands of unowned executables are a few lines."""
    found = changes(image(), image(*(program(f"opt/{i:05d}") for i in range(5000))))
    assert len(found) == 201
    assert "4800 more" in found[-1].what.en


def test_system() -> None:
    """Another distribution or release."""
    (change,) = changes(inventory(os=OsRelease("debian", "12")), inventory(os=OsRelease()))
    assert (change.kind, change.before, change.after) == (BehaviourKind.SYSTEM, "debian 12", "")
