"""Ways to write down a kind of secret, so that its two expressions, its example and its look-alikes come from one place.

`token` is for values that say themselves what they are, `named` for those that only the name beside them tells. Knows no
kind itself. Examples are made up at run time: no file holds anything that looks like a secret.
"""

from __future__ import annotations

import functools
import hashlib
import math
import re
from collections.abc import Callable

import msgspec

from periderm.engines.image.checks import outside_comment, spoken_for
from periderm.engines.image.secrets import SecretPattern
from periderm.model.severity import Severity
from periderm.model.text import Text

HEX = b"0-9a-f"
ALNUM = b"A-Za-z0-9"
LOWER = b"a-z0-9"
UPPER = b"A-Z0-9"
WORD = b"A-Za-z0-9_-"
DOTTED = b"A-Za-z0-9_.-"
BASE64 = b"A-Za-z0-9+/"
DIGITS = b"0-9"
LETTERS = b"A-Za-z"


class Some(msgspec.Struct, frozen=True):
    """`least` to `most` (0: just `least`) letters of a class, written as in an expression without brackets."""

    letters: bytes
    least: int
    most: int = 0

    @property
    def repeat(self) -> bytes:
        """As an expression."""
        return b"[%s]{%d,%d}" % (self.letters, self.least, self.most) if self.most else b"[%s]{%d}" % (self.letters, self.least)


UUID = (Some(HEX, 8), b"-", Some(HEX, 4), b"-", Some(HEX, 4), b"-", Some(HEX, 4), b"-", Some(HEX, 12))
# Services that GitHub scans repositories for; it names the kinds, the services' own pages their forms.
GITHUB_LIST = "https://docs.github.com/en/code-security/reference/secret-security/supported-secret-scanning-patterns"
Part = bytes | tuple[bytes, ...] | Some  # these bytes, one of these, some of those
# Not inside a longer word; but \n of a string that a program or a JSON text holds may stand before it.
START = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
_ENOUGH = 12  # letters behind the first fixed ones
_SECRET_WORDS = rb"(?:key|token|secret|auth|pass|pwd|api|cred|sid|webhook|license|licence|sign)"


@functools.lru_cache(64)
def members(letters: bytes) -> bytes:
    """All letters of a class: ranges and single ones, a hyphen last."""
    found, at = bytearray(), 0
    while at < len(letters):
        if letters[at + 1 : at + 2] == b"-" and at + 2 < len(letters):
            found += bytes(range(letters[at], letters[at + 2] + 1))
            at += 3
        else:
            found.append(letters[at])
            at += 1
    return bytes(found)


def filler(seed: str, letters: bytes, count: int) -> bytes:
    """Made-up letters of a class, the same for the same seed, that look random."""
    alphabet, made, number = members(letters), b"", 0
    while len(made) < count:
        for byte in hashlib.sha256(f"{seed}:{number}".encode()).digest():
            made += alphabet[byte % len(alphabet) : byte % len(alphabet) + 1]
        number += 1
    return made[:count]


def likely(*parts: Part) -> float:
    """The entropy in bits a character below which a value of this form is none: three quarters of what its letters allow."""
    some = [part for part in parts if isinstance(part, Some)]
    if not some:
        return 0.0
    longest = max(some, key=lambda part: part.least)
    room = min(len(members(longest.letters)), sum(part.least for part in some))
    return 0.75 * math.log2(room) if room > 1 else 0.0


def _choice(words: tuple[bytes, ...]) -> bytes:
    return b"(?:" + b"|".join(re.escape(word) for word in words) + b")"


def _longest(parts: tuple[Part, ...]) -> int:
    """How many bytes a value may have."""
    room = 0
    for part in parts:
        if isinstance(part, Some):
            room += part.most or part.least
        else:
            room += max(map(len, part)) if isinstance(part, tuple) else len(part)
    return room


def _expression(parts: tuple[Part, ...]) -> bytes:
    out = b""
    for part in parts:
        if isinstance(part, Some):
            out += part.repeat
        else:
            out += _choice(part) if isinstance(part, tuple) else re.escape(part)
    return out


