"""Licences of Python packages."""

from __future__ import annotations

import pytest

from periderm.formats.languages.python_licences import licence_of

MIT = "License :: OSI Approved :: MIT License"
APACHE = "License :: OSI Approved :: Apache Software License"
GNU = "License :: OSI Approved :: GNU General Public License"
BSD = "License :: OSI Approved :: BSD License"


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"license-expression": ["MIT AND BSD-3-Clause"], "license": ["x"], "classifier": [APACHE]}, "MIT AND BSD-3-Clause"),
        ({"license": ["see below"], "classifier": ["Topic :: X", MIT]}, "MIT"),
        ({"license": ["BSD-3-Clause"], "classifier": [BSD]}, "BSD-3-Clause"),
        ({"license": ["Apache License, Version 2.0"]}, "Apache-2.0"),
        ({"classifier": [MIT, APACHE]}, "MIT License; Apache Software License"),
        ({"classifier": [MIT, MIT, "License :: OSI Approved"]}, "MIT"),
        ({"classifier": [APACHE]}, "Apache Software License"),
        ({"classifier": [APACHE], "license": ["Apache 2.0"]}, "Apache-2.0"),
        ({"classifier": [f"{GNU} v2 (GPLv2)"]}, "GNU General Public License v2 (GPLv2)"),
        ({"classifier": [f"{GNU} v2 or later (GPLv2+)"]}, "GPL-2.0-or-later"),
        ({"license": ["GPLv3"]}, "GPLv3"),
        ({"classifier": [APACHE], "license": ["see LICENSE"]}, "Apache Software License"),
        ({"classifier": [f"{GNU} v3 (GPLv3)"], "license": ["GPL-3.0-only"]}, "GPL-3.0-only"),
        ({"classifier": ["License :: Other/Proprietary License"], "license": ["Ours"]}, "Ours"),
        ({"license": ["GPLv3+"]}, "GPL-3.0-or-later"),
        ({"classifier": [BSD]}, "BSD License"),
        ({"license": ["UNKNOWN"]}, ""),
        ({"license": ["Custom Licence 1\nwith a long text"]}, "Custom Licence 1"),
        ({"classifier": ["License :: OSI Approved"]}, ""),
        ({}, ""),
    ],
)
def test_which_of_the_four_places(fields: dict[str, list[str]], licence: str) -> None:
    """The expression first, then what is exact; what is not exact stays in its own words."""
    assert licence_of(fields) == licence
