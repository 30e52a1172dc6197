"""Promises of the table of licences: every identifier is SPDX's, and the usual spellings lead to it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.licences.ids import EXCEPTIONS, KINDS, Kind, canonical, kind_of


def test_every_identifier_is_on_the_spdx_list() -> None:
    """As another library has the list."""
    from license_expression import get_spdx_licensing

    known = get_spdx_licensing().known_symbols
    assert [name for name in (*KINDS, *EXCEPTIONS) if name not in known] == []
    assert len(KINDS) > 100


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mit", "MIT"),
        ("The MIT License (MIT)", "MIT"),
        ("Expat", "MIT"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("Apache 2", "Apache-2.0"),
        ("Apache Software License", "Apache-2.0"),
        ("BSD", "BSD-3-Clause"),
        ("New BSD License", "BSD-3-Clause"),
        ("BSD License (2-clause)", "BSD-2-Clause"),
        ("GPLv3+", "GPL-3.0-or-later"),
        ("GPL v2 or later", "GPL-2.0-or-later"),
        ("GNU General Public License, version 2", "GPL-2.0-only"),
        ("GPL-2.0", "GPL-2.0-only"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later"),
        ("LGPLv2.1", "LGPL-2.1-only"),
        ("GNU Affero General Public License v3", "AGPL-3.0-only"),
        ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
        ("Eclipse Public License 2.0", "EPL-2.0"),
        ("ISC License (ISCL)", "ISC"),
        ("Zlib/libpng", "Zlib"),
        ("PSF", "PSF-2.0"),
        ("Public Domain", "LicenseRef-public-domain"),
        ("GPL (>= 2)", "GPL-2.0-or-later"),
        ("CDDL+GPL", ""),
        ("My Own License", ""),
        ("MIT OR GPL-2.0", ""),
        ("GPL-9.0", ""),
        ("", ""),
    ],
)
def test_usual_spellings(name: str, told: str) -> None:
    """What package managers and people write; and what names none, or several."""
    assert canonical(name) == told


@pytest.mark.parametrize(
    ("name", "exception", "kind"),
    [
        ("MIT", "", Kind.PERMISSIVE),
        ("mpl-2.0", "", Kind.WEAK),
        ("GPL-2.0-only", "", Kind.STRONG),
        ("GPL-2.0-only", "Classpath-exception-2.0", Kind.WEAK),
        ("GPL-2.0-only", "Linux-syscall-note", Kind.STRONG),
        ("AGPL-3.0-only", "", Kind.NETWORK),
        ("BUSL-1.1", "", Kind.PROPRIETARY),
        ("Nope", "", Kind.UNKNOWN),
        ("LicenseRef-public-domain", "", Kind.PERMISSIVE),
        ("LicenseRef-x", "", Kind.UNKNOWN),
    ],
)
def test_kinds(name: str, exception: str, kind: Kind) -> None:
    """What each asks for; an exception for linking loosens a GPL."""
    assert kind_of(name, exception) is kind


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_name_has_an_answer(name: str) -> None:
    """And what it gives is known itself."""
    found = canonical(name)
    assert found == "" or all(canonical(part) == part for part in found.split(" OR "))
