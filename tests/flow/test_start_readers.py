"""What is read of each file for the facts of a start."""

from __future__ import annotations

import pytest

from periderm.flow.start_readers import NUL, READERS, makers, reads
from periderm.model.file_note import Note, NoteReader


def reader(name: str) -> NoteReader:
    """One by its name."""
    return next(one for one in READERS if one.id.startswith(f"start-{name}/"))


@pytest.mark.parametrize(
    "path", ["entrypoint.sh", "srv/run.sh", "usr/local/bin/start", "usr/bin/docker-entrypoint.sh", "etc/s6-overlay/run"]
)
def test_scripts_of_an_images_maker(path: str) -> None:
    """Where those who make images put them."""
    assert makers(path)


@pytest.mark.parametrize("path", ["usr/bin/zgrep", "etc/init.d/nginx", "var/lib/dpkg/info/x.postinst", "usr/share/x/y.sh"])
def test_scripts_of_a_distribution(path: str) -> None:
    """Hundreds of them start nothing in a container."""
    assert not makers(path)


def test_a_script() -> None:
    """Its interpreter, and its commands with their words; of a distribution's own only the interpreter."""
    text = b"#!/bin/sh -e\nexec nginx -t\n"
    first, command = reader("script").read(text, "go.sh")
    assert first == Note("script", values={"interpreter": NUL.join(("/bin/sh", "-e"))})
    assert command == Note("command", 2, values={"words": NUL.join(("nginx", "-t")), "last": "1"})
    assert len(reader("script").read(text, "usr/bin/x")) == 1
    assert reader("script").read(b"no script", "go.sh") == ()


def test_accounts() -> None:
    """Names and numbers; nothing else of the line."""
    (note,) = reader("accounts").read(b"root:x:0:0:secret:/root:/bin/sh\nbad\na:x:no:0\n", "etc/passwd")
    assert note.values == {"root": "0"}


def test_settings_are_found_where_services_keep_them() -> None:
    """By path, and nothing from elsewhere."""
    assert reader("nginx").wants("etc/nginx/conf.d/site.conf")
    assert reader("php_fpm").wants("etc/php/8.2/fpm/pool.d/www.conf")
    assert not reader("php_fpm").wants("etc/nginx/conf.d/site.conf")
    assert reader("cron").wants("etc/cron.d/jobs")
    assert reader("nginx").read(b"listen\0 80;", "etc/nginx/nginx.conf") == ()


def test_what_nobody_starts_is_not_read() -> None:
    """Folders, source code, disks and the host itself."""
    assert [reads(s) for s in ("folder:/x", "source:/x", "disk:/x", "host:/", "podman:x", "docker-archive")] == [False] * 4 + [
        True
    ] * 2


def test_sources_of_programs() -> None:
    """Commands and addresses; libraries' own files are left alone."""
    source = reader("source")
    notes = source.read(b'import os\nos.system("df -h | mail x")\nx = "https://a.example/x"\n', "srv/app.py")
    assert notes[0].values["words"] == NUL.join(("/bin/sh", "-c", "df -h | mail x"))
    assert notes[1].values == {"url": "https://a.example"}
    assert not source.wants("srv/node_modules/x/index.js")
    assert source.read(b"print(1)", "srv/app.py") == ()