def _fixed(part: Part) -> int:
    """How many letters of a part are fixed."""
    return 0 if isinstance(part, Some) else min(map(len, part)) if isinstance(part, tuple) else len(part)


def _quick(parts: tuple[Part, ...], whole: bool = False) -> bytes:
    """For Hyperscan: from the prefix, or the longest fixed letters, on (`whole`: from the first part), and no more than tells
    enough: what is short is fast, and compiles fast."""
    first = 0 if whole or _fixed(parts[0]) else max(range(len(parts)), key=lambda i: (_fixed(parts[i]), -i))
    out: list[Part] = []
    told = 0
    for part in parts[first:]:
        if told >= _ENOUGH:
            break
        if isinstance(part, Some):
            out.append(Some(part.letters, min(part.least, _ENOUGH)))
            told += _ENOUGH if part.most else part.least  # what follows a varying number stands at no fixed place
        else:
            out.append(part)
    return _expression(tuple(out))


def assemble(
    name: str, parts: tuple[Part, ...], choice: int = 0, short: int = 0, *, same: bool = False, longest: bool = False
) -> bytes:
    """An example: with that choice of alternatives, the last part shortened, all of the same letter, or as long as can be."""
    out = b""
    last = max(i for i, part in enumerate(parts) if isinstance(part, Some))
    for number, part in enumerate(parts):
        if isinstance(part, Some):
            count = (part.most or part.least) if longest else part.least - (short if number == last else 0)
            out += members(part.letters)[-1:] * count if same else filler(f"{name}:{number}", part.letters, count)
        else:
            out += part[choice % len(part)] if isinstance(part, tuple) else part
    return out


def _changed(value: bytes) -> bytes:
    """The same with another last letter or digit: what a checksum is for."""
    at = max(i for i, c in enumerate(value) if chr(c).isalnum())
    other = b"7" if value[at : at + 1] != b"7" else b"3"
    return value[:at] + other + value[at + 1 :]


def token(
    name: str,
    what: Text,
    *parts: Part,
    source: str,
    check: Callable[[bytes], bool] | None = None,
    finish: Callable[[bytes], bytes] | None = None,
    severity: Severity | None = None,
    grade: Callable[[bytes], Severity | None] | None = None,
    entropy: float = -1.0,
    show: int = -1,
    binary: bool = True,
    start: bytes = START,
    changed: bool = True,
) -> SecretPattern:
    """A value of a form of its own: a prefix and so many letters. `finish` completes an example, such as by its checksum;
    `changed` that a `check` notices when the last letter changes."""
    complete = finish or (lambda value: value)
    last = parts[-1]
    ending = last.letters if isinstance(last, Some) else b""
    stop = rb"(?![A-Za-z0-9%s])" % (b"_" if b"_" in ending else b"") + (rb"(?!-[A-Za-z0-9])" if ending.endswith(b"-") else b"")
    first = parts[0]
    told = min(map(len, first)) if isinstance(first, tuple) else len(first) if isinstance(first, bytes) else 4

    def examples() -> tuple[bytes, ...]:
        choices = max((len(part) for part in parts if isinstance(part, tuple)), default=1)
        made = [complete(assemble(name, parts, n)) for n in range(choices)]
        if any(isinstance(part, Some) and part.most for part in parts):
            made.append(complete(assemble(name, parts, choices - 1, longest=True)))
        return tuple(b'value = "' + value + b'"\n' for value in made)

    def alike() -> tuple[bytes, ...]:
        whole = complete(assemble(name, parts))
        made = [b"value = " + assemble(name, parts, short=1) + b"\n", b"value = " + assemble(name, parts, same=True) + b"\n"]
        made.append(b"value = Zq" + whole + b"Zq9\n")
        if check is not None and changed:
            made.append(b"value = " + _changed(whole) + b"\n")
        return tuple(made)

    return SecretPattern(
        name=name,
        what=what,
        quick=_quick(parts),
        exact=start + b"(?P<secret>" + _expression(parts) + b")" + stop,
        check=check,
        entropy=likely(*parts) if entropy < 0 else entropy,
        skip=told if isinstance(first, bytes | tuple) else 0,
        severity=severity,
        grade=grade,
        show=min(told, 12) if show < 0 else show,
        binary=binary,
        before=_longest(parts) + 16,
        behind=_longest(parts) + 16,
        examples=examples,
        alike=alike,
        source=source,
    )


