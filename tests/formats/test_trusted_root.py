"""`trusted_root.json`: whom a person trusts."""

from __future__ import annotations

from typing import Any

import pytest

from periderm.formats.trusted_root import LARGEST, parse_trusted_root
from periderm.model.errors import FormatError, LimitError
from tests.sigstore import NOW, dumped, world


def test_all_that_it_names() -> None:
    """Authorities with their chains, logs with their names and times."""
    read = parse_trusted_root(dumped(world().trusted_root()))
    assert [len(a.chain) for a in (*read.authorities, *read.timestampers)] == [2, 2]
    (log,) = read.logs
    assert (log.name, log.log_id, log.valid.start, log.valid.end) == ("log.example.org", world().log_id, NOW - 10**8, 0)
    assert log.valid.holds(NOW)
    assert not log.valid.holds(NOW - 10**8 - 1)
    assert len(read.certificate_logs) == 1


def test_parts_that_are_not_there() -> None:
    """A root may name only some."""
    read = parse_trusted_root(b'{"mediaType":"application/vnd.dev.sigstore.trustedroot.v0.2+json"}')
    assert read.logs == ()
    assert read.authorities == ()


def changed(**members: Any) -> bytes:
    """A root with other members."""
    return dumped(world().trusted_root(**members))


def log(**members: Any) -> bytes:
    """A root whose log is another."""
    told = world().trusted_root()
    told["tlogs"][0] |= members
    return dumped(told)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[" * 100_000,
        b"{}",
        changed(mediaType="application/json"),
        changed(tlogs=[{}]),
        changed(certificateAuthorities=[{"certChain": {"certificates": []}}]),
        changed(certificateAuthorities=[{"certChain": {"certificates": [{"rawBytes": "!"}]}}]),
        log(hashAlgorithm="SHA2_512"),
        log(publicKey={"rawBytes": "AAAA", "validFor": {"start": "yesterday"}}),
    ],
)
def test_what_is_no_root(data: bytes) -> None:
    """Damage is said; nobody is trusted by mistake."""
    with pytest.raises(FormatError):
        parse_trusted_root(data, "root.json")


def test_times_with_parts_of_a_second() -> None:
    """As protobuf writes them, up to nine digits."""
    data = log(publicKey={"rawBytes": "AAAA", "validFor": {"start": "2021-01-12T11:53:27.000123456Z"}})
    assert parse_trusted_root(data).logs[0].valid.start == 1_610_452_407


def test_limits() -> None:
    """Megabytes and thousands."""
    with pytest.raises(LimitError):
        parse_trusted_root(bytes(LARGEST + 1))
    with pytest.raises(LimitError):
        parse_trusted_root(changed(tlogs=world().trusted_root()["tlogs"] * 300))
