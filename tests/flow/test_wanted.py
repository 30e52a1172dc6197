"""Which formats want a file."""

from __future__ import annotations

import pytest

from periderm.flow.catalogue import FORMATS
from periderm.flow.wanted import Wanted, is_program
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text


def one(name: str, **fields: object) -> PackageFormat:
    """A format that reads nothing."""
    return PackageFormat(id=name, title=Text(name, name), read=lambda *_: FileFacts(), **fields)  # type: ignore[arg-type]


def ids(formats: tuple[PackageFormat, ...]) -> list[str]:
    """Their ids."""
    return [f.id for f in formats]


def test_by_path_name_folder_and_suffix() -> None:
    """Each way alone; several formats may want one file, none wants it twice; `accept` has the last word."""
    wanted = Wanted(
        (
            one("path", paths=("var/lib/db",)),
            one("name", names=("lock.json",), suffixes=(".json",)),
            one("folder", folders=("etc/d",)),
            one("suffix", suffixes=(".json",), accept=lambda path: path.startswith("srv/")),
        )
    )
    assert ids(wanted.by_path("var/lib/db")) == ["path"]
    assert ids(wanted.by_path("x/var/lib/db")) == []
    assert ids(wanted.by_path("x/lock.json")) == ["name"]
    assert ids(wanted.by_path("srv/lock.json")) == ["name", "suffix"]
    assert ids(wanted.by_path("etc/d/any")) == ["folder"]
    assert ids(wanted.by_path("etc/d/below/any")) == []
    assert ids(wanted.by_path("x/.wh.lock.json")) == []
    assert wanted.by_path("lock") == wanted.by_path("") == ()


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (b"\x7fELF", True),
        (b"MZ\x90\0", True),
        (b"\xcf\xfa\xed\xfe", True),
        (b"\xca\xfe\xba\xbe", True),
        (b"#!/b", False),
        (b"MY", False),
        (b"", False),
    ],
)
def test_programs_by_their_first_bytes(head: bytes, is_one: bool) -> None:
    """ELF, PE and Mach-O are programs, whatever they are called."""
    assert is_program(head) is is_one
    wanted = Wanted((one("program", executables=True), one("other", names=("x",))))
    assert ids(wanted.by_content(head, "x")) == (["program"] if is_one else [])


def test_the_catalogue_can_be_asked() -> None:
    """Debian's database is wanted, a picture is not; ids are distinct."""
    wanted = Wanted(FORMATS)
    assert "dpkg" in ids(wanted.by_path("var/lib/dpkg/status"))
    assert wanted.by_path("usr/share/pixmaps/x.png") == ()
    assert len({f.id for f in FORMATS}) == len(FORMATS)
