"""What a node's worker sends of an image: its inventory and findings. No file's content, and no secret."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from periderm import wiring
from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.flow.outbox import Outbox
from periderm.flow.work import Worker
from periderm.model.envelope import Heartbeat, ScanRequest, ScanResult
from periderm.model.finding import FindingKind
from periderm.model.settings import Settings
from tests.flow.test_work import Queue
from tests.images import base_layer, config_of, digest, docker_archive, tar


def test_only_inventory_and_findings_travel(tmp_path: Path) -> None:
    """An image with a key, a password in its environment, and files of every kind: none of it is in what is sent."""
    made = [secrets.token_hex(24) for _ in range(4)]
    key = "-----BEGIN " + "OPENSSH PRIVATE KEY-----\n" + "\n".join(made[:2]) + "\n-----END OPENSSH PRIVATE KEY-----\n"
    files = [
        ("root/.ssh/id_ed25519", key.encode()),
        ("srv/notes.txt", f"nobody's business: {made[2]}".encode()),
        ("usr/lib/python3/dist-packages/x-1.dist-info/METADATA", f"Name: x\nVersion: 1\n\n{made[2]}\n".encode()),
    ]
    layers = [base_layer(), tar(files)]
    config = config_of(layers, Env=[f"DATABASE_PASSWORD={made[3]}"])
    archive = docker_archive(tmp_path / "image.tar", layers, config=config)
    settings = Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"), port=1)
    request = ScanRequest(
        image_digest=digest(config), source=f"archive:{archive}", reference="web:1", node_id="nod-1", requested=1
    )
    server = Queue(request)
    bus = LocalBus(str(tmp_path / "spool"))
    beat = Heartbeat(role="worker", node_id="nod-1", pid=1, time=0, version="1")
    outbox = Outbox(bus, server, "worker:x")
    assert Worker(server, outbox, SystemClock(), wiring.image_scan(settings), beat, registries=False).step()
    outbox.send_some()
    bus.close()
    (envelope,) = server.taken
    (result,) = envelope.records
    assert isinstance(result, ScanResult)
    assert result.inventory is not None
    assert {p.name for p in result.inventory.packages} >= {"bash", "x"}
    assert FindingKind.SECRET in {f.kind for f in result.findings}
    sent = msgspec.msgpack.encode(server.taken)
    for text in made:
        assert text.encode() not in sent
    spooled = b"".join(path.read_bytes() for path in (tmp_path / "spool").rglob("*") if path.is_file())
    for text in made:
        assert text.encode() not in spooled
