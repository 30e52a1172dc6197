"""Bundler's lock file, Gemfile.lock (also gems.locked). Gems of a PATH section are the project's own and not told.

Bundler does not write groups into it: no scope is told. Source:
github.com/rubygems/rubygems, Bundler::LockfileParser, and a file that Bundler 2.3 wrote. Its CHECKSUMS are not read.
"""

from __future__ import annotations

import re

from periderm.formats.languages import reading
from periderm.formats.languages.found import Found
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text

_SPEC = re.compile(r" {4}(\S+) \(([^()\s]+)\)!?")
_ASKED = re.compile(r" {6}(\S+)(?: \([^()]*\))?!?")


def read(data: bytes, path: str) -> FileFacts:
    """All gems that the lock names."""
    found = Found(path, "gem")
    section = remote = revision = ""
    gem: tuple[str, str] | None = None
    dependencies: list[str] = []
    for line in (*reading.decoded(data).splitlines(), "END"):
        spec = _SPEC.fullmatch(line) if line.startswith("    ") else None
        asked = _ASKED.fullmatch(line) if line.startswith("      ") else None
        if asked:
            dependencies.append(asked[1])
            continue
        if gem:
            _add(found, gem, dependencies, f"git+{remote}@{revision}" if section == "GIT" else "")
            gem = None
        if line and line[0] != " ":
            section = line.strip()
            remote = revision = ""
        elif line.startswith("  remote: "):
            remote = line[10:].strip()
        elif line.startswith("  revision: "):
            revision = line[12:].strip()
        elif spec and section in ("GEM", "GIT", "PLUGIN SOURCE"):
            gem, dependencies = (spec[1], spec[2]), []
    return found.facts()


def _add(found: Found, gem: tuple[str, str], dependencies: list[str], address: str) -> None:
    """A version may have its platform behind a dash: '1.15.4-x86_64-linux'."""
    version, _, platform = gem[1].partition("-")
    found.add(gem[0], version, dependencies=dependencies, qualifiers={"platform": platform, "vcs_url": address})


FORMAT = PackageFormat(
    id="gemfile-lock",
    title=Text("Bundler lock files", "Bundler 锁文件"),
    read=read,
    names=("Gemfile.lock", "gems.locked"),
    source_only=True,
)
