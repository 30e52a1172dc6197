"""Searches the contents of one layer for secrets: texts for all kinds, programs and other binary files for those that
cannot be there by chance. Masks what it finds, counts what was left out.

Depends on nothing but the layer's own bytes, so that what it says can be kept by the layer's digest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from periderm.engines.image.secrets import FoundSecret, Matcher, SecretPattern, mask, severity_of
from periderm.model.image import LayerEntry
from periderm.model.limits import ScanLimits
from periderm.model.severity import Severity

MOST_SECRETS = 10_000
_GENERIC = "assigned-"  # kinds that say nothing more where another kind says what it is
_HEAD = 8192  # as grep(1) and git: a NUL in the beginning means binary
# Tests, manuals and examples that a package of some language or of the distribution brought: what looks like a secret
# there was published with it.
_TESTS = (
    r"(tests?|testing|_?test_?data|test_?certs?|certdata|fixtures?|examples?|docs?|samples?|demo|spec|__tests__|benches"
    r"|idle_test)"
)
_LIBRARIES = (
    r"(usr/(local/)?(lib|lib64|libexec|include|share(?!/nginx/html|/app/))|lib(32|64)?/python[0-9.]+|(site|dist)-packages"
    r"|node_modules|bower_components|gems"
    r"|go/pkg/mod|usr/(local/)?go/src|\.?cargo/registry|vendor|third_party|vendored|google-cloud-sdk)"
)
_SHIPPED = re.compile(
    rf"(^|/){_LIBRARIES}/(.+/)?{_TESTS}/"
    rf"|(^|/){_LIBRARIES}/.+(\.(md|markdown|rst|txt|html?|adoc|map|d\.ts|pod|[1-9]\.gz)|_test\.go|/test_[^/]+\.py|/conftest\.py)$"
    r"|(^|/)share/(doc|man|info|help|gtk-doc|javadoc|perl5?|zsh|vim|bash-completion|applications|locale)/"
    r"|(^|/)usr/local/go/src/|\.(dist|egg)-info/|(^|/)(site|dist)-packages/.+/dummyserver/"
)
# Programs in such folders are other people's; what looks like a password there is how they speak of one.
_THEIRS = re.compile(
    rf"(^|/){_LIBRARIES}/.+\.(py|pyi|pyc|rb|rbs|js|mjs|cjs|ts|tsx|go|rs|c|cc|cpp|h|hpp|pm|pl|php|lua|java|class|tcl|sh|el|vim"
    r"|scm|r|jl|cmake|m4|in)$"
)
# Programs and libraries of the distribution: cryptographic ones test themselves with keys that everybody has.
_SYSTEM = re.compile(r"(usr/(?!local/)|lib(32|64)?/|s?bin/)")


def is_shipped(path: str, binary: bool = False) -> bool:
    """Whether a file is a package's test, example or manual, or a program of the distribution."""
    return _SHIPPED.search(path) is not None or (binary and _SYSTEM.match(path) is not None)


def is_theirs(path: str) -> bool:
    """Whether a file is a program among those of a package."""
    return _THEIRS.search(path) is not None


def printable(path: str) -> str:
    """A path as text that every encoder takes: bytes that are not UTF-8 become \\xNN."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class Searched(msgspec.Struct, frozen=True, array_like=True):
    """What a search found: (secret, its entry's whole path) pairs, and counts of what was left out."""

    secrets: tuple[tuple[FoundSecret, str], ...] = ()
    binaries: int = 0
    large: int = 0
    unconfirmed: int = 0
    beyond: bool = False

    @property
    def whole(self) -> bool:
        """Whether the facts of this layer may be kept: no limit that layers share left anything out, and no name of a file
        is a secret."""
        return not (self.unconfirmed or self.beyond or any(found.place == "name" for found, _ in self.secrets))


class TextSearch:
    """One layer's search; one thread uses it. `layer` is told in what is found."""

    def __init__(self, patterns: Sequence[SecretPattern], limits: ScanLimits, layer: str, confirm: int) -> None:
        self._limits = limits
        self._layer = layer
        self._texts = Matcher(patterns, confirm)
        self._programs = Matcher(tuple(p for p in patterns if p.binary), confirm)
        self._current = self._texts
        self._found: list[tuple[FoundSecret, str]] = []
        self._binaries = 0
        self._large = 0
        self._beyond = False

    def begins(self, entry: LayerEntry, head: bytes) -> bool:
        """Whether a file that begins so is searched for secrets, and from now on this one is; one that is too large is
        not, and counted."""
        if entry.size > self._limits.secret_file:
            self._large += 1
            return False
        binary = b"\0" in head[:_HEAD]
        self._binaries += binary
        self._current = self._programs if binary else self._texts
        return True

    def text(self, entry: LayerEntry, data: bytes, lines: int = 0, *, holder: str = "") -> None:
        """The content of the entry that began last, or a piece of it behind `lines` line ends. `holder` is the archive that
        it lies in."""
        hits = self._current.find(data, entry.path)
        if not hits:
            return
        binary = self._current is self._programs
        shipped = is_shipped(entry.path, binary)
        theirs = shipped or is_theirs(entry.path)
        told = {offset for pattern, offset, _ in hits if not pattern.name.startswith(_GENERIC)}
        for pattern, offset, secret in sorted(hits, key=lambda hit: hit[1]):
            if (theirs and pattern.loose) or (pattern.name.startswith(_GENERIC) and offset in told):
                continue
            if len(self._found) >= MOST_SECRETS:
                self._beyond = True
                return
            found = FoundSecret(
                pattern=pattern.name,
                what=pattern.what,
                place="file",
                location=printable(entry.path),
                line=0 if binary else lines + data.count(b"\n", 0, offset) + 1,
                masked=mask(secret, pattern.show),
                layer=self._layer,
                severity=Severity.LOW if shipped else severity_of(pattern, secret),
                shipped=shipped,
            )
            self._found.append((found, holder or entry.path))

    def names(self, paths: Iterable[str]) -> None:
        """The names of all entries, once: secrets are put into names too. What is told has them masked."""
        told = list(paths)
        data = "\n".join(told).encode("utf-8", "surrogateescape")
        for pattern, offset, secret in self._texts.find(data, ""):
            if pattern.loose or len(self._found) >= MOST_SECRETS:
                continue
            path = told[data.count(b"\n", 0, offset)]
            name = printable(path).replace(secret.decode("ascii", "replace"), mask(secret, pattern.show))
            found = FoundSecret(
                pattern=pattern.name,
                what=pattern.what,
                place="name",
                location=name,
                line=0,
                masked=mask(secret, pattern.show),
                layer=self._layer,
                severity=severity_of(pattern, secret),
            )
            self._found.append((found, path))

    def searched(self) -> Searched:
        """All of it, after the last entry."""
        unconfirmed = self._texts.unconfirmed + self._programs.unconfirmed
        return Searched(tuple(self._found), self._binaries, self._large, unconfirmed, self._beyond)
