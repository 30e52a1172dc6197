"""Paths without what changes in them from one time to the next, and patterns of them. Knows no workload and reads no file.

In a pattern `*` stands for any part of one segment, and a last segment `**` for everything below. `generalise` is idempotent,
so that what it makes may be compared as text. All patterns take linear time.
"""

from __future__ import annotations

import functools
import ipaddress
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable

MOST_CHARACTERS = 1024  # of a path that is looked at; longer ones are cut, as no honest one is
MANY_SIBLINGS = 12
MOST_EXAMPLES = 3

_UUID = re.compile(r"(?i)(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{8,}|[0-9A-F]{8,})(?![0-9A-Za-z])")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d(?:[-_.T]?[0-2]\d[-_.:]?[0-5]\d(?:[-_.:]?[0-5]\d)?)?Z?(?!\d)")
_VERSION = re.compile(r"(?<![\d.])\d+(?:\.\d+)+(?:[-+~][\w.]{1,12})?(?![\d])")
_SONAME = re.compile(r"\.so(?:\.\d+)+$")
_LONG_NUMBER = re.compile(r"(?<![A-Za-z\d])\d{4,}(?![A-Za-z\d])|\d{6,}")
_ANY_NUMBER = re.compile(r"\d+")
_PART = re.compile(r"[._-]")
_LEAST_MADE_UP, _LEAST_HEX = 6, 8  # letters: no made-up part, no hexadecimal number and no date is shorter
_TMP = re.compile(r"(?:(?<=^tmp)|(?<=^tmp[._-])|(?<=^temp[._-]))[A-Za-z0-9_]{6,12}$")
_TAIL = re.compile(r"[A-Za-z0-9]{6}$")
_SUFFIX = re.compile(r"(?<=\.)[A-Za-z0-9]{6,12}$")
_RANDOM = re.compile(r"[a-z0-9_]{8}")
_PARTED = re.compile(r"(?<=[._-])[A-Za-z0-9]{6,}(?=[._-]|$)")
_WHOLE = re.compile(r"[A-Za-z0-9_-]{16,}$")
_LOCALE = re.compile(r"(/usr/(?:share|lib|local/share)/locale)/[^/]+")
_ZONE = re.compile(r"(/usr/share/zoneinfo)/.+", re.DOTALL)
_OBJECTS = re.compile(r"(/objects)/[0-9a-f]{2}(?=/|$)")
_CACHED = re.compile(r"(\.cpython-|\.pyc\.|\.opt-)\d+")
_STARS = re.compile(r"\*(?:[*.,:_+~-]?\*)+")
_TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/", "/run/", "/var/run/", "/var/lib/php/sessions/")  # noqa: S108 -- compared only
_CHANGING = ("/proc/", "/sys/", "/var/", "/dev/pts/", "/dev/char/", "/dev/block/", *_TEMPORARY)
# Folders whose files each mean something of their own: many siblings there are no reason to allow the next one.
_PRECIOUS = re.compile(
    r"/?|/(?:bin|sbin|lib\w*|boot|dev|etc|home|media|mnt|opt|proc|root|run|srv|sys|tmp|usr|var)"
    r"|/usr/(?:local/)?(?:bin|sbin|lib\w*|libexec|share|local)|/etc/.*|/(?:root|home/[^/]+)(?:/\.ssh|/\.config.*|/bin|/\.local.*)?"
    r"|/var/(?:spool/cron.*|tmp|lib|run|log|www)|/dev/shm|/boot/.*|/(?:usr/)?lib/(?:systemd|modules|security|udev)/?.*"
    r"|/proc/sys.*|/sys/kernel.*|/usr/lib/[^/]*-linux-gnu\w*|/opt/[^/]+/s?bin"
)


def generalise(path: str) -> str:
    """The path with `*` for process ids, counters, dates, versions, hexadecimal names, UUIDs, made-up temporary names, and
    locales. Idempotent. What is no path is treated as one segment."""
    return _generalise(path[:MOST_CHARACTERS])


@functools.lru_cache(maxsize=16384)
def _generalise(path: str) -> str:
    if "/zoneinfo/" in path:
        path = _ZONE.sub(r"\1/**", path)
    if "/locale/" in path:
        path = _LOCALE.sub(r"\1/*", path)
    if "/objects/" in path:
        path = _OBJECTS.sub(r"\1/*", path)
    cut = path.rfind("/") + 1
    folder, changing, temporary = _folder(path[:cut])
    name = path[cut:]
    return folder + (_segment(name, changing, temporary) if name not in ("", "**") else name)


