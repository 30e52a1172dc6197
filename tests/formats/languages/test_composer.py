"""Composer's lock file and what it installed."""

from __future__ import annotations

from periderm.formats.languages.composer import FORMAT, accept
from periderm.model.image import Origin
from tests.formats.languages.samples import COMPOSER, INSTALLED, read


def test_the_lock_file() -> None:
    """Names in lower case, versions as they are written, platform requirements left out, metapackages not told."""
    facts = FORMAT.read(COMPOSER.encode(), "app/composer.lock")
    assert read(FORMAT, COMPOSER, "app/composer.lock") == [
        "pkg:composer/symfony/http-kernel@v5.4.0",
        "pkg:composer/acme/forked@dev-main",
        "pkg:composer/phpunit/phpunit@9.6.0 development",
    ]
    assert facts.packages[0].dependencies == ("psr/log",)
    assert [p.licence for p in facts.packages] == ["MIT", "(GPL-2.0-only OR MIT)", ""]
    assert {p.origin for p in facts.packages} == {Origin.DECLARED}


def test_what_is_installed() -> None:
    """Both forms of installed.json: what Composer 2 wrote, and the bare list of Composer 1."""
    path = "app/vendor/composer/installed.json"
    told = FORMAT.read(INSTALLED.encode(), path).packages
    assert [(p.name, p.scope, p.origin) for p in told] == [
        ("psr/log", "", Origin.INSTALLED),
        ("phpunit/phpunit", "development", Origin.INSTALLED),
    ]
    assert read(FORMAT, '[{"name": "a/b", "version": "V1"}]', path) == ["pkg:composer/a/b@V1"]


def test_which_files() -> None:
    """Not every installed.json is Composer's."""
    assert accept("app/vendor/composer/installed.json")
    assert accept("composer.lock")
    assert not accept("app/plugins/installed.json")
