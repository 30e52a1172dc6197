"""Records what an agent and a scan worker of one version say to their server, and how that version understands the answers.
Run it in a checkout of that version, with this file copied into it:

    PYTHONPATH=src:. python tests/server/record_protocol.py VERSION >tests/recordings/agent-protocol-VERSION.json

Only requests are recorded: answers here are as empty as they may be. It uses nothing but what versions have had from the
first."""

from __future__ import annotations

import base64
import contextlib
import json
import sys
import tempfile
import typing
from pathlib import Path
from typing import Any

import msgspec

from periderm.adapters import uplink_http
from periderm.adapters.bus_local.bus import LocalBus
from periderm.flow.outbox import Outbox
from periderm.model import asset, envelope
from periderm.model.gap import CoverageGap, GapKind
from periderm.ports.uplink import Uplink
from tests.ports import plugs

# How each question's answer is read, by the method that asks; None: not at all.
ASKED = ("policies", "sessions", "inventory", "baselines", "commands", "orders", "place", "take_scan")
NODE = "nod-1"
DIGEST = "sha256:" + "5" * 64


class Recorder:
    """Takes the place of the connection: writes down what is asked, and answers what the version needs to go on."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.method = ""
        self.schema: dict[str, Any] | None = None

    def exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """As `HttpUplink._exchange`."""
        kept = {name: value for name, value in headers.items() if name.lower() in ("accept", "content-type")}
        told = {"name": self.method, "method": method, "path": path, "headers": kept, "body": base64.b64encode(body).decode()}
        self.asked.append({**told, "answer": self.schema})
        return (204, b"") if self.method == "take_scan" else (200, msgspec.msgpack.encode(self._empty()))

    def _empty(self) -> object:
        if self.method == "orders":
            return {}
        if self.method == "place":
            return {"life": "first", "seen": {}}
        return (
            {"envelopes": 1, "worker": "", "image_digest": ""} if self.method in ("send", "renew_scan", "put_back_scan") else []
        )


def schema_of(name: str) -> dict[str, Any] | None:
    """Of what this version takes as the answer to a question."""
    if name not in ASKED:
        return None
    hints = typing.get_type_hints(getattr(Uplink, name))["return"]
    parts = [part for part in typing.get_args(hints) if part is not type(None)]
    kind = hints
    if type(None) in typing.get_args(hints):
        kind = parts[0]
    if typing.get_origin(kind) not in (None, typing.Union):
        kind = list[typing.get_args(kind)[0]]  # type: ignore[misc]  # a sequence of something
    return msgspec.json.schema(kind)


def records() -> list[Any]:
    """What an agent tells of its machine: one of each kind that it has."""
    box = plugs.container(node_id=NODE)
    told: list[Any] = [
        asset.Node(id=NODE, name="n", hostname="n", machine_id="m", kernel="6", os_name="Debian", architecture="x86_64"),
        box,
        plugs.image(digest=DIGEST),
        plugs.alert(),
        plugs.effect(),
        envelope.Heartbeat(role="agent", node_id=NODE, pid=7, time=5, version="0.1.0", figures={"events": 5.0}),
        envelope.ScanRequest(image_digest=DIGEST, source="podman:x", reference="shop:1", node_id=NODE, requested=1),
        CoverageGap(
            id="gap-1",
            kind=GapKind.EVENTS_LOST,
            asset_id=NODE,
            message=plugs.WORDS,
            next_step=plugs.WORDS,
            count=1,
            since=1,
            until=2,
        ),
    ]
    return told


def main(version: str) -> dict[str, Any]:
    """The recording."""
    recorder = Recorder()
    uplink: Any = uplink_http.HttpUplink("http://127.0.0.1:1", "")
    uplink._exchange = recorder.exchange
    uplink._token = lambda: "token"

    def ask(name: str, *arguments: Any, **named: Any) -> None:
        if hasattr(uplink, name):
            recorder.method, recorder.schema = name, schema_of(name)
            with contextlib.suppress(Exception):  # an answer that is as empty as this is perhaps none
                getattr(uplink, name)(*arguments, **named)

    with tempfile.TemporaryDirectory() as folder:
        bus = LocalBus(str(Path(folder) / "spool"))
        outbox = Outbox(bus, uplink, "agent:recorded")
        for record in records():
            outbox.put([record])
        ask("place", ["agent:recorded"])
        if hasattr(uplink, "place"):
            uplink.place = lambda _senders: None  # once is enough
        recorder.method, recorder.schema = "send", None
        outbox.send_some()
        bus.close()
    for name in ("policies", "sessions"):
        ask(name)
    ask("inventory", DIGEST)
    ask("baselines", {"wkl-1": ""})
    ask("commands", NODE)
    if hasattr(uplink, "orders"):
        from periderm.model.orders import Known

        ask("orders", Known(node_id=NODE, workloads=("wkl-1",), baselines=0))
    ask("take_scan", "worker:recorded")
    if hasattr(uplink, "renew_scan"):
        ask("renew_scan", "worker:recorded", DIGEST, "reading", 0.5)
        ask("put_back_scan", "worker:recorded", DIGEST)
    inventory = msgspec.structs.replace(plugs.inventory(), digest=DIGEST)
    result = envelope.ScanResult(
        image_digest=DIGEST, node_id=NODE, time=9, seconds=1.5, findings=(plugs.finding(),), inventory=inventory
    )
    recorder.method, recorder.schema = "send", None
    uplink.send([envelope.Envelope(sender="worker:recorded", sequence=1, records=(result,))])
    return {"version": version, "asked": recorder.asked}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1]), sort_keys=True) + "\n")
