"""Licences of Python packages."""

from __future__ import annotations

import pytest

from periderm.formats.languages.python_licences import licence_of

MIT = "License :: OSI Approved :: MIT License"
APACHE = "License :: OSI Approved :: Apache Software License"
BSD = "License :: OSI Approved :: BSD License"


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"license-expression": ["MIT AND BSD-3-Clause"], "license": ["x"], "classifier": [APACHE]}, "MIT AND BSD-3-Clause"),
        ({"license": ["see below"], "classifier": ["Topic :: X", MIT]}, "MIT"),
        ({"license": ["BSD-3-Clause"], "classifier": [BSD]}, "BSD-3-Clause"),
        ({"license": ["Apache License, Version 2.0"]}, "Apache-2.0"),
        ({"classifier": [MIT, APACHE]}, "Apache-2.0 OR MIT"),
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
