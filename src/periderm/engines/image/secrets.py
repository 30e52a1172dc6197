"""Finds secrets in texts: one Hyperscan pass for all patterns, then `re`, entropy or checksum around each hit.

Keeps only masked forms. Does not ask any service whether a secret is still valid. How patterns are written is in `kinds`.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec

from periderm.model.severity import Severity
from periderm.model.text import Text

MOST_PER_FILE = 20
BEFORE = 1024  # bytes before a quick match in which an exact one may begin: more than any quick form is wide
MOST_FILED = 8 << 20  # of a file that is searched without a quick form
BEHIND = 6144  # and behind it: longer than any secret that is matched whole
_PLACEHOLDER = re.compile(
    rb"(?i)example|change_?me|placeholder|your[_-]|redacted|dummy|xxxx|\*\*\*|0123456789|1234567890|abcdefgh|"
    rb"<[^>]*>|\$\{|\$\(|\{\{|%\("
)


def _nothing() -> tuple[bytes, ...]:
    return ()


class SecretPattern(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of secret. `quick` is for Hyperscan and must match wherever `exact` (for `re`) matches; the group `secret`
    of `exact` is the secret itself. Instead of `quick` a kind may have `files`, also for Hyperscan: only files at such
    paths are searched, with `exact` at once. `check` sees the secret, `context` the whole content with the secret's begin
    and end. `entropy` is in bits a character, behind the first `skip` characters. `paths` says of a path whether the
    pattern counts there: then it counts in files only. `severity` replaces the detector's, and what `grade` says of the
    secret both. `binary`: also looked for in programs and other binary files. `loose`: its shape alone proves little, so
    that tests and documentation inside packages are passed over. An exact match begins at most `before` bytes in front of
    the quick one's end and ends at most `behind` bytes after it.

    `examples` and `alike` make, at run time, texts that must and must not fire, in a file at `place`; `source` says where
    its form is described."""

    name: str
    what: Text
    quick: bytes = b""
    files: bytes = b""
    exact: bytes
    check: Callable[[bytes], bool] | None = None
    context: Callable[[bytes, int, int], bool] | None = None
    entropy: float = 0.0
    skip: int = 0
    paths: Callable[[str], object] | None = None
    severity: Severity | None = None
    grade: Callable[[bytes], Severity | None] | None = None
    show: int = 4
    binary: bool = False
    loose: bool = False
    before: int = BEFORE
    behind: int = BEHIND
    examples: Callable[[], tuple[bytes, ...]] = _nothing
    alike: Callable[[], tuple[bytes, ...]] = _nothing
    place: str = "srv/app/notes.txt"
    source: str = ""


