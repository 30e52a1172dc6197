"""Audit data of Rust executables."""

from __future__ import annotations

import contextlib
import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.binary.rust import LARGEST, MOST_CRATES, read
from periderm.model.errors import FormatError, LimitError
from tests.executables import elf, macho, pe

CRATES: list[dict[str, Any]] = [
    {"name": "adler", "version": "0.2.3", "source": "registry"},
    {"name": "app", "version": "0.1.0", "source": "local", "root": True, "dependencies": [0, 2, 3, 99]},
    {"name": "cc", "version": "1.0.0", "source": "crates.io", "kind": "build"},
    {"name": "forked", "version": "2.0.0-rc.1", "source": "git", "kind": "runtime"},
]


def program(document: Any) -> bytes:
    """An executable with audit data."""
    return elf({b".text": b"x", b".dep-v0": zlib.compress(json.dumps(document).encode())})


def test_crates() -> None:
    """All that is part of the program, with what depends on what; not what only built it."""
    app = read(program({"packages": CRATES, "format": 8}), "app").packages
    assert [p.purl for p in app] == ["pkg:cargo/adler@0.2.3", "pkg:cargo/app@0.1.0", "pkg:cargo/forked@2.0.0-rc.1"]
    assert app[1].dependencies == ("pkg:cargo/adler@0.2.3", "pkg:cargo/forked@2.0.0-rc.1")
    assert app[0].path == "app"


def test_other_forms_of_executable() -> None:
    """PE and Mach-O hold the same section."""
    packed = zlib.compress(json.dumps({"packages": CRATES}).encode())
    for form in (pe, macho):
        assert len(read(form({b".dep-v0": packed}), "app").packages) == 3


def test_what_has_no_audit_data() -> None:
    """Most executables."""
    assert not read(elf({b".text": b"x"}), "app")
    assert not read(b"", "app")


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"not zlib",
        zlib.compress(b"not json"),
        zlib.compress(b'{"packages": 1}'),
        zlib.compress(b'{"packages": [{"name": "x"}]}'),
        zlib.compress(b"[" * 100_000),
        zlib.compress(b'{"x":' * 100_000),
        zlib.compress(b'{"packages": [{"name": "\xff", "version": "1"}]}'),
    ],
)
def test_damage(packed: bytes) -> None:
    """Each is an error of the family that is told, whatever broke inside."""
    with pytest.raises(FormatError):
        read(elf({b".dep-v0": packed}), "app")


def test_bombs() -> None:
    """Audit data that inflates to more than it may, and lists without end."""
    with pytest.raises(LimitError):
        read(elf({b".dep-v0": zlib.compress(b" " * (LARGEST + 1))}), "app")
    with pytest.raises(LimitError):
        read(program({"packages": [{"name": "x", "version": str(i)} for i in range(MOST_CRATES + 1)]}), "app")
    with pytest.raises(LimitError):
        read(program({"packages": [{"name": "x", "version": "1", "dependencies": [0] * 300_000}]}), "app")


@given(st.data())
@settings(max_examples=100)
def test_damage_gives_crates_or_an_error(data: st.DataObject) -> None:
    """Any bytes changed, cut anywhere."""
    whole = bytearray(program({"packages": CRATES}))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FormatError):
        read(bytes(whole[: data.draw(st.integers(0, len(whole)) | st.just(len(whole)))]), "app")
