"""Every format of images is fed damaged input: bytes flipped, cut, doubled, spliced, numbers made extreme.

Deterministic: the same seeds and rounds each time. `PERIDERM_FUZZ_ROUNDS` asks for more. A target is a function
`fuzz(data)` that may raise FormatError (LimitError is one) and nothing else, in bounded time and memory.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import tarfile
from collections.abc import Callable, Mapping

import pytest
import zstandard

from periderm.engines.image import DETECTORS
from periderm.engines.image.engine import ImageEngine, Want, wanted
from periderm.formats import containers_storage, docker_archive, oci
from periderm.formats.compression import inflate
from periderm.formats.tar import header, pax
from periderm.formats.tar.stream import TarStream
from periderm.model.errors import FormatError
from periderm.model.image import ImageConfig, OsRelease
from periderm.model.limits import DEFAULT_LIMITS
from tests.images import base_layer, config_of, member, tar

ROUNDS = int(os.environ.get("PERIDERM_FUZZ_ROUNDS", "1500"))
MOST = 4 << 20  # bytes that a target may be made to give
EXTREMES = (
    b"\0",
    b"\xff",
    b"\x80" + b"\xff" * 11,
    b"77777777777\0",
    b"-1",
    b"99999999999999999999",
    b"[" * 2000,
    b'{"a":' * 500,
    b"../" * 50,
    b"\n" * 50,
)

Target = Callable[[bytes], object]


def cut(data: bytes, size: int) -> list[bytes]:
    """The bytes in pieces."""
    return [data[i : i + size] for i in range(0, len(data), size)]


def mended(data: bytes) -> bytes:
    """The tar with the checksum of everything that looks like a header made right: the walker must look further."""
    blocks = bytearray(data)
    for at in range(0, len(blocks) - 511, 512):
        if blocks[at + 257 : at + 262] == b"ustar":
            blocks[at + 148 : at + 156] = b" " * 8
            blocks[at + 148 : at + 156] = b"%06o\0 " % sum(blocks[at : at + 512])
    return bytes(blocks)


def fuzz_mended_tar(data: bytes) -> None:
    """The same behind right checksums."""
    fuzz_tar(mended(data))


def fuzz_tar(data: bytes) -> None:
    """Walks all members and reads what is small; then lets the engine judge them."""
    engine = ImageEngine((DETECTORS[14],))
    engine.begin_layer("sha256:x")
    for item in TarStream(cut(data, 4096), sparse_limit=MOST):
        assert item.entry.size >= 0
        assert not {"..", "."} & set(item.entry.path.split("/"))
        engine.look(item.entry)
        if wanted(item.entry, DEFAULT_LIMITS) & Want.TEXT:
            given = 0
            for piece in item.chunks():
                given += len(piece)
                if given > MOST:
                    break
    engine.findings(engine.facts(ImageConfig(), OsRelease(), (), ()), "sha256:x", 0)


def fuzz_inflate(data: bytes) -> None:
    """Inflates within a limit."""
    given = sum(len(piece) for piece in inflate(cut(data, 500), most=MOST))
    assert given <= MOST


def fuzz_header(data: bytes) -> None:
    """One block, with its checksum made right, so that the fields behind it are reached."""
    block = bytearray(data[:512].ljust(512, b"\0"))
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    head = header.parse(bytes(block))
    header.clean_path(head.name)


def fuzz_oci(data: bytes) -> None:
    """Whatever of the three documents it is."""
    failures = 0
    for parse in (oci.parse_config, oci.parse_manifest, oci.parse_index):
        try:
            parse(data)
        except FormatError:
            failures += 1
    if failures == 3:
        raise FormatError("none of the three")


HOLES = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "h", "GNU.sparse.realsize": "9000"}
MAP = b"2\n0\n10\n8000\n10\n".ljust(512, b"\0") + b"x" * 20
TARS = [
    base_layer(),
    tar([("n" * 300, b"long"), (member("l", type=tarfile.SYMTYPE, linkname="t" * 300), b"")], tarfile.GNU_FORMAT),
    tar([("日本" * 80, b"pax"), (member("s", pax_headers=HOLES), MAP), ("d/.wh..wh..opq", b""), (".wh.x", b"")]),
]
STORE = json.dumps([{"id": "ab", "layer": "cd", "names": ["x"], "parent": "ef", "diff-digest": "sha256:0"}]).encode()

TARGETS: Mapping[str, tuple[Target, list[bytes]]] = {
    "tar": (fuzz_tar, TARS),
    "mended-tar": (fuzz_mended_tar, TARS),
    "tar-header": (fuzz_header, [t[:512] for t in TARS]),
    "pax": (pax.parse, [b"12 path=abc\n30 mtime=1700000000.123456789\n"]),
    "compression": (
        fuzz_inflate,
        [gzip.compress(TARS[0]), zstandard.ZstdCompressor().compress(TARS[0]), gzip.compress(b"a") * 3],
    ),
    "oci": (fuzz_oci, [config_of(TARS, User="x", Env=["A=1"], Labels={"a": "b"}, Volumes={"/x": {}})]),
    "docker-archive": (
        docker_archive.parse,
        [b'[{"Config":"a","Layers":["b"],"RepoTags":["c:1"]}]'],
    ),
    "storage-images": (containers_storage.parse_images, [STORE]),
    "storage-layers": (containers_storage.parse_layers, [STORE]),
}


def mutate(seed: bytes, chance: random.Random) -> bytes:
    """One to six small damages."""
    data = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0 if data:
                data[at % len(data)] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 600)]
            case 2:
                data[at:at] = data[at : at + chance.randint(1, 600)]
            case 3:
                piece = chance.choice(EXTREMES)
                data[at : at + len(piece)] = piece
            case 4:
                data[at:at] = chance.choice(EXTREMES)
            case _:
                other = chance.randrange(len(data) + 1)
                data[at : at + 100] = data[other : other + 100]
    return bytes(data)


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_an_error_and_nothing_else(name: str) -> None:
    """No damage makes a format raise anything but FormatError; undamaged seeds pass."""
    fuzz, seeds = TARGETS[name]
    for seed in seeds:
        fuzz(seed)
    chance = random.Random(name)
    refused = 0
    for round_ in range(ROUNDS):
        data = mutate(seeds[round_ % len(seeds)], chance)
        try:
            fuzz(data)
        except FormatError:
            refused += 1
        except Exception as error:  # noqa: BLE001 -- this is what is searched for: told with the input that makes it
            pytest.fail(f"round {round_} of {name}: {type(error).__name__}: {error} for {data[:2000]!r}")
    assert refused > 0
