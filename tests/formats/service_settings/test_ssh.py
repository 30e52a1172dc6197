"""Ssh's settings are facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.service_settings import ssh

TEXT = """#Port 1
Port 2222
HostKey /etc/ssh/key
Subsystem sftp /usr/lib/openssh/sftp-server
"""


def test_what_the_settings_promise() -> None:
    """Ports, keys and subsystems."""
    found = [(note.what, note.values["value"]) for note in ssh.read(TEXT.encode(), "etc/ssh/sshd_config")]
    for fact in [
        ("listen", "tcp/2222"),
        ("read", "/etc/ssh/key"),
        ("starts", "/usr/lib/openssh/sftp-server"),
    ]:
        assert fact in found
    assert not {value for _, value in found} & {"tcp/1"}


def test_each_fact_says_its_line() -> None:
    """A person can look it up."""
    notes = ssh.read(TEXT.encode(), "etc/ssh/sshd_config")
    assert all(0 < note.line <= TEXT.count("\n") and note.evidence for note in notes)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Damage raises nothing."""
    assert all(note.values["value"] for note in ssh.read(data, "etc/ssh/sshd_config"))
