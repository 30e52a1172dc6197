"""The freezer's files of every layout; real containers are in the suite of `ports.responder`."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.responder_linux.responder import LinuxResponder
from periderm.model.asset import Container
from periderm.model.effect import PauseContainer, ResumeContainer
from periderm.model.errors import ResponderError
from periderm.model.text import Text
from tests.adapters.runtimes import PaperProc

ID = "7" * 64
WHY = Text("test", "测试")
CONTAINER = Container(id="c", name="web", container_id=ID, runtime="podman", node_id="n", pid=42, running=True)


def pause() -> PauseContainer:
    """The effect."""
    return PauseContainer(
        id="e",
        node_id="n",
        asset_id="c",
        reason=WHY,
        blast_radius=WHY,
        decided_by="user:x",
        decided_at=1,
        container_id=ID,
        runtime="podman",
    )


def resume() -> ResumeContainer:
    """Its undo."""
    return ResumeContainer(
        id="f",
        node_id="n",
        asset_id="c",
        reason=WHY,
        blast_radius=WHY,
        decided_by="user:x",
        decided_at=1,
        container_id=ID,
        runtime="podman",
        undoes="e",
    )


def responder(root: Path, cgroup: str) -> LinuxResponder:
    """On a machine where process 42 has the given cgroup file."""
    (root / "proc/42").mkdir(parents=True)
    (root / "proc/42/cgroup").write_text(cgroup)
    return LinuxResponder(PaperProc(), lambda _: CONTAINER, root / "cgroup", root / "proc")


def freezer(root: Path, path: str, text: str = "") -> Path:
    """A freezer's file."""
    file = root / "cgroup" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_v1_is_frozen_by_its_state(tmp_path: Path) -> None:
    """Also on a hybrid host, where the v2 side would freeze as well."""
    file = freezer(tmp_path, f"freezer/libpod-{ID}/freezer.state", "THAWED\n")
    other = freezer(tmp_path, f"unified/libpod-{ID}/cgroup.freeze", "0\n")
    acting = responder(tmp_path, f"6:freezer:/libpod-{ID}\n0::/libpod-{ID}\n")
    acting.pause_container(pause())
    assert file.read_text() == "FROZEN"
    acting.resume_container(resume())
    assert file.read_text() == "THAWED"
    assert other.read_text() == "0\n"


@pytest.mark.parametrize("mount", ["", "unified/"])
def test_v2_is_frozen_by_its_switch(tmp_path: Path, mount: str) -> None:
    """And believed only when the kernel says so in cgroup.events; here a file that says it already."""
    file = freezer(tmp_path, f"{mount}x/libpod-{ID}.scope/cgroup.freeze", "0\n")
    freezer(tmp_path, f"{mount}x/libpod-{ID}.scope/cgroup.events", "populated 1\nfrozen 1\n")
    acting = responder(tmp_path, f"0::/x/libpod-{ID}.scope\n")
    acting.pause_container(pause())
    assert file.read_text() == "1"


def test_a_pause_that_does_not_come_about_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a pause is the worst of both."""
    monkeypatch.setattr("periderm.adapters.responder_linux.freezer.PATIENCE", 0.05)
    file = freezer(tmp_path, f"x/libpod-{ID}.scope/cgroup.freeze", "0\n")
    freezer(tmp_path, f"x/libpod-{ID}.scope/cgroup.events", "populated 1\nfrozen 0\n")
    with pytest.raises(ResponderError, match="runs as before"):
        responder(tmp_path, f"0::/x/libpod-{ID}.scope\n").pause_container(pause())
    assert file.read_text() == "0"


def test_a_shared_cgroup_is_not_frozen(tmp_path: Path) -> None:
    """A container without a cgroup of its own would take its neighbours with it."""
    file = freezer(tmp_path, "user.slice/cgroup.freeze", "0\n")
    with pytest.raises(ResponderError, match="shares its cgroup"):
        responder(tmp_path, "0::/user.slice\n").pause_container(pause())
    assert file.read_text() == "0\n"


def test_a_machine_without_a_freezer_says_so(tmp_path: Path) -> None:
    """Nothing is mounted, or the container has just ended."""
    with pytest.raises(ResponderError, match="no cgroup freezer"):
        responder(tmp_path, f"0::/libpod-{ID}\n").pause_container(pause())
    (tmp_path / "proc/42/cgroup").unlink()
    with pytest.raises(ResponderError, match="cannot be read"):
        LinuxResponder(PaperProc(), lambda _: CONTAINER, tmp_path, tmp_path / "proc").pause_container(pause())
