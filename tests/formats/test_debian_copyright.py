"""Licences of Debian's packages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.debian_copyright import FORMAT, expression, identifier, licences, read

DEP5 = b"""Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: x

Files: *
Copyright: 2020 A
License: GPL-2+ or Artistic

Files: lib/*
Copyright: 2020 B
License: Expat
 Permission is hereby granted

License: GPL-2+
 On Debian systems see /usr/share/common-licenses/GPL-2

License: Artistic
 text
"""
OLD = b"""This package was debianized by A.

    This program is free software; you can redistribute it and/or modify
    it under the terms of the GNU General Public License as published by
    the Free Software Foundation; either version 2 of the License, or
    (at your option) any later version.

On Debian systems, the complete text can be found in
`/usr/share/common-licenses/GPL-2'. The library is under
/usr/share/common-licenses/Apache-2.0.
"""


def test_machine_readable() -> None:
    """The licences of the `Files` paragraphs; those that only give a text are not one more condition."""
    assert licences(DEP5) == ["GPL-2.0-or-later OR Artistic-1.0-Perl", "MIT"]
    (told,) = read(DEP5, "usr/share/doc/x/copyright").licensed
    assert (told.owner, told.licence) == ("deb:x", "(GPL-2.0-or-later OR Artistic-1.0-Perl) AND MIT")


def test_references_to_the_common_licences() -> None:
    """A file in prose: by what it refers to, with 'any later version' where that is said before."""
    assert licences(OLD) == ["GPL-2.0-or-later", "Apache-2.0"]
    assert licences(b"see /usr/share/common-licenses/GPL-3.") == ["GPL-3.0-only"]
    assert licences(b"see /usr/share/common-licenses/GPL") == ["GPL-1.0-or-later"]


def test_quoted_texts() -> None:
    """A file that only quotes a licence, with the lines broken anywhere."""
    assert licences(b"Permission is hereby granted,\n  free of charge, to any person\nobtaining a copy") == ["MIT"]
    lesser = b"the GNU Lesser General Public\nLicense, version 2.1 (or, at your option, any later version); see"
    assert licences(lesser + b" the GNU General Public License version 3.") == ["LGPL-2.1-or-later", "GPL-3.0-only"]
    assert licences(b"at\n  http://www.apache.org/licenses/LICENSE-2.0\n") == ["Apache-2.0"]
    assert licences(b"nothing of the kind") == []
    assert not read(b"nothing of the kind", "usr/share/doc/x/copyright")


@pytest.mark.parametrize(
    ("name", "spdx"),
    [
        ("GPL-2", "GPL-2.0-only"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("LGPLv2.1+", "LGPL-2.1-or-later"),
        ("AGPL-3", "AGPL-3.0-only"),
        ("GFDL-1.3", "GFDL-1.3-only"),
        ("Expat", "MIT"),
        ("BSD-3-clause", "BSD-3-Clause"),
        ("GPL-3+ with Bison exception", "GPL-3.0-or-later WITH Bison-exception-2.2"),
        ("GPL-2+ with OpenSSL exception", "GPL-2.0-or-later"),
        ("public-domain", "LicenseRef-public-domain"),
        ("Foo & Bar's", "LicenseRef-Foo-Bar-s"),
        ("Permission to use and copy it as you", ""),
        ("", ""),
    ],
)
def test_short_names(name: str, spdx: str) -> None:
    """Debian's short names are SPDX identifiers, or a reference that says what was written."""
    assert identifier(name) == spdx


def test_synopses() -> None:
    """`and` binds closer than `or`; a comma separates what belongs together."""
    assert expression("GPL-2+ or Artistic, and BSD-3-clause") == "(GPL-2.0-or-later OR Artistic-1.0-Perl) AND BSD-3-Clause"
    assert expression("MPL-1.1 or GPL-2+ and Expat") == "MPL-1.1 OR GPL-2.0-or-later AND MIT"
    assert expression("x" * 300) == ""
    assert expression("or") == expression(", ,") == ""


def test_which_files_are_read() -> None:
    """Only those of packages."""
    assert FORMAT.accept is not None
    assert FORMAT.accept("usr/share/doc/bash/copyright")
    assert not FORMAT.accept("srv/copyright")
    assert not FORMAT.accept("usr/share/doc/bash/examples/copyright")


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=150)
def test_any_bytes(data: bytes, machine: bool) -> None:
    """No bytes do anything but give licences or none."""
    for one in licences((b"Format: x\n\nFiles: *\nLicense: " if machine else b"") + data):
        assert one.strip() == one


def test_what_this_machine_has_is_valid() -> None:
    """Every expression of every package of this Debian machine is one that SPDX's own grammar takes."""
    files = sorted(Path("/usr/share/doc").glob("*/copyright"))[:150]
    if not files:
        pytest.skip("needs a Debian machine")
    spdx = pytest.importorskip("license_expression").get_spdx_licensing()
    for file in files:
        for told in read(file.read_bytes(), str(file)[1:]).licensed:
            bad = [s for s in spdx.validate(told.licence).invalid_symbols if not s.startswith("LicenseRef-")]
            assert bad == [], file
            spdx.parse(told.licence)
