"""Installed Ruby gems."""

from __future__ import annotations

import pytest

from periderm.formats.languages.gemspec import FORMAT, accept
from periderm.model.errors import FormatError
from periderm.model.image import Origin
from tests.formats.languages.samples import GEMSPEC, only

PLACE = "usr/lib/ruby/gems/3.1.0/specifications/nokogiri-1.15.4.gemspec"


def test_a_gem() -> None:
    """Name, version and platform, licences, authors with their accents, and what it needs to run."""
    gem = only(FORMAT.read(GEMSPEC.encode(), PLACE))
    assert gem.purl == "pkg:gem/nokogiri@1.15.4?platform=x86_64-linux"
    assert (gem.licence, gem.vendor, gem.origin) == ("MIT OR Ruby", "Mike Å, Aaron", Origin.INSTALLED)
    assert gem.dependencies == ("racc",)


def test_without_the_stub() -> None:
    """Old RubyGems wrote no stub line."""
    old = (
        'Gem::Specification.new do |s|\n  s.name = %q{rake}\n  s.name = "rake"\n  s.version = Gem::Version.new("0.9.2")\nend\n'
    )
    assert only(FORMAT.read(old.encode(), PLACE)).purl == "pkg:gem/rake@0.9.2"


def test_damage() -> None:
    """A gemspec that computes its version is not run."""
    with pytest.raises(FormatError):
        FORMAT.read(b"Gem::Specification.new { |s| s.name = name; s.version = `id` }", PLACE)


def test_which_files() -> None:
    """Where RubyGems keeps them, and not a project's own."""
    assert accept(PLACE)
    assert accept("usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec")
    assert not accept("app/demo.gemspec")
    assert not accept("usr/lib/ruby/gems/3.1.0/gems/rake-1/rake.gemspec")
