"""Images whose contents are known exactly, above all those that fool scanners. Written by hand; every expectation is a
fact about the files beside it, not about the scanner."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

Files = Mapping[str, bytes]
DEBIAN = b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
ALPINE = b'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n'


@dataclasses.dataclass(frozen=True)
class Case:
    """Layers of files from the lowest up, and what an exact scanner tells: `present` are package URLs without
    qualifiers, `test` those that are only declared in folders of tests, `owned` those that a distribution's package
    brought, `gone` those that a package manager lists although no file is left."""

    name: str
    why: str
    layers: tuple[Files, ...]
    present: frozenset[str]
    test: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


def stanza(name: str, version: str, *, status: str = "install ok installed", source: str = "") -> bytes:
    """One package of dpkg's status."""
    lines = [f"Package: {name}", f"Status: {status}", "Architecture: amd64", f"Version: {version}"]
    if source:
        lines.append(f"Source: {source}")
    return "\n".join(lines).encode() + b"\n\n"


def archive(members: Files) -> bytes:
    """A zip file: a jar."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return out.getvalue()


def pom(group: str, artifact: str, version: str) -> Files:
    """What Maven puts into a jar."""
    text = f"groupId={group}\nartifactId={artifact}\nversion={version}\n".encode()
    return {f"META-INF/maven/{group}/{artifact}/pom.properties": text}


def document(value: Any) -> bytes:
    """JSON."""
    return json.dumps(value, indent=1).encode()


LOG4J = pom("org.apache.logging.log4j", "log4j-core", "2.14.1")
METADATA = b"Metadata-Version: 2.1\nName: %s\nVersion: %s\nLicense: MIT\n\nText.\nVersion: 9.9\n"
SITE = "usr/local/lib/python3.11/site-packages"
APK = b"""P:busybox
V:1.36.1-r15
A:x86_64
o:busybox
L:GPL-2.0-only
F:bin
R:busybox

P:musl
V:1.2.4_git20230717-r4
A:x86_64

"""
REQUIREMENTS = b"""requests==2.31.0 ; python_version > '3'
flask>=2  # later
-r more.txt
# django==1.0
"""
GEMS = b"""GEM
  remote: https://rubygems.org/
  specs:
    nokogiri (1.13.6-x86_64-linux)
      racc (~> 1.4)
    racc (1.6.0)

PLATFORMS
  x86_64-linux

DEPENDENCIES
  nokogiri
"""
LOCK_1 = {"name": "shop", "version": "1.0.0", "lockfileVersion": 1, "dependencies": {"lodash": {"version": "4.17.20"}}}
LOCK_3 = {
    "name": "shop",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "shop", "version": "1.0.0", "dependencies": {"@babel/core": "^7.0.0"}},
        "node_modules/@babel/core": {"version": "7.23.0"},
        "node_modules/@babel/core/node_modules/semver": {"version": "6.3.0"},
    },
}
GO_MOD = b"""module example.org/shop

go 1.21

require (
\tgithub.com/gin-gonic/gin v1.9.0
\tgolang.org/x/net v0.7.0 // indirect
\tgithub.com/old/thing v1.0.0
)

replace github.com/old/thing => github.com/fork/thing v1.2.3
"""
CARGO = b"""version = 3

[[package]]
name = "shop"
version = "0.1.0"