class FoundSecret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret, masked. `place` is 'file', 'env', 'history', 'label', 'command' or 'name'; `gone` that a later layer hides
    the file, `shipped` that it lies in tests or documentation which a package brought, `binary` in a binary file (then
    `line` is 0), `encoded` that it was found inside a base64 value."""

    pattern: str
    what: Text
    place: str
    location: str
    line: int
    masked: str
    layer: str = ""
    gone: bool = False
    severity: Severity | None = None
    shipped: bool = False
    encoded: bool = False


def entropy(data: bytes) -> float:
    """Shannon entropy in bits a byte; random base64 of 40 characters has about 4.7, English words about 3."""
    if not data:
        return 0.0
    return -sum(n / len(data) * math.log2(n / len(data)) for n in Counter(data).values())


def mask(secret: bytes, show: int = 4) -> str:
    """The first characters, if enough stay hidden, and the length."""
    head = secret[: show if len(secret) >= 4 * show else 0]
    text = "".join(chr(c) if 32 <= c < 127 else "·" for c in head)
    return f"{text}… ({len(secret)} characters)"


@functools.lru_cache(1024)
def expression(exact: bytes) -> re.Pattern[bytes]:
    """An exact form, compiled when it is first needed: most kinds are in no image, and all together take a quarter of a
    second."""
    return re.compile(exact)


class Matcher:
    """All patterns compiled together. `confirm_left` bytes may still be searched again; at 0 hits count as unread. One
    thread uses it: Hyperscan's working memory is its own, so that several matchers search at the same time."""

    def __init__(self, patterns: Sequence[SecretPattern], confirm: int = 1 << 30) -> None:
        self._quick: dict[bytes, list[SecretPattern]] = {}  # kinds that share a quick form
        for pattern in patterns:
            if pattern.quick:
                self._quick.setdefault(pattern.quick, []).append(pattern)
        self._kinds = tuple(self._quick.values())
        self._reach = tuple((max(p.before for p in kinds), max(p.behind for p in kinds)) for kinds in self._kinds)
        self._filed = tuple(p for p in patterns if not p.quick)
        self.confirm_left = confirm
        self.unconfirmed = 0
        self._scan: Callable[[bytes, Callable[[int, int, int, int, object], None]], None] | None = None
        self._scan_path: Callable[[bytes, Callable[[int, int, int, int, object], None]], None] | None = None

    def find(self, data: bytes, path: str) -> list[tuple[SecretPattern, int, bytes]]:
        """(pattern, offset, secret) of each confirmed hit; `path` is for patterns that look only into some files."""
        found: list[tuple[SecretPattern, int, bytes]] = []
        if self._quick:
            for number, windows in self._windows(data).items():
                for pattern in self._kinds[number]:
                    if pattern.paths is None or pattern.paths(path):
                        found.extend(self._confirm(pattern, data, windows))
        if self._filed:
            for number in self._named(path):
                found.extend(self._confirm(self._filed[number], data, (0, min(len(data), MOST_FILED))))
        return found

    def _windows(self, data: bytes) -> dict[int, list[int]]:
        """For each quick form's number the windows (begin, end, begin…) around its quick matches, apart from each other."""
        if self._scan is None:
            # Loaded here, so that whoever searches for no secret does not pay for Hyperscan.
            from periderm.engines.image import database

            self._scan = database.scanner(tuple(self._quick))
        windows: dict[int, list[int]] = {}
        reach = self._reach

        def hit(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            before, behind = reach[number]
            own = windows.get(number)
            if own is None:
                windows[number] = [end - before, end + behind]
            elif end - before <= own[-1]:
                own[-1] = end + behind
            else:
                own += (end - before, end + behind)

        self._scan(data, hit)
        return windows

    def _named(self, path: str) -> list[int]:
        """The numbers of those kinds that are looked for in a file at this path."""
        if self._scan_path is None:
            from periderm.engines.image import database

            self._scan_path = database.scanner(tuple(p.files for p in self._filed))
        numbers: dict[int, None] = {}
        self._scan_path(
            path.encode("utf-8", "surrogateescape"), lambda number, _start, _end, _flags, _context: numbers.setdefault(number)
        )
        return list(numbers)

    def _confirm(
        self, pattern: SecretPattern, data: bytes, windows: Sequence[int]
    ) -> Iterator[tuple[SecretPattern, int, bytes]]:
        """The exact matches, in the windows only: what is searched twice stays in proportion to what was found."""
        exact, count = expression(pattern.exact), 0
        for begin, end in zip(windows[::2], windows[1::2], strict=True):
            begin, end = max(0, begin), min(len(data), end)  # noqa: PLW2901 -- clipped to what there is
            if self.confirm_left < end - begin:
                self.unconfirmed += 1
                return
            self.confirm_left -= end - begin
            for match in exact.finditer(data, begin, end):
                secret = match["secret"]
                if not believed(pattern, secret):
                    continue
                if pattern.context is not None and not pattern.context(data, match.start("secret"), match.end("secret")):
                    continue
                yield pattern, match.start("secret"), secret
                count += 1
                if count >= MOST_PER_FILE:
                    return


def severity_of(pattern: SecretPattern, secret: bytes) -> Severity | None:
    """How bad it is, None if the detector's own severity holds."""
    graded = pattern.grade(secret) if pattern.grade is not None else None
    return pattern.severity if graded is None else graded


def believed(pattern: SecretPattern, secret: bytes) -> bool:
    """Whether it is a secret and not a place to be filled in: not a known filler, enough different letters, its checksum."""
    if len(set(secret)) < min(5, len(secret)) or _PLACEHOLDER.search(secret):
        return False
    if pattern.entropy and entropy(secret[pattern.skip :]) < pattern.entropy:
        return False
    return pattern.check is None or pattern.check(secret)