def named(
    name: str,
    what: Text,
    names: tuple[bytes, ...],
    *parts: Part,
    source: str,
    suffix: bytes = b"_api_key",
    words: bytes = _SECRET_WORDS,
    check: Callable[[bytes], bool] | None = None,
    severity: Severity | None = None,
    entropy: float = -1.0,
) -> SecretPattern:
    """A value that only the name before it tells: one of `names` (an underscore may be a hyphen or missing), then one of
    `words` (b'': that is not needed). `suffix` completes the name in the example."""
    choice = b"(?:" + b"|".join(re.escape(name).replace(b"_", b"[_-]?") for name in names) + b")"
    between = rb"[\"'\]]{0,2}[ \t]{0,4}(?:=>|:=|[:=,])[ \t]{0,4}[\"'`]?"
    spoken = names[0]
    prefix = spoken.upper() + suffix.upper() + b"="

    def examples() -> tuple[bytes, ...]:
        value = assemble(name, parts)
        return (prefix + value + b"\n", b'"' + spoken + suffix + b'": "' + value + b'",\n')

    def alike() -> tuple[bytes, ...]:
        value = assemble(name, parts)
        made = [prefix + assemble(name, parts, short=1) + b"\n", prefix + assemble(name, parts, same=True) + b"\n"]
        made.append(b"UNRELATED_SUM=" + value + b"\n")
        if not any(isinstance(part, Some) and part.most for part in parts):
            made.append(prefix + value + b"Zq9\n")
        return tuple(made)

    return SecretPattern(
        name=name,
        what=what,
        quick=b"(?i)" + choice + rb"[a-z0-9_.-]{0,40}" + between + b"(?-i:" + _quick(parts, whole=True) + b")",
        exact=b"(?i)"
        + choice
        + (rb"[a-z0-9_.-]{0,16}" + words if words else b"")
        + rb"[a-z0-9_.-]{0,16}"
        + between
        + b"(?P<secret>(?-i:"
        + _expression(parts)
        + b"))(?![A-Za-z0-9_-])",
        check=check,
        entropy=likely(*parts) if entropy < 0 else entropy,
        severity=severity,
        show=0,
        loose=True,
        before=_longest(parts) + 160,
        behind=_longest(parts) + 16,
        examples=examples,
        alike=alike,
        source=source,
    )


def filed(
    name: str,
    what: Text,
    files: bytes,
    before: bytes,
    given: bytes,
    *,
    place: str,
    source: str,
    value: bytes = rb"[^\s\"'#<>]{6,200}",
    behind: bytes = b"",
    letters: bytes = ALNUM,
    count: int = 16,
    check: Callable[[bytes], bool] | None = None,
    severity: Severity | None = None,
    entropy: float = 2.2,
) -> SecretPattern:
    """A value of a well-known file: its path matches `files`, and `before` stands before it. `given` is the example's text,
    %s where the value stands."""

    def examples() -> tuple[bytes, ...]:
        return (given.replace(b"%s", filler(name, letters, count)),)

    def alike() -> tuple[bytes, ...]:
        return (given.replace(b"%s", b"${FROM_A_SECRET_STORE}"), given.replace(b"%s", b""))

    return SecretPattern(
        name=name,
        what=what,
        files=files,
        exact=b"(?m)" + before + b"(?P<secret>" + value + b")" + behind,
        check=spoken_for if check is None else check,
        context=outside_comment,
        entropy=entropy,
        severity=severity,
        show=0,
        examples=examples,
        alike=alike,
        place=place,
        source=source,
    )
