"""What every package format keeps, whoever adds it."""

from __future__ import annotations

import contextlib
import importlib
from pathlib import Path

import pytest

import periderm.formats
from periderm.flow.catalogue import FORMATS
from periderm.model.errors import FormatError
from periderm.model.package_format import PackageFormat

FOLDER = Path(periderm.formats.__path__[0])
GIB = 1 << 30


def modules() -> list[str]:
    """Dotted names of all format files that hold a FORMAT."""
    files = (p for p in sorted(FOLDER.rglob("*.py")) if "\nFORMAT = PackageFormat(" in p.read_text(encoding="utf-8"))
    return [".".join(("periderm.formats", *p.relative_to(FOLDER).with_suffix("").parts)) for p in files]


def test_every_format_has_its_line() -> None:
    """A format without its line reads nothing, and nobody would notice."""
    assert {id(importlib.import_module(name).FORMAT) for name in modules()} <= {id(one) for one in FORMATS}
    assert len(modules()) > 30


def test_identities_are_apart() -> None:
    """Facts are kept by the format's id."""
    ids = [one.id for one in FORMATS]
    assert len(set(ids)) == len(ids)
    assert len({one.title.en for one in FORMATS}) == len(ids)
    assert all(one.title.en and one.title.zh for one in FORMATS)


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.id)
def test_what_it_asks_for_can_be_matched(one: PackageFormat) -> None:
    """Paths and folders are relative to the root, names have no folder, suffixes are the last extension; it asks for
    something, and for no file without bound."""
    assert one.paths or one.names or one.folders or one.suffixes or one.executables
    assert not [p for p in (*one.paths, *one.folders) if p.startswith("/") or p.endswith("/") or ".." in p.split("/")]
    assert not [n for n in one.names if "/" in n or not n]
    assert not [s for s in one.suffixes if not s.startswith(".") or "." in s[1:]]
    assert 0 < one.most <= GIB


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.id)
@pytest.mark.parametrize(
    "data", [b"", b"\0" * 64, b"\xff\xfe\xfd" * 30, b"\x7fELF" + b"\xff" * 90, b"{", b"[[[", b"a: [b\n", b"<"]
)
def test_what_is_not_its_own_is_told_or_empty(one: PackageFormat, data: bytes) -> None:
    """Bytes that are another's give no packages: nothing, or the error that is told."""
    path = next(iter((*one.paths, *one.names, *(f"x{s}" for s in one.suffixes))), "usr/bin/x")
    with contextlib.suppress(FormatError):
        assert one.read(data, path).packages == ()
