"""Lines of PAM's configuration."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.image.pam import ASKED, HANDED, ODD, OPEN, read, stacks

DEBIAN = "auth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\nauth required pam_permit.so\n"


def told(text: str, path: str = "etc/pam.d/x") -> list[tuple[str, int]]:
    """What of a file is told, and in which line; whether pam_unix takes empty passwords is left out."""
    return [(note.what, note.line) for note in read(text.encode(), path) if note.what != ASKED]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("auth sufficient pam_permit.so\n" + DEBIAN, [1]),
        ("-auth\t[success=done default=ignore]\t/lib/security/pam_permit.so\n@include common-auth\n", [1]),
        ("auth required pam_env.so\nauth required pam_permit.so\n", [2]),
        ("auth sufficient pam_rootok.so\nauth required pam_permit.so\n", [2]),
        (DEBIAN, []),
        ("auth required pam_unix.so\nauth sufficient pam_permit.so\n", []),  # whoever is here has been asked
        ("auth required pam_permit.so\nauth include system-auth\n", []),  # is asked afterwards
        ("@include common-auth\nauth required pam_permit.so\n", []),
        ("auth [success=ignore default=1] pam_succeed_if.so user = a\nauth sufficient pam_permit.so\n", []),  # of one user
        ("auth optional pam_permit.so\nauth required pam_unix.so\n", []),
        ("account sufficient pam_permit.so\nsession sufficient pam_permit.so\n# auth sufficient pam_permit.so\n", []),
    ],
)
def test_who_is_let_in(text: str, lines: list[int]) -> None:
    """Everyone, where pam_permit is all that must be passed; not where somebody may be refused before or after."""
    assert told(text) == [(OPEN, line) for line in lines]


def test_passwords_handed_on_and_modules_in_odd_places() -> None:
    """Programs that are given passwords, and modules that a package would not put there."""
    text = (
        "auth optional pam_exec.so expose_authtok /opt/log.sh\nauth optional pam_exec.so /opt/x\nauth required /tmp/pam_x.so\n"
    )
    assert told(text) == [(HANDED, 1), (ODD, 3)]
    assert read(text.encode(), "etc/pam.d/x")[0].values == {"program": "opt/log.sh"}


def test_empty_passwords() -> None:
    """pam_unix takes them where it is told so."""
    notes = read(b"auth required pam_unix.so\nauth sufficient pam_unix.so nullok_secure try_first_pass\n", "etc/pam.d/x")
    assert [note.values["empty"] for note in notes] == ["no", "yes"]


def test_one_file_of_all_services() -> None:
    """The old form names the service first; each is a stack of its own."""
    text = b"su auth sufficient pam_permit.so\nlogin auth required pam_unix.so\nother auth required pam_permit.so\n"
    assert list(stacks(text, "etc/pam.conf")) == ["su", "login", "other"]
    assert told(text.decode(), "etc/pam.conf") == [(OPEN, 1), (OPEN, 3)]


def test_many_lines_take_no_longer_than_few_each() -> None:
    """What is told is bounded, and each line is looked at once."""
    assert len(read(b"auth sufficient pam_permit.so\n" * 9_000, "etc/pam.d/x")) == 1_000
    assert read(b"[ " * 120_000, "etc/pam.d/x") == []


WORDS = st.sampled_from(
    ["auth", "required", "sufficient", "[default=die]", "pam_permit.so", "pam_unix.so", "@include", "#", "\n"]
)


@given(st.binary(max_size=200) | st.lists(WORDS).map(lambda words: " ".join(words).encode()))
def test_anything_is_read(data: bytes) -> None:
    """No bytes are an error; lines that are told exist."""
    for path in ("etc/pam.d/x", "etc/pam.conf"):
        assert all(1 <= note.line <= data.count(b"\n") + 1 for note in read(data, path))
