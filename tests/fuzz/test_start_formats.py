"""What is read for the facts of a start (programs, scripts, sources, settings of services, accounts) is fed damaged files:
notes or nothing, and no other error."""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import pytest

from periderm.flow.start_readers import READERS
from periderm.formats import shell_script, source_text
from periderm.formats.binary.needed import needed
from periderm.formats.service_settings import (
    apache,
    cron,
    haproxy,
    lighttpd,
    mysql,
    nginx,
    php_fpm,
    postgres,
    redis,
    ssh,
    supervisor,
)
from periderm.model.file_note import NoteReader
from tests.formats.binary.test_needed import elf
from tests.fuzz.test_image_formats import ROUNDS, mutate
from tests.starting import ENTRYPOINT, SETTINGS

FILES = Path(__file__).resolve().parent.parent.parent / "bench" / "baseline" / "files"
MODULES = (apache, cron, haproxy, lighttpd, mysql, nginx, php_fpm, postgres, redis, ssh, supervisor)
PLACES = {
    "start-elf/2": ("usr/bin/x", elf(("libc.so.6", "libm.so.6"), "/lib64/ld.so", (29, "$ORIGIN"))),
    "start-script/2": ("go.sh", ENTRYPOINT),
    "start-source/2": ("app.py", b'subprocess.run(["gzip", "-k"])\nx = "http://a.example:80/x"\nos.system("df | sort")\n'),
    "start-accounts/1": ("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\n"),
}
SETTING = b"port = 80\nuser www-data\nListen 80\nlisten = /run/x\ncommand=/bin/x -y\n* * * * * root /bin/x\n" + SETTINGS
SEEDS = [
    pytest.param(reader, *PLACES.get(reader.id, ("etc/crontab", SETTING)), id=reader.id.replace("/", "-")) for reader in READERS
]


@pytest.mark.parametrize(("reader", "path", "data"), SEEDS)
def test_damaged_files(reader: NoteReader, path: str, data: bytes) -> None:
    """Cut, flipped, repeated and joined: every note has a name, and values that can be written down."""
    chance = random.Random(zlib.crc32(data))
    for _ in range(max(20, ROUNDS // 10)):
        for note in reader.read(mutate(data, chance), path):
            assert note.what
            assert all(value.encode("utf-8") is not None for value in note.values.values())


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_settings_of_another_service(module: object) -> None:
    """Each reader with the others' files: nothing but facts."""
    for seed in (SETTING, b"\xff\xfe\x00", b"[" * 5000, b"{" * 5000, b'"' * 5000, b"listen " * 2000):
        for note in module.read(seed, "etc/x"):
            assert note.values["value"]


def test_the_bench_scripts() -> None:
    """Real start scripts, damaged."""
    chance = random.Random(7)
    for file in sorted(FILES.glob("*.sh")):
        for _ in range(10):
            text = mutate(file.read_bytes(), chance).decode("utf-8", "replace")
            assert all(command.words for command in shell_script.commands(text))
            assert source_text.named(text) is not None


def test_damaged_programs() -> None:
    """A program's header."""
    chance = random.Random(8)
    for _ in range(ROUNDS):
        found = needed(mutate(elf(("libc.so.6",), "/lib64/ld.so"), chance))
        assert found is None or all(found.libraries)
