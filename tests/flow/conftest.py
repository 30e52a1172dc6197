"""Values that the tests of flow share: a node, a container, an alert, and real plugs in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.asset import Container, Image, Node, Ownership
from periderm.model.identity import image_id
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

NODE = Node(
    id="node-1",
    name="host",
    hostname="host",
    machine_id="m",
    kernel="6.1",
    os_name="Debian",
    architecture="x86_64",
    mount_namespace=1,
    ownership=Ownership(owner="ops", application="platform"),
)
IMAGE = Image(id=image_id("sha256:aa"), name="web:1", digest="sha256:aa", references=("web:1",), node_id="node-1")
CONTAINER = Container(
    id="ctr-1",
    name="web",
    container_id="c" * 64,
    runtime="podman",
    node_id="node-1",
    image_digest="sha256:aa",
    image_name="web:1",
    workload_id="wkl-1",
    running=True,
    mount_namespace=7,
    cgroup=70,
    pid=4000,
    ownership=Ownership(owner="ops", application="shop"),
)
T0 = 1_790_000_000_000_000_000


def alert(detector: str = "RUN-002", *, at: int = T0, **more: Any) -> Alert:
    """An alert in the container: a shell that the web server started."""
    server = ProcessRecord(key=1, parent=0, pid=4000, exe="/usr/sbin/lighttpd", how="entrypoint")
    shell = ProcessRecord(key=2, parent=1, pid=4001, exe="/bin/sh", argv=("sh", "-c", "id"), how="entrypoint", started=at)
    values: dict[str, Any] = {
        "id": f"alt-{detector}",
        "detector": detector,
        "title": Text("Shell started by a server", "服务器启动了 shell"),
        "message": Text("lighttpd started sh", "lighttpd 启动了 sh"),
        "severity": Severity.HIGH,
        "maturity": Maturity.STABLE,
        "techniques": ("T1059.004",),
        "time": at,
        "last_time": at,
        "node_id": NODE.id,
        "asset_id": CONTAINER.id,
        "process": shell,
        "lineage": (shell, server),
        "object": "/bin/sh",
        "container_id": CONTAINER.container_id,
        "container_name": CONTAINER.name,
        "image_digest": CONTAINER.image_digest,
        "workload_id": CONTAINER.workload_id,
    }
    return Alert(**{**values, **more})


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[LocalBus]:
    """A spool in a folder of its own."""
    spool = LocalBus(str(tmp_path / "spool"))
    yield spool
    spool.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A store in a file of its own."""
    opened = SqlStore(str(tmp_path / "state" / "periderm.sqlite"), SystemClock())
    yield opened
    opened.close()
