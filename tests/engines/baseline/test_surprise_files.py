"""A file surprises by its place, by what would run it, and less where the program already works in its folder."""

from __future__ import annotations

import dataclasses

import pytest

from periderm.engines.baseline.cases import NGINX, PHP, REDIS, SH, case, did, normal, situation_of
from periderm.engines.baseline.surprise import BARS, bar
from periderm.engines.baseline.surprise_files import change, execute, read, write
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect


@pytest.mark.parametrize(
    ("path", "number", "told"),
    [
        ("/etc/cron.d/x", "03-07", True),
        ("/var/lib/postgresql/.profile", "03-07", True),
        ("/usr/bin/ls", "03-05", True),
        ("/etc/nginx/nginx.conf", "03-05", True),
        ("/proc/sys/kernel/core_pattern", "03-11", True),
        ("/var/www/html/x.php", "03-03", True),
        ("/tmp/.x.so", "03-03", True),
        ("/var/lib/app/cache.db", "03-03", False),
        ("/var/log/app.log", "03-03", False),
        ("/run/app.pid", "03-03", False),
        ("/dev/null", "03-03", False),
        ("/proc/*/loginuid", "03-03", False),
    ],
)
def test_writing(path: str, number: str, told: bool) -> None:
    """By place: what is run or trusted later, what only packages write, what the kernel obeys; data and logs are not told."""
    judged = write(situation_of(case(did("write", PHP, path), normal(PHP, write="/tmp/php*"))))
    assert judged.event_type == number
    assert (judged.score >= BARS[Aspect.WRITE]) == told


def test_its_own_folder() -> None:
    """One more file beside known ones surprises less; a script beside them hardly."""
    data = normal(PHP, write="/srv/data/a.json")
    elsewhere, beside, script = (
        write(situation_of(case(did("write", PHP, path), data))).score
        for path in ("/opt/x/b.json", "/srv/data/b.json", "/srv/data/b.php")
    )
    assert min(elsewhere, script) > beside


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/etc/shadow", True),
        ("/root/.ssh/id_rsa", True),
        ("/proc/*/environ", True),
        ("/etc/passwd", False),
        ("/usr/share/x/y", False),
        ("/etc/nginx/mime.types", False),
        ("/proc/self/environ", False),
        ("/sys/devices/system/cpu/online", False),
    ],
)
def test_reading(path: str, told: bool) -> None:
    """What gives access is told, what everybody reads is not."""
    assert (read(situation_of(case(did("read", PHP, path), normal(PHP)))).score >= BARS[Aspect.READ]) == told


def test_other_files_of_its_folder_open_no_secret() -> None:
    """Who reads settings in /etc has no reason to read the passwords there; who reads keys may read one more."""
    settings = situation_of(case(did("read", PHP, "/etc/shadow"), normal(PHP, read="/etc/hosts")))
    keys = situation_of(case(did("read", PHP, "/etc/ssl/private/b.pem"), normal(PHP, read="/etc/ssl/private/a.pem")))
    assert read(settings).score > read(keys).score


@pytest.mark.parametrize(
    ("value", "number", "told"),
    [
        ("chmod+s /tmp/x", "03-09", True),
        ("mount /mnt", "03-10", True),
        ("unlink /var/log/nginx/access.log", "03-08", True),
        ("unlink /root/.bash_history", "03-07", True),
        ("utime /usr/bin/ls", "03-08", True),
        ("rename /etc/cron.d/x", "03-07", True),
        ("chmod /tmp/x", "03-08", False),
        ("unlink /tmp/x", "03-08", False),
        ("mkdir /var/cache/x", "03-08", False),
    ],
)
def test_changing(value: str, number: str, told: bool) -> None:
    """Traces that go, rights that come, and places that matter; what is temporary is not told."""
    judged = change(situation_of(case(did("change", SH, value), normal(SH, write="/tmp/y"))))
    assert judged.event_type in (number, "03-08")
    assert (judged.score >= BARS[Aspect.CHANGE]) == told


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/tmp/x.so", True),
        ("/memfd:x", True),
        ("/usr/lib/x86_64-linux-gnu/libhook.so", True),
        ("/usr/lib/x86_64-linux-gnu/libssl.so.3", False),
    ],
)
def test_loading(path: str, told: bool) -> None:
    """A library of the image is not told; one that the image has not, or that lies where everybody may write, is."""
    assert (execute(situation_of(case(did("execute", NGINX, path), normal(NGINX)))).score >= BARS[Aspect.EXECUTE]) == told


