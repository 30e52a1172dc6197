"""Composer's lock file and what it installed."""

from __future__ import annotations

import json

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


def test_as_composer_writes_it() -> None:
    """Names keep their case where packages are listed and lose it in the list of those for development; what the platform
    brings has no vendor, and a vendor that is called like it is one all the same."""
    told = {
        "packages": [
            {"name": "Acme/Dev", "version": "dev-main", "version_normalized": "dev-main", "install-path": "../Acme/Dev"},
            {
                "name": "acme/lib",
                "version": "v1.2.0",
                "version_normalized": "1.2.0.0",
                "require": {
                    "php": ">=7",
                    "ext-json": "*",
                    "lib-pcre": "*",
                    "composer-plugin-api": "^2",
                    "composer/semver": "^3",
                },
                "license": ["MIT", "GPL-2.0-only"],
            },
        ],
        "dev": True,
        "dev-package-names": ["acme/dev"],
    }
    found = FORMAT.read(json.dumps(told).encode(), "vendor/composer/installed.json").packages
    assert [(p.purl, p.scope) for p in found] == [
        ("pkg:composer/acme/dev@dev-main", "development"),
        ("pkg:composer/acme/lib@v1.2.0", ""),
    ]
    assert found[1].dependencies == ("composer/semver",)
    assert found[1].licence == "(MIT OR GPL-2.0-only)"


def test_which_files() -> None:
    """Not every installed.json is Composer's."""
    assert accept("app/vendor/composer/installed.json")
    assert accept("composer.lock")
    assert not accept("app/plugins/installed.json")
