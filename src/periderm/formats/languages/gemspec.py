"""Installed Ruby gems: `specifications/NAME-VERSION.gemspec` and those of `specifications/default`. Runs no Ruby.

RubyGems writes them itself in one regular form, whose lines are read; a gemspec of another place is a project's source and
is not. Source: guides.rubygems.org, specification reference, and rubygems' own writer.
"""

from __future__ import annotations

import re

from periderm.formats.languages import reading
from periderm.formats.languages.found import Found
from periderm.model.errors import FormatError
from periderm.model.image import Origin
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

_STUB = re.compile(r"^# stub: (\S+) (\S+) (\S+)", re.MULTILINE)
_TEXT = r"\"((?:[^\"\\]|\\.)*)\"(?:\.freeze)?"
_NAME = re.compile(rf"^[ \t]*+\w++\.name\s*=\s*{_TEXT}", re.MULTILINE)
_VERSION = re.compile(rf"^[ \t]*+\w++\.version\s*=\s*(?:Gem::Version\.new\(?\s*)?{_TEXT}", re.MULTILINE)
_LICENCES = re.compile(r"^[ \t]*+\w++\.licen[sc]es?\s*=\s*(\[[^\]\n]*\]|\"[^\"\n]*\")", re.MULTILINE)
_AUTHORS = re.compile(r"^[ \t]*+\w++\.authors\s*=\s*(\[[^\]\n]*\])", re.MULTILINE)
_NEEDS = re.compile(rf"add_(?:runtime_)?dependency\(\s*%?q?<?\s*(?:{_TEXT}|([\w-]+)>)")
_ITEM = re.compile(_TEXT)
_ESCAPE = re.compile(r"\\u(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{4}))|\\(.)")


def accept(path: str) -> bool:
    """Whether it lies where RubyGems keeps what is installed."""
    folders = path.split("/")[:-1]
    return folders[-1:] == ["specifications"] or folders[-2:] == ["specifications", "default"]


def read(data: bytes, path: str) -> FileFacts:
    """One gem. Raises FormatError for a file without a name or a version."""
    found = Found(path, "gem", Origin.INSTALLED)
    text = reading.decoded(data)
    stub = _STUB.search(text[:4096])
    if stub:
        name, version, platform = stub.groups()
    else:
        names, versions = _NAME.search(text), _VERSION.search(text)
        if not names or not versions:
            raise FormatError("it has no name or no version.", where=path)
        name, version, platform = names[1], versions[1], "ruby"
    licences = _LICENCES.search(text)
    authors = _AUTHORS.search(text)
    told = [match[1] for match in _ITEM.finditer(licences[1])] if licences else []
    found.add(
        name,
        version,
        licence=" OR ".join(told),
        vendor=", ".join(_plain(match[1]) for match in _ITEM.finditer(authors[1])) if authors else "",
        qualifiers={"platform": platform} if platform != "ruby" else None,
        dependencies=(match[1] or match[2] for match in _NEEDS.finditer(text)),
    )
    return found.facts()


def _plain(text: str) -> str:
    """A text of Ruby with its escapes undone."""

    def one(match: re.Match[str]) -> str:
        code = int(match[1] or match[2] or "0", 16)
        return match[3] or (chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd")

    return _ESCAPE.sub(one, text)


FORMAT = PackageFormat(
    id="ruby-gem",
    title=Text("Installed Ruby gems", "已安装的 Ruby gem"),
    read=read,
    suffixes=(".gemspec",),
    accept=accept,
    most=4 * MIB,
)
