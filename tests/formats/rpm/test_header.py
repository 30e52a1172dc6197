"""The header blob of an RPM package."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.rpm.header import MOST_ENTRIES, facts, module_of, package, parse, source_of
from periderm.model.errors import FormatError, LimitError
from tests.rpms import INT32, STRING, STRINGS, blob, header, headers

FILES = [("/usr/bin/", "bash"), ("/etc/", "profile"), ("/usr/bin/", "sh"), ("/", "top")]


def test_what_a_header_tells() -> None:
    """Name, version with epoch, architecture, source package, licence, vendor, module and files."""
    content = header(
        FILES,
        epoch=2,
        modularity="nodejs:18:8080020221213:ac42d3bd",
        source="shell-5.1.8-6.el9.src.rpm",
        licence="GPLv3+",
        vendor="Red Hat, Inc.",
    )
    one = package(parse(content), "db")
    assert (one.name, one.version, one.architecture, one.type, one.purl) == ("bash", "2:5.1.8-6.el9", "x86_64", "rpm", "")
    assert (one.source, one.source_version) == ("shell", "2:5.1.8-6.el9")
    assert (one.licence, one.vendor, one.module, one.path) == ("GPLv3+", "Red Hat, Inc.", "nodejs:18", "db")
    assert parse(content).files == ("usr/bin/bash", "etc/profile", "usr/bin/sh", "top")


def test_an_epoch_of_nothing_is_not_told() -> None:
    """rpm writes '0:' for some and nothing for others; both are the same version."""
    assert package(parse(header(epoch=0)), "").version == package(parse(header()), "").version == "5.1.8-6.el9"


@given(headers())
@settings(max_examples=60)
def test_what_is_written_is_read(one: tuple[str, str, tuple[str, ...], bytes]) -> None:
    """Any name, version, epoch and files."""
    name, version, files, content = one
    read = package(parse(content), "")
    assert (read.name, read.version, parse(content).files) == (name, version, files)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        struct.pack(">II", 1, 0),
        struct.pack(">II", 0, 100),
        blob([(1000, STRING, "x")]),
        blob([(1000, INT32, [1]), (1001, STRING, "1")]),
        blob([(1000, STRING, "x"), (1001, STRING, "1")])[:-1] + b"x",
        blob([(1000, STRING, "x"), (1001, STRING, "1"), (1117, STRINGS, ["f"]), (1118, STRINGS, ["/"]), (1116, INT32, [9])]),
        struct.pack(">IIIIIII", 1, 4, 1000, 6, 0xFFFFFFF0, 1, 0),
        struct.pack(">IIIIIII", 1, 4, 1117, 8, 0, 0xFFFFFFFF, 0),
    ],
)
def test_damage(content: bytes) -> None:
    """Counts, offsets and indexes that lead outside are damage."""
    with pytest.raises(FormatError):
        parse(content)


def test_absurd_counts_are_refused_before_anything_is_made() -> None:
    """A count of entries above rpm's own limit; folder names that would multiply to more than a header can mean."""
    with pytest.raises(LimitError):
        parse(struct.pack(">II", MOST_ENTRIES + 1, 0) + b"\0" * 100)
    names, long = 60_000, "/" + "d" * 50_000 + "/"
    entries = [(1000, STRING, "x"), (1001, STRING, "1"), (1116, INT32, [0] * names), (1118, STRINGS, [long])]
    with pytest.raises(LimitError, match="too long"):
        parse(blob([*entries, (1117, STRINGS, ["f"] * names)]))


@given(st.binary(max_size=200), st.integers(0, 3))
@settings(max_examples=150)
def test_any_bytes(data: bytes, entries: int) -> None:
    """No bytes do anything but parse or raise FormatError."""
    with contextlib.suppress(FormatError):
        parse(data)
    with contextlib.suppress(FormatError):
        parse(struct.pack(">II", entries, max(0, len(data) - 16 * entries)) + data)


def test_one_damaged_header_hides_no_other() -> None:
    """It is told, and the others are read; a database of nothing but damage is an error."""
    told = facts(iter([header(FILES), b"broken", header(name="zlib")]), "db")
    assert [p.name for p in told.packages] == ["bash", "zlib"]
    assert len(told.missed) == 1
    assert told.missed[0].en.startswith("db: ")
    assert told.owned[0].owner == "rpm:bash"
    many = facts(iter([header(), *[b""] * 10]), "db")
    assert len(many.missed) == 4
    with pytest.raises(FormatError):
        facts(iter([b"broken"]), "db")
    assert facts(iter([]), "db").packages == ()


def test_what_came_before_the_damage_of_a_page_stays() -> None:
    """A database that is cut off in the middle still tells what it told until then."""

    def torn() -> object:
        yield header()
        raise FormatError("torn")

    told = facts(torn(), "db")  # type: ignore[arg-type]  # a generator of bytes that ends in an error
    assert [p.name for p in told.packages] == ["bash"]
    assert "torn" in told.missed[0].en


def test_two_of_one_name_stay_two() -> None:
    """kernel and multilib packages are installed side by side."""
    told = facts(
        iter([header(name="kernel", release="1"), header(name="kernel", release="2"), header(architecture="i686")]), ""
    )
    assert len(told.packages) == 3


def test_names_of_sources_and_modules() -> None:
    """Taken apart from behind, since names hold hyphens."""
    assert source_of("java-11-openjdk-11.0.1-2.el9.src.rpm") == ("java-11-openjdk", "11.0.1-2.el9")
    assert source_of("(none)") == ("", "")
    assert module_of("nodejs:18:1:2") == "nodejs:18"
    assert module_of("") == ""
