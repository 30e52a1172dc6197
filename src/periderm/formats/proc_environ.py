"""/proc/PID/environ and /proc/PID/cmdline (proc(5)) with what looks secret masked. It judges no secret: it only keeps too much
from being told."""

from __future__ import annotations

import re

MASK = "********"
MOST_VARIABLES = 4096
MOST_CHARACTERS = 4096  # of one value

_NAME = re.compile(
    r"pass(?!ive|age)|passwd|pwd$|secret|token|credential|api_?key|apikey|access_?key|private|signing|salt|auth(?!or)|"
    r"cookie|session|(?:^|_)key$|(?:^|_)pat$|dsn|connection_?string",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"(?P<head>[A-Za-z][A-Za-z0-9+.-]{0,31}://[^\s/:@]{0,256}):[^\s/@]{1,1024}@")
# long words of letters and digits without a separator: keys, tokens, digests; a path has slashes and a version has dots
_LONG = re.compile(r"(?<![A-Za-z0-9/_.+=-])[A-Za-z0-9+_=-]{24,}(?![A-Za-z0-9/_.+=-])")
_KNOWN = re.compile(r"\b(?:AKIA|ASIA|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abpr]-|sk_live_|sk-|eyJ)[A-Za-z0-9_.-]{8,}")
_OPTION = re.compile(r"^(?P<name>--?[A-Za-z][A-Za-z0-9_-]{0,63})=(?P<value>.*)$", re.DOTALL)
_BEARER = re.compile(r"(?P<head>\b(?:bearer|basic|authorization:\s*\w{1,16})\s+)\S{1,4096}", re.IGNORECASE)


def mask_value(text: str) -> str:
    """The text without passwords in addresses, tokens of known form, bearer headers, and long random words."""
    text = _LOGIN.sub(lambda m: f"{m['head']}:{MASK}@", text)
    text = _BEARER.sub(lambda m: m["head"] + MASK, text)
    text = _KNOWN.sub(MASK, text)
    return _LONG.sub(lambda m: MASK if _random(m[0]) else m[0], text)


def _random(word: str) -> bool:
    """Letters and digits mixed: a name of a thing seldom is, a key nearly always."""
    return any(c.isdigit() for c in word) and any(c.isalpha() for c in word)


def parse_environ(data: bytes) -> tuple[tuple[str, str], ...]:
    """(name, value with secrets masked) of each variable; words without `=` are told as a name alone. Never fails."""
    found = []
    for word in data.split(b"\0")[:MOST_VARIABLES]:
        if not word:
            continue
        name, _, value = word.decode("utf-8", "backslashreplace").partition("=")
        cut = value[:MOST_CHARACTERS]
        secret = bool(cut) and _NAME.search(name[:256]) is not None
        found.append((name[:256], MASK if secret else mask_value(cut)))
    return tuple(found)


def parse_cmdline(data: bytes) -> tuple[str, ...]:
    """The arguments, with the value of an option that names a secret masked, also where it is the next word."""
    found: list[str] = []
    hide = False
    for word in data.rstrip(b"\0").split(b"\0")[:MOST_VARIABLES]:
        text = word.decode("utf-8", "backslashreplace")[:MOST_CHARACTERS]
        option = _OPTION.match(text)
        if hide:
            found.append(MASK)
            hide = False
        elif option is not None:
            secret = _NAME.search(option["name"]) is not None
            found.append(f"{option['name']}={MASK if secret else mask_value(option['value'])}")
        else:
            hide = text.startswith("-") and len(text) < 64 and _NAME.search(text.lstrip("-")) is not None
            found.append(mask_value(text))
    return tuple(found)
