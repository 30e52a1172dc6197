"""Copies that a Python package carries."""

from __future__ import annotations

from periderm.formats.languages.python_vendored import FORMAT, accept
from periderm.model.image import Origin
from tests.formats.languages.samples import VENDOR

PLACE = "usr/lib/python3/site-packages/pip/_vendor/vendor.txt"


def test_copies_are_embedded() -> None:
    """They are there, though nobody installed them: the scope is run time, also in site-packages."""
    told = FORMAT.read(VENDOR.encode(), PLACE).packages
    assert [(p.purl, p.origin, p.scope) for p in told] == [
        ("pkg:pypi/urllib3@1.26.16", Origin.EMBEDDED, ""),
        ("pkg:pypi/rich@13.4.2", Origin.EMBEDDED, ""),
        ("pkg:pypi/typing-extensions@4.7.1", Origin.EMBEDDED, ""),
    ]
    assert not FORMAT.source_only


def test_which_files() -> None:
    """Only in a folder of copies."""
    assert accept(PLACE)
    assert not accept("app/vendor.txt")
