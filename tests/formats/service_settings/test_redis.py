"""Redis's settings are facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import redis

TEXT = """port 6379
tls-port 0
dir /data
# dir /no
logfile /var/log/redis.log
loadmodule /usr/lib/redis/x.so
replicaof primary 6380
"""


def test_what_the_settings_promise() -> None:
    """The folder of data is opened for exactly the files that it keeps: a key for ssh is none."""
    found = [(note.what, note.values["value"]) for note in redis.read(TEXT.encode(), "etc/redis/redis.conf")]
    for fact in [
        ("listen", "tcp/6379"),
        ("write", "/data/dump.rdb"),
        ("write", "/data/temp-*.rdb"),
        ("write", "/var/log/redis.log"),
        ("execute", "/usr/lib/redis/x.so"),
        ("connect", "tcp/6380 *"),
        ("resolve", "primary"),
    ]:
        assert fact in found
    assert not {value for _, value in found} & {"/no/dump.rdb", "/data/**", "tcp/0"}


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = redis.read(TEXT.encode(), "etc/redis/redis.conf")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Damage raises nothing."""
    assert all(note.values["value"] for note in redis.read(data, "etc/redis/redis.conf"))