def test_programs_that_came_later_surprise_more() -> None:
    """The same file read by a program that the image did not bring."""
    situation = situation_of(case(did("read", "/opt/x", "/proc/*/maps"), normal("/opt/x", read="/a/b")))
    later = dataclasses.replace(situation, flags=1)
    assert read(later).score > read(situation).score


def test_a_known_file_in_another_folder() -> None:
    """A server that always wrote a file of this name in one folder was told to write it elsewhere; files of other names, and of
    programs that write the same name in many folders, are not told for it."""
    dumps = (normal(REDIS, listen="tcp/6379"), normal(REDIS, write="/data/temp-*.rdb"))
    moved = write(situation_of(case(did("write", REDIS, "/tmp/temp-*.rdb"), *dumps)))
    other = write(situation_of(case(did("write", REDIS, "/tmp/other-*.rdb"), *dumps)))
    many = (*dumps, normal(REDIS, write="/backup/temp-*.rdb"))
    usual = write(situation_of(case(did("write", REDIS, "/tmp/temp-*.rdb"), *many)))
    assert moved.score >= BARS[Aspect.WRITE] > other.score
    assert usual.score < BARS[Aspect.WRITE]


@pytest.mark.parametrize(
    ("path", "told"),
    [("/tmp/dump.csv", True), ("/tmp/PostgreSQL.77", False), ("/var/lib/data/dump.csv", False)],
)
def test_a_server_beside_the_files_of_others(path: str, told: bool) -> None:
    """That it keeps files of its own in /tmp is no reason for one that is called unlike any of them; in a folder of its own it
    is."""
    known = normal(REDIS, listen="tcp/6379", write=("/tmp/PostgreSQL.*", "/var/lib/data/a"))
    judged = write(situation_of(case(did("write", REDIS, path), known)))
    assert (judged.score >= BARS[Aspect.WRITE]) == told


@pytest.mark.parametrize(
    ("program", "path", "told"),
    [
        ("/usr/sbin/cron", "/etc/cron.d/sync", True),
        ("/usr/sbin/cron", "/var/spool/cron/crontabs/root", True),
        ("/usr/sbin/cron", "/etc/environment", False),
        ("/usr/bin/cat", "/etc/cron.d/sync", False),
    ],
)
def test_another_table_of_jobs(program: str, path: str, told: bool) -> None:
    """The scheduler reads a table that was not there: what stands in it is run from now on."""
    judged = read(situation_of(case(did("read", program, path), normal(program, read="/etc/cron.d/old"))))
    assert (judged.score >= BARS[Aspect.READ]) == told


@pytest.mark.parametrize(("value", "told"), [("rename /data/shell.php", True), ("rename /data/dump.rdb", False)])
def test_data_that_becomes_a_script(value: str, told: bool) -> None:
    """What was written as data gets a name by which it is run."""
    dumps = (normal(REDIS, listen="tcp/6379"), normal(REDIS, write="/data/temp-*.rdb"))
    judged = change(situation_of(case(did("change", REDIS, value), *dumps)))
    assert (judged.score >= BARS[Aspect.CHANGE]) == told


def test_a_backup_reads_what_is_secret_too() -> None:
    """While a workload is learned, a program that reads the whole folder may read the passwords in it; one that reads little
    there may not, and later neither may."""
    whole = tuple(f"/etc/{name}" for name in "abcdefghijklmnop")
    for known, phase, told in (
        (whole, Phase.LEARNING, False),
        (whole[:3], Phase.LEARNING, True),
        (whole, Phase.ALERTING, True),
    ):
        situation = situation_of(case(did("read", "/usr/bin/tar", "/etc/shadow"), normal("/usr/bin/tar", read=known)))
        situation = dataclasses.replace(situation, normal=dataclasses.replace(situation.normal, phase=phase))
        assert (read(situation).score >= bar(Aspect.READ, phase)) == told