@functools.lru_cache(maxsize=16384)
def _folder(path: str) -> tuple[str, bool, bool]:
    """The folder with its last slash, and what its names are like: most new names are in a folder that was met before."""
    temporary = path.startswith(_TEMPORARY)
    changing = temporary or path.startswith(_CHANGING)
    segments = path.split("/")
    general = (_segment(segment, changing, temporary) if segment not in ("", "**") else segment for segment in segments)
    return "/".join(general), changing, temporary


@functools.lru_cache(maxsize=16384)
def _segment(text: str, changing: bool, temporary: bool) -> str:
    if text.isalpha() and not temporary:  # most are
        return text
    if text.isdecimal():
        return "*"
    before = ""
    while text not in (before, "*"):  # each round only takes letters away, and two are enough but for hostile names
        before, text = text, _once(text, changing, temporary)
    return text


def _once(text: str, changing: bool, temporary: bool) -> str:
    """Each expression is tried only where it can match at all: a new name in each row must not cost the agent its rows."""
    if text.count("-") > 3:
        text = _UUID.sub("*", text)
    if _ANY_NUMBER.search(text):
        text = _numbered(text)
    if text.startswith(("tmp", "temp")):
        text = _TMP.sub(lambda found: "*" if temporary or _made_up(found[0]) else found[0], text)
    if len(text) > _LEAST_MADE_UP and _PART.search(text):
        text = _PARTED.sub(lambda found: "*" if _made_up(found[0]) else found[0], text)
        text = _SUFFIX.sub(lambda found: "*" if _unlike_words(found[0]) and not found[0].isupper() else found[0], text)
    if temporary and _RANDOM.fullmatch(text) and sum(c.isdigit() for c in text) > 1:
        return "*"
    if temporary and "*" not in text:
        text = _TAIL.sub(lambda found: "*" if _mixed(found[0]) else found[0], text)
    if _WHOLE.fullmatch(text) and _made_up(text):
        text = "*"
    text = (_ANY_NUMBER if changing or text.isdigit() else _LONG_NUMBER).sub("*", text)
    return _STARS.sub("*", text) if text.count("*") > 1 else text


def _numbered(text: str) -> str:
    """All these need a digit."""
    if len(text) >= _LEAST_HEX:
        text = _DATE.sub("*", text)
    if ".so." in text:
        text = _SONAME.sub(".so.*", text)
    if ".cpython-" in text or ".pyc." in text or ".opt-" in text:
        text = _CACHED.sub(r"\1*", text)
    if len(text) >= _LEAST_HEX:
        text = _HEX.sub(lambda found: "*" if any(c.isdigit() for c in found[0]) else found[0], text)
    return _VERSION.sub("*", text) if "." in text else text


def _mixed(text: str) -> bool:
    """As mkstemp makes them: letters together with digits, or small ones together with great ones inside."""
    digits = any(c.isdigit() for c in text)
    upper = any(c.isupper() for c in text[1:])
    return digits or (upper and not text.isupper())