[[package]]
name = "time"
version = "0.1.43"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "ca8a50ef2360fbd1eeb0ecd46795a87a19024eb4b53c5dc916ca1fd95fe62438"
"""

CASES = (
    Case(
        "dpkg",
        "epochs stay in the version; a package that was removed but not purged is not installed",
        (
            {
                "etc/os-release": DEBIAN,
                "var/lib/dpkg/status": stanza("vim", "2:9.0.1378-2") + stanza("old", "1", status="deinstall ok config-files"),
            },
        ),
        frozenset({"pkg:deb/debian/vim@2:9.0.1378-2"}),
    ),
    Case(
        "distroless",
        "packages without a package manager: one file each in status.d",
        (
            {
                "etc/os-release": DEBIAN,
                "var/lib/dpkg/status.d/base": stanza("base-files", "12.4"),
                "var/lib/dpkg/status.d/base.md5sums": b"d41d8cd98f00b204e9800998ecf8427e  etc/debian_version\n",
                "etc/debian_version": b"12.4\n",
            },
        ),
        frozenset({"pkg:deb/debian/base-files@12.4"}),
    ),
    Case(
        "upgraded in a later layer",
        "only the last state of the database counts",
        (
            {"etc/os-release": DEBIAN, "var/lib/dpkg/status": stanza("openssl", "3.0.9-1") + stanza("bash", "5.2.15-2")},
            {"var/lib/dpkg/status": stanza("openssl", "3.0.11-1~deb12u2") + stanza("bash", "5.2.15-2")},
        ),
        frozenset({"pkg:deb/debian/openssl@3.0.11-1~deb12u2", "pkg:deb/debian/bash@5.2.15-2"}),
    ),
    Case(
        "files deleted behind the package manager",
        "the database still lists it, but nothing of it is there",
        (
            {
                "etc/os-release": DEBIAN,
                "var/lib/dpkg/status": stanza("curl", "7.88.1-10") + stanza("bash", "5.2.15-2"),
                "var/lib/dpkg/info/curl.list": b"/.\n/usr\n/usr/bin\n/usr/bin/curl\n",
                "var/lib/dpkg/info/bash.list": b"/.\n/bin\n/bin/bash\n",
                "usr/bin/curl": b"\x7fELF curl",
                "bin/bash": b"\x7fELF bash",
            },
            {"usr/bin/.wh.curl": b""},
        ),
        frozenset({"pkg:deb/debian/curl@7.88.1-10", "pkg:deb/debian/bash@5.2.15-2"}),
        gone=frozenset({"pkg:deb/debian/curl@7.88.1-10"}),
    ),
    Case(
        "apk",
        "versions with _git and a revision",
        ({"etc/os-release": ALPINE, "lib/apk/db/installed": APK, "bin/busybox": b"\x7fELF busybox"},),
        frozenset({"pkg:apk/alpine/busybox@1.36.1-r15", "pkg:apk/alpine/musl@1.2.4_git20230717-r4"}),
    ),
    Case(
        "python, of the distribution",
        "what dpkg brought is dpkg's: told, but not counted twice",
        (
            {
                "etc/os-release": DEBIAN,
                "var/lib/dpkg/status": stanza("python3-yaml", "6.0-3+b2", source="pyyaml (6.0-3)"),
                "var/lib/dpkg/info/python3-yaml.list": b"/.\n/usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO\n",
                "usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO": METADATA % (b"PyYAML", b"6.0"),
            },
        ),
        frozenset({"pkg:deb/debian/python3-yaml@6.0-3+b2", "pkg:pypi/pyyaml@6.0"}),
        owned=frozenset({"pkg:pypi/pyyaml@6.0"}),
    ),
    Case(
        "python, uninstalled in a later layer",
        "a folder that a whiteout hides is not installed",
        (
            {f"{SITE}/Django-4.2.1.dist-info/METADATA": METADATA % (b"Django", b"4.2.1")},
            {
                f"{SITE}/.wh.Django-4.2.1.dist-info": b"",
                f"{SITE}/Django-4.2.7.dist-info/METADATA": METADATA % (b"Django", b"4.2.7"),
            },
        ),
        frozenset({"pkg:pypi/django@4.2.7"}),
    ),
    Case(
        "python, names",
        "PEP 503: case, dots and underscores do not count; a Version in the description is no version",
        ({f"{SITE}/ruamel.yaml-0.17.21.dist-info/METADATA": METADATA % (b"ruamel.yaml", b"0.17.21")},),
        frozenset({"pkg:pypi/ruamel-yaml@0.17.21"}),
    ),
    Case(
        "python, requirements",
        "only pins have a version; a range and a comment have none",
        ({"app/requirements.txt": REQUIREMENTS},),
        frozenset({"pkg:pypi/requests@2.31.0"}),
    ),
    Case(
        "jar, renamed",
        "the file's name lies; what Maven wrote inside does not",
        ({"opt/app/lib/harmless-1.0.jar": archive(LOG4J)},),
        frozenset({"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"}),
    ),
    Case(
        "jar, shaded",
        "two libraries in one file are both there",
        ({"opt/app/all.jar": archive({**LOG4J, **pom("com.google.guava", "guava", "31.1-jre")})},),
        frozenset({"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "pkg:maven/com.google.guava/guava@31.1-jre"}),
    ),
    Case(
        "jar in a war in an ear",
        "nested archives are opened",
        ({"srv/shop.ear": archive({"shop.war": archive({"WEB-INF/lib/x.jar": archive(LOG4J)})})},),
        frozenset({"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"}),
    ),
    Case(
        "node, installed, with a copy of its own inside",
        "each of two versions of one package; a package.json that belongs to a package's own tests is no package",
        (
            {
                "app/node_modules/a/package.json": document({"name": "a", "version": "1.0.0"}),
                "app/node_modules/a/node_modules/lodash/package.json": document({"name": "lodash", "version": "3.10.1"}),
                "app/node_modules/lodash/package.json": document({"name": "lodash", "version": "4.17.21"}),
                "app/node_modules/@scope/b/package.json": document({"name": "@scope/b", "version": "2.0.0"}),
                "app/node_modules/a/test/fixture/package.json": document({"name": "evil", "version": "6.6.6"}),
            },
        ),
        frozenset({"pkg:npm/a@1.0.0", "pkg:npm/lodash@3.10.1", "pkg:npm/lodash@4.17.21", "pkg:npm/@scope/b@2.0.0"}),
    ),
    Case(
        "node, lock file version 1",
        "the oldest form",
        ({"app/package-lock.json": document(LOCK_1)},),
        frozenset({"pkg:npm/lodash@4.17.20"}),
    ),
    Case(
        "node, lock file version 3",
        "scopes and nested versions; the project itself is no dependency",
        ({"app/package-lock.json": document(LOCK_3)},),
        frozenset({"pkg:npm/@babel/core@7.23.0", "pkg:npm/semver@6.3.0"}),
    ),
    Case(
        "node, lock file among tests",
        "told, and told apart",
        ({"app/tests/fixtures/package-lock.json": document(LOCK_1)},),
        frozenset({"pkg:npm/lodash@4.17.20"}),
        test=frozenset({"pkg:npm/lodash@4.17.20"}),
    ),
    Case(
        "go, a fork",
        "what replaces a module is what is built in",
        ({"src/go.mod": GO_MOD},),
        frozenset(
            {
                "pkg:golang/github.com/gin-gonic/gin@v1.9.0",
                "pkg:golang/golang.org/x/net@v0.7.0",
                "pkg:golang/github.com/fork/thing@v1.2.3",
            }
        ),
    ),
    Case(
        "rust",
        "crates of a registry; the workspace's own crate is no dependency",
        ({"app/Cargo.lock": CARGO},),
        frozenset({"pkg:cargo/time@0.1.43"}),
    ),
    Case(
        "php, installed and locked",
        "the same package of a lock file and of the vendor folder is one",
        (
            {
                "app/composer.lock": document({"packages": [{"name": "twig/twig", "version": "v3.4.2"}], "packages-dev": []}),
                "app/vendor/composer/installed.json": document({"packages": [{"name": "twig/twig", "version": "v3.4.2"}]}),
            },
        ),
        frozenset({"pkg:composer/twig/twig@v3.4.2"}),
    ),
    Case(
        "ruby",
        "a gem and its platform",
        ({"app/Gemfile.lock": GEMS},),
        frozenset({"pkg:gem/nokogiri@1.13.6", "pkg:gem/racc@1.6.0"}),
    ),
    Case(
        "a folder replaced by an opaque one",
        "what lay below is gone",
        (
            {f"app/node_modules/{name}/package.json": document({"name": name, "version": "1.0.0"}) for name in ("a", "b")},
            {
                "app/node_modules/.wh..wh..opq": b"",
                "app/node_modules/c/package.json": document({"name": "c", "version": "1.0.0"}),
            },
        ),
        frozenset({"pkg:npm/c@1.0.0"}),
    ),
    Case(
        "nothing",
        "files that look like package files and are none are said, not guessed",
        ({"app/package-lock.json": b"{", "opt/x.jar": b"PK not a zip", "var/lib/dpkg/info/x.list": b"/x\n"},),
        frozenset(),
    ),
)
