"""Rebar3's lock file."""

from __future__ import annotations

from periderm.formats.languages.rebar_lock import FORMAT
from tests.formats.languages.samples import REBAR, read


def test_packages_of_hex() -> None:
    """By their own names; what comes from git has no version; checksums are no packages."""
    assert read(FORMAT, REBAR, "app/rebar.lock") == ["pkg:hex/cowboy@2.9.0", "pkg:hex/ranch@1.8.0"]


def test_the_oldest_form() -> None:
    """A bare list."""
    assert read(FORMAT, '[{<<"a">>,{pkg,<<"a">>,<<"1.0">>},0}].', "rebar.lock") == ["pkg:hex/a@1.0"]
