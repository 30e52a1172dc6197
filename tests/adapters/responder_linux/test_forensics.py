"""An archive holds what it promises, its digests are true, secrets are masked, and no limit is passed."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from periderm.adapters.proc_linux import LinuxProc
from periderm.adapters.responder_linux.processes import Processes
from periderm.adapters.responder_linux.responder import LinuxResponder
from periderm.model.effect import CaptureForensics
from periderm.model.errors import ResponderError
from tests import busy

Common = Callable[[str], dict[str, Any]]
EVENTS = b'{"kind":1}\n'


def unpack(path: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Members and the manifest, after every digest was compared."""
    with path.open("rb") as file:
        data = zstandard.ZstdDecompressor().stream_reader(file).read()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        found = {entry.name: tar.extractfile(entry).read() for entry in tar}
    manifest: dict[str, Any] = msgspec.json.decode(found["manifest.json"])
    assert {m["name"] for m in manifest["members"]} == found.keys() - {"manifest.json"}
    for member in manifest["members"]:
        assert hashlib.sha256(found[member["name"]]).hexdigest() == member["sha256"]
        assert len(found[member["name"]]) == member["size"]
    return found, manifest


def archive(folder: Path) -> Path:
    """The only capture."""
    (found,) = (folder / "captures").iterdir()
    assert found.stat().st_mode & 0o777 == 0o600
    return found