def _made_up(text: str) -> bool:
    """Nobody chose this name: it changes often between small letters, great letters and digits."""
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" for c in text if c.isalnum()]
    changes = sum(1 for a, b in itertools.pairwise(kinds) if a != b)
    if len(kinds) < 6:
        return False
    camel = sum(1 for a, b in itertools.pairwise(kinds) if (a, b) in (("l", "u"), ("u", "l")))
    if "d" not in kinds:
        return changes >= 4 and camel == changes and _unlike_words(text)
    return changes >= max(3, len(kinds) // 4)


def _unlike_words(text: str) -> bool:
    """Great letters stand where no word begins: `xKqPzR` and not `MakeFileList`."""
    singles = len(re.findall(r"(?<![a-z])[a-z](?![a-z])|[A-Z](?=[A-Z])", text))
    return singles >= 2


def matches(pattern: str, value: str) -> bool:
    """Whether the value is one of those that the pattern stands for. A last word that is a CIDR block stands for its
    addresses."""
    if pattern in (value, "**"):
        return True
    if pattern.endswith("/**"):
        folder = pattern[:-2]
        depth = folder.count("/")
        cut = _nth(value, depth)
        return 0 < cut < len(value) and _glob(folder, value[:cut])
    if "*" in pattern and _glob(pattern, value):
        return True
    return _in_block(pattern, value)


def _nth(value: str, count: int) -> int:
    """Index just behind the `count`th slash, 0 if there are fewer."""
    at = -1
    for _ in range(count):
        at = value.find("/", at + 1)
        if at < 0:
            return 0
    return at + 1


def _glob(pattern: str, value: str) -> bool:
    if "*" not in pattern:
        return pattern == value
    wanted, there = pattern.split("/"), value.split("/")
    return len(wanted) == len(there) and all(map(_glob_segment, wanted, there))


def _glob_segment(pattern: str, text: str) -> bool:
    if "*" not in pattern:
        return pattern == text
    first, *middle, last = pattern.split("*")
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _in_block(pattern: str, value: str) -> bool:
    block = _block(pattern)
    if block is None:
        return False
    before, network = block
    there, _, peer = value.rpartition(" ")
    if not _glob(before, there):
        return False
    try:
        return ipaddress.ip_address(peer) in network
    except ValueError:
        return False


@functools.lru_cache(maxsize=4096)
def _block(pattern: str) -> tuple[str, ipaddress.IPv4Network | ipaddress.IPv6Network] | None:
    before, _, last = pattern.rpartition(" ")
    if "/" not in last or not (last[0].isalnum() or last[0] == ":") or not last[-1].isdigit():
        return None
    try:
        return before, ipaddress.ip_network(last, strict=False)
    except ValueError:
        return None


class Patterns:
    """Many patterns, asked for the one that a value falls under: a look into a dictionary for each folder of the value."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._below: dict[str, list[str]] = defaultdict(list)
        for pattern in patterns:
            if "*" in pattern or _block(pattern) is not None:
                self._below[_literal(pattern)].append(pattern)
            else:
                self._exact.add(pattern)
        for several in self._below.values():
            several.sort(key=lambda pattern: (-len(pattern), pattern))

    def find(self, value: str) -> str | None:
        """The value itself, or else the pattern that says most of those that it falls under, or None."""
        if value in self._exact:
            return value
        end = len(value)
        while self._below:
            at = value.rfind("/", 0, end)
            for pattern in self._below.get(value[: at + 1], ()):
                if matches(pattern, value):
                    return pattern
            if at < 0:
                return None
            end = at
        return None


def _literal(pattern: str) -> str:
    """What every value of the pattern begins with, up to a slash."""
    block = _block(pattern)
    text = (block[0] if block is not None else pattern).partition("*")[0]
    return text[: text.rfind("/") + 1]


def collapse(
    paths: Iterable[str], many: int = MANY_SIBLINGS, apart: Callable[[str], bool] = lambda _: False
) -> dict[str, tuple[str, ...]]:
    """The paths with folders of at least `many` siblings written as one pattern ('/srv/photos/*.jpg', '/srv/photos/*',
    '/srv/photos/**'), each with up to three of the paths that it stands for. Folders in which each file means something of
    its own (/etc, folders of programs, keys, jobs) do not collapse. Files that are `apart` stand in one folder's pattern only
    with files of the same ending."""
    found: dict[str, tuple[str, ...]] = {path: (path,) for path in sorted(set(paths))}
    made: set[str] = set()
    for depth in range(max((path.count("/") for path in found), default=0), 0, -1):
        folders: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for path in found:
            place = path.rpartition("/")[0] if path in made else path  # a folder that collapsed is one child of its own
            if place.count("/") == depth:
                folders[place.rpartition("/")[0]][place].append(path)
        for folder, children in folders.items():
            if len(children) >= many and _PRECIOUS.fullmatch(folder) is None:
                several = [path for some in children.values() for path in some]
                deep = any(path in made for path in several)
                for pattern, some in _patterns(folder, several, many, deep, apart):
                    _replace(found, pattern, some)
                    made.add(pattern)
    return found


def _patterns(
    folder: str, children: list[str], many: int, deep: bool, apart: Callable[[str], bool]
) -> list[tuple[str, list[str]]]:
    """Files of one ending together if they are many; all of the folder if that is not enough."""
    if deep:
        return [(f"{folder}/**", children)]
    endings: dict[str, list[str]] = defaultdict(list)
    for child in children:
        name = child.rpartition("/")[2]
        endings[name[name.rfind(".") :] if "." in name[1:] else ""].append(child)
    groups = [(f"{folder}/*{ending}", some) for ending, some in endings.items() if len(some) >= many and ending]
    if groups and len(endings) <= 3:
        return groups
    together = [child for child in children if not apart(child)]
    groups = [group for group in groups if apart(group[0])]
    return [*groups, (f"{folder}/*", together)] if len(together) >= many else groups


def _replace(found: dict[str, tuple[str, ...]], pattern: str, children: list[str]) -> None:
    examples = {example for child in children for example in found.pop(child)}
    found[pattern] = tuple(sorted(examples)[:MOST_EXAMPLES])
