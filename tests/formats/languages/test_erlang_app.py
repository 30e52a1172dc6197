"""Installed applications of Erlang and Elixir."""

from __future__ import annotations

import pytest

from periderm.formats.languages.erlang_app import FORMAT, accept
from periderm.model.errors import FormatError
from periderm.model.image import Origin
from tests.formats.languages.samples import ERLANG_APP, only, read

PLACE = "app/lib/phoenix-1.7.10/ebin/phoenix.app"


def test_an_application_of_hex() -> None:
    """Its version, its licences and what it needs."""
    package = only(FORMAT.read(ERLANG_APP.encode(), PLACE))
    assert (package.purl, package.licence, package.origin) == ("pkg:hex/phoenix@1.7.10", "MIT", Origin.INSTALLED)
    assert package.dependencies == ("kernel", "stdlib", "plug")


def test_other_names() -> None:
    """A package of Hex may hold an application of another name; the runtime's own are of OTP."""
    renamed = '{application,\'h1\',[{vsn,"0.2.0"},{pkg_name,"erlang_h1"}]}.'
    assert read(FORMAT, renamed, PLACE) == ["pkg:hex/erlang_h1@0.2.0"]
    assert read(FORMAT, '{application, ssl,\n [{description, "x"},\n {vsn, "11.0.3"}]}.', PLACE) == ["pkg:otp/ssl@11.0.3"]


def test_damage_and_places() -> None:
    """A version that is computed is none; macOS' bundles are no applications of this kind."""
    for text in ("", "{application, x, [{vsn, git}]}."):
        with pytest.raises(FormatError):
            FORMAT.read(text.encode(), PLACE)
    assert accept(PLACE)
    assert not accept("Applications/Thing.app")