def test_a_process_of_the_host_is_captured(responder: LinuxResponder, tmp_path: Path, common: Common) -> None:
    """Its maps, files, sockets, environment with secrets masked, executable, and the events that were handed in."""
    environment = {"PATH": os.environ["PATH"], "DB_PASSWORD": "hunter2secret", "LD_PRELOAD": ""}
    code = "import socket,time; s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen(); print(flush=True); time.sleep(60)"
    command = [sys.executable, "-c", code, "--token", "swordfish"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as one:
        assert one.stdout is not None
        one.stdout.readline()
        effect = CaptureForensics(**common("eff-cap"), pid=one.pid, files=("/etc/hostname", "/dev/null", "/nowhere"))
        said = responder.capture_forensics(effect, EVENTS)
        one.kill()
    found, manifest = unpack(archive(tmp_path))
    whole = b"".join(data for name, data in found.items() if name != "executable.bin")
    assert b"hunter2secret" not in whole
    assert b"swordfish" not in whole
    assert b"DB_PASSWORD=********" in found[f"process/{one.pid}/environ"]
    assert b"python" in found[f"process/{one.pid}/maps"]
    assert b"socket:[" in found[f"process/{one.pid}/descriptors.json"]
    assert found["executable.bin"] == Path(os.path.realpath(sys.executable)).read_bytes()
    assert found["events.jsonl"] == EVENTS
    assert found["net/tcp"]
    assert len(manifest["missed"]) == 2
    assert hashlib.sha256(archive(tmp_path).read_bytes()).hexdigest() in said.en


def test_what_has_ended_cannot_be_captured(responder: LinuxResponder, common: Common) -> None:
    """And says where else to look."""
    with pytest.raises(ResponderError, match="periderm events"):
        responder.capture_forensics(CaptureForensics(**common("e"), pid=2**22 + 1), b"")


def test_limits_cut_and_say_so(
    responder: LinuxResponder, tmp_path: Path, common: Common, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file larger than the limit is marked, a member that does not fit is named."""
    monkeypatch.setattr("periderm.adapters.responder_linux.forensics.MOST_FILE", 1000)
    with subprocess.Popen(["sleep", "60"]) as one:
        responder.capture_forensics(CaptureForensics(**common("eff-a"), pid=one.pid), b"")
        found, manifest = unpack(archive(tmp_path))
        assert len(found["executable.bin"]) == 1000
        assert next(m for m in manifest["members"] if m["name"] == "executable.bin")["cut"]
        archive(tmp_path).unlink()
        monkeypatch.setattr("periderm.adapters.responder_linux.forensics.MOST_BYTES", 2000)
        responder.capture_forensics(CaptureForensics(**common("eff-b"), pid=one.pid), b"x" * 1990)
        found, manifest = unpack(archive(tmp_path))
        assert any("limit" in line for line in manifest["missed"])
        one.kill()


def test_hostile_names_stay_text(responder: LinuxResponder, tmp_path: Path, common: Common) -> None:
    """Arguments, an environment and a file's name that are no UTF-8, hold newlines, or look like paths of an archive."""
    folder = os.fsencode(tmp_path) + b"/\xff\n..\\evil"
    os.mkdir(folder)
    command = [
        sys.executable.encode(),
        b"-c",
        b"import time; print(flush=True); time.sleep(60)",
        b"../../etc/passwd",
        b"\xfe\n",
    ]
    with subprocess.Popen(command, env={b"A\xff": b"b\n\xfe"}, cwd=folder, stdout=subprocess.PIPE) as one:
        assert one.stdout is not None
        one.stdout.readline()
        effect = CaptureForensics(**common("eff-cap"), pid=one.pid, files=(os.fsdecode(folder),), archive="../../x.tar.zst")
        responder.capture_forensics(effect, b"")
        one.kill()
    found, _ = unpack(archive(tmp_path))
    assert all(".." not in name and not name.startswith("/") for name in found)


@pytest.mark.root
@pytest.mark.container
def test_a_container_is_captured_with_its_processes_and_packets(
    responder: LinuxResponder, busy_container: busy.Busy, tmp_path: Path, common: Common
) -> None:
    """A deleted program's bytes too, and what passed its network meanwhile; nothing in it is changed."""
    busy_container.start("cp /bin/busybox /tmp/sleep; exec /tmp/sleep 1000")
    processes = Processes(LinuxProc(), lambda _: False)

    def gone() -> list[int]:
        links = [(int(p.parent.name), p) for p in Path("/proc").glob("[0-9]*/exe")]
        space = os.readlink(f"/proc/{busy_container.container.pid}/ns/mnt")  # others on the machine may run such a file too
        return [
            pid for pid, link in links if _target(link).startswith("/tmp/sleep") and _target(link.parent / "ns/mnt") == space
        ]

    assert busy.until(lambda: bool(gone()))
    busy_container.do("rm", "/tmp/sleep")
    (pid,) = gone()
    assert processes.target(pid) is not None
    for world in busy.world(busy_container.container):
        pings = subprocess.Popen(
            [
                "nsenter",
                f"--net=/proc/{world}/ns/net",
                "--",
                "busybox",
                "sh",
                "-c",
                "while :; do echo x | nc -w1 10.99.0.9 7; sleep 0.1; done",
            ],
            stderr=subprocess.DEVNULL,
        )
        try:
            assert busy.until(partial(_talks, world))
            effect = CaptureForensics(
                **common("eff-cap"),
                pid=pid,
                container_id=busy_container.id,
                packets=5,
                files=("/bin/busybox",),
            )
            responder.capture_forensics(effect, EVENTS)
        finally:
            pings.kill()
            pings.wait()
    found, manifest = unpack(archive(tmp_path))
    assert found["executable.bin"] == Path(busy.BUSYBOX).read_bytes() == found["files/0.bin"]
    assert found["packets.pcap"][:4] == b"\xd4\xc3\xb2\xa1"
    assert len(found["packets.pcap"]) > 100
    assert {p["pid"] for p in msgspec.json.decode(found["processes.json"])} >= {pid, busy_container.container.pid}
    assert manifest["missed"] == []


def _talks(pid: int) -> bool:
    """Whether some packets have left by the wire to the container."""
    lines = Path(f"/proc/{pid}/net/dev").read_text().splitlines()
    return any(int(line.split()[10]) > 10 for line in lines if line.split()[0] == "out0:")


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""
