"""Every format of machines (kernel records, recordings, runtimes' files) is fed damaged input, as those of images are; and
no format is without a target."""

from __future__ import annotations

import json
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import zstandard

from periderm.formats import (
    cgroup,
    containerd_records,
    docker_records,
    git_records,
    mountinfo,
    oci_runtime,
    podman_records,
    proc_environ,
    proc_maps,
    proc_net,
    recording,
)
from periderm.formats.bolt import BoltFile
from periderm.formats.bpf_records import layout
from periderm.formats.bpf_records.decode import Decoder
from periderm.model.asset import Node
from periderm.model.errors import FormatError
from periderm.model.event import EVENT_DTYPE, EventBatch, EventKind
from tests.fuzz.test_image_formats import ROUNDS, Target, mutate

ROOT = Path(__file__).resolve().parent.parent.parent
ID = "7332ea17d81aa3136a892be7c2d98ae3b0464c7a624818a1bcdd7151fdacff0d"
DIGEST = f"sha256:{ID}"
# Formats that only write, or that hold the pieces of one that has a target; each with where it is reached.


def fuzz_records(data: bytes) -> None:
    """Slots of the ring, with lengths made right now and then, so that the fields behind them are reached."""
    slots = layout.slots_of(data[: len(data) // 256 * 256]).copy()
    if len(slots) > 1:
        slots["header"][::2] = layout.RECORD_BYTES
    decoder = Decoder(lambda key, pid: f"/{key}/{pid}", max_strings=1000)
    rows, left = decoder.decode(slots)
    assert len(rows) == len(left) <= len(slots)
    batch = EventBatch(rows, decoder.strings, (NODE,))
    for index in range(min(len(rows), 20)):
        batch.event(index)
    if len(data) % 256:
        layout.slots_of(data)


def fuzz_environ(data: bytes) -> None:
    """Variables and words: nothing is longer than the limit, whatever a process wrote over its own memory."""
    for name, value in proc_environ.parse_environ(data):
        assert len(value) <= proc_environ.MOST_CHARACTERS + len(proc_environ.MASK) * len(data)
        str(name).encode("utf-8", "surrogatepass")
    proc_environ.parse_cmdline(data)


def fuzz_recording(data: bytes) -> None:
    """A whole file; all of its rows can be made into objects."""
    for batch in recording.parse(data):
        for index in range(min(len(batch), 20)):
            batch.event(index)


def fuzz_mended_recording(data: bytes) -> None:
    """A block whose checksum and compression are right, so that what is inside is reached."""
    packed = zstandard.ZstdCompressor().compress(data)
    fuzz_recording(recording.MAGIC + struct.pack("<II", len(packed), zlib.crc32(packed)) + packed + recording.END)


def fuzz_bolt(data: bytes) -> None:
    """All buckets, one below the other, within the reader's own bounds."""
    file = BoltFile(data)
    paths: tuple[tuple[bytes, ...], ...] = ((), (b"a",), (b"a", b"b"), (b"v1",))
    for path in paths:
        try:
            list(file.values(path))
            list(file.buckets(path))
        except FormatError:
            continue


def fuzz_cgroup(data: bytes) -> None:
    """A process's lines, and the container that they lead to."""
    lines = cgroup.parse_cgroup(data)
    cgroup.place_of(lines)
    cgroup.unified_path(lines)


def fuzz_mountinfo(data: bytes) -> None:
    """A process's mounts, and the overlay's upper layer."""
    mountinfo.overlay_upper(mountinfo.parse_mountinfo(data))


NODE = Node(id="node-1", name="n", hostname="n", machine_id="m", kernel="6", os_name="d", architecture="x86_64")


def recorded() -> bytes:
    """A recording with one row."""
    rows = np.zeros(1, EVENT_DTYPE)
    rows["kind"], rows["count"], rows["exe"] = EventKind.EXEC, 1, 1
    writer = recording.Writer()
    return writer.begin() + writer.batch(EventBatch(rows, ("", "/bin/x"), (NODE,))) + writer.end()


def unpacked() -> bytes:
    """What is inside the recording's block."""
    whole = recorded()
    start = len(recording.MAGIC)
    (length,) = struct.unpack_from("<I", whole, start)
    return zstandard.ZstdDecompressor().decompress(whole[start + 8 : start + 8 + length])


def bolt() -> bytes:
    """A bolt file with one empty bucket: two meta pages, a free list, a leaf."""
    from tests.formats.test_bolt import write

    return write({b"a": {b"k": b"v", b"b": {b"x": b"y"}}, b"v1": {}})


def ring() -> bytes:
    """Slots with every kind of event."""
    slots = np.zeros(24, layout.SLOT_DTYPE)
    slots["header"] = layout.RECORD_BYTES
    slots["kind"] = np.arange(24) % 24
    return slots.tobytes()


def document(**values: object) -> list[bytes]:
    """One JSON seed."""
    return [json.dumps(values).encode()]


def fuzz_git(data: bytes) -> None:
    """Every file of a git folder holds the same bytes."""
    git_records.head(lambda _name: data)
    git_records.submodules(data)


TARGETS: dict[str, tuple[Target, list[bytes]]] = {
    "git_records": (fuzz_git, [b"ref: refs/heads/main\n" + b"a" * 40 + b" refs/heads/main\npath = x\n"]),
    "proc_net": (proc_net.parse_listening, [b"  sl  local\n" + b"   0: 0100007F:1F90 00000000:0000 0A 0 0\n" * 3]),
    "proc_environ": (fuzz_environ, [b"PATH=/bin\0API_KEY=ghp_0123456789abcdef\0URL=pg://u:p@db/x\0", b"curl\0-u\0a:b\0"]),
    "proc_maps": (proc_maps.mapped_files, [b"55d0c0000000-55d0c0001000 r--p 00000000 00:2a 1234 /usr/sbin/nginx\n" * 2]),
    "bpf-records": (fuzz_records, [ring()]),
    "recording": (fuzz_recording, [recorded()]),
    "mended-recording": (fuzz_mended_recording, [unpacked()]),
    "bolt": (fuzz_bolt, [bolt()]),
    "cgroup": (fuzz_cgroup, [b"0::/libpod_parent/libpod-" + ID.encode() + b"\n3:pids,cpu:/docker/" + ID.encode() + b"\n"]),
    "mountinfo": (
        fuzz_mountinfo,
        [b"36 35 98:0 /mnt1 / rw,noatime shared:1 - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w\n" * 2],
    ),
    "podman_records": (
        podman_records.parse_containers,
        [json.dumps([{"id": ID, "names": ["a"], "image": ID, "layer": ID}]).encode()],
    ),
    "podman-config": (podman_records.parse_libpod_config, document(id=ID, name="a", rootfsImageID=ID, labels={"a": "b"})),
    "podman-state": (podman_records.parse_libpod_state, document(state=3, pid=7, startedTime="2026-01-01T00:00:00Z")),
    "podman-storage": (
        podman_records.parse_storage_conf,
        [b'[storage]\ngraphroot = "/a"\nrunroot = "/b"\n'],
    ),
    "docker_records": (
        docker_records.parse_container,
        document(ID=ID, Name="/a", Image=DIGEST, State={"Pid": 7, "Running": True}, Config={"Image": "x", "Labels": {}}),
    ),
    "docker-host": (docker_records.parse_host_config, document(Privileged=True, Binds=["/a:/b"])),
    "docker-repositories": (docker_records.parse_repositories, document(Repositories={"x": {"x:1": DIGEST}})),
    "containerd_records": (containerd_records.parse_manifest, document(config={"digest": DIGEST, "size": 3})),
    "oci_runtime": (oci_runtime.parse_runtime_config, document(process={"args": ["a"], "user": {"uid": 1}}, mounts=[])),
}


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_an_error_and_nothing_else(name: str) -> None:
    """No damage makes a format raise anything but FormatError; undamaged seeds pass."""
    fuzz, seeds = TARGETS[name]
    for seed in seeds:
        fuzz(seed)
    chance = random.Random(name)
    for round_ in range(ROUNDS):
        data = mutate(seeds[round_ % len(seeds)], chance)
        try:
            fuzz(data)
        except FormatError:
            continue
        except Exception as error:  # noqa: BLE001 -- this is what is searched for: told with the input that makes it
            pytest.fail(f"round {round_} of {name}: {type(error).__name__}: {error} for {data[:2000]!r}")
