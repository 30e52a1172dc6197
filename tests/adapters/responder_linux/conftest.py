"""A busybox container, a responder over folders of the test's own, and effects."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from periderm.adapters.proc_linux import LinuxProc
from periderm.adapters.responder_linux.responder import LinuxResponder
from periderm.engines.runtime.guards import guarded
from periderm.model.text import Text
from tests import busy

WHY = Text("test", "测试")
Common = dict[str, object]


@pytest.fixture(scope="session")
def busy_image() -> Iterator[str]:
    """One image for all."""
    yield from busy.make_image({})


@pytest.fixture
def busy_container(busy_image: str) -> Iterator[busy.Busy]:
    """A container of the test's own."""
    yield from busy.run(busy_image)


@pytest.fixture
def common() -> Callable[[str], Common]:
    """What all effects have, for an id."""
    return lambda name: {
        "id": name,
        "node_id": "n",
        "asset_id": "a",
        "reason": WHY,
        "blast_radius": WHY,
        "decided_by": "user:test",
        "decided_at": 1,
    }


@pytest.fixture
def pins() -> Iterator[Path]:
    """A folder in bpffs of the test's own."""
    if os.geteuid() == 0 and subprocess.run(["mountpoint", "-q", "/sys/fs/bpf"], check=False).returncode:
        subprocess.run(["mount", "-t", "bpf", "bpf", "/sys/fs/bpf"], check=True)
    folder = Path(f"/sys/fs/bpf/periderm-test-{uuid.uuid4().hex[:8]}")
    yield folder
    for each in sorted(folder.glob("*/*")) if folder.is_dir() else ():
        each.unlink()
    for each in [*folder.glob("*"), folder] if folder.is_dir() else ():
        each.rmdir()


@pytest.fixture
def responder(tmp_path: Path, pins: Path) -> LinuxResponder:
    """As the privileged process has it."""
    return LinuxResponder(
        LinuxProc(),
        busy.find,
        spare=lambda target: guarded(target, {os.getpid(), os.getppid()}) is not None,
        vault=tmp_path / "vault",
        captures=tmp_path / "captures",
        pins=pins,
    )
