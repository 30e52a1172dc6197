"""What a program in a scripting language names literally: commands that it starts and addresses that it calls, in Python,
JavaScript, PHP, Ruby and Perl. Looks for well-known calls with literal arguments; understands no language, follows no variable.
"""

from __future__ import annotations

import re

import msgspec

_MOST = 200
_CALL = re.compile(
    r"""\b(?:subprocess\.(?:run|call|check_call|check_output|Popen|getoutput)|Popen|os\.(?:system|popen|exec[lv]p?e?|posix_spawnp?)
    |execFile(?:Sync)?|exec(?:Sync)?|spawn(?:Sync)?|shell_exec|passthru|proc_open|popen|system)\s*\(\s*(\[?)\s*f?["']([^"'\n]{1,200})["']
    ((?:\s*,\s*\[?\s*f?["'][^"'\n]{0,200}["']){0,20})""",
    re.VERBOSE,
)
_WORD = re.compile(r"""["']([^"'\n]{0,200})["']""")
_URL = re.compile(r"""["'](https?://[A-Za-z0-9._-]{1,253}(?::\d{1,5})?)[/"'?]""")
_NAME = re.compile(r"[A-Za-z0-9_./+-]{1,100}\Z")
# Perl and Ruby: `…`, qx{…}, system "…" without brackets, and open with a program at either end.
_TICKS = re.compile(
    r"""(?<!\\)`([^`\n]{1,200})`|\bqx\s*(?:\{([^}\n]{1,200})\}|\(([^)\n]{1,200})\)|/([^/\n]{1,200})/)
    |\b(?:system|exec)\s+(?:["']([^"'\n]{1,200})["'])\s*[;)\n]|\bopen\s*\(?[^,;\n"']{1,60},\s*["']\s*([^"'|\n]{1,200})\|["']""",
    re.VERBOSE,
)
_PUT_IN = re.compile(r"\$\{\w+\}|#\{[^}\n]{0,100}\}|[$@]\w+(?:->)?(?:[\[{][\w'\"]{1,60}[\]}])?")
_ASKS_A_SHELL = frozenset("$&*(){}[]'\";\\|?<>~`")  # perldoc -f exec: with none of these no shell is asked


class Named(msgspec.Struct, frozen=True):
    """`words` of a command that is started itself, or one text that a shell is given (`shell`), or an address that is called
    (`url`); `line` counts from 1."""

    line: int
    words: tuple[str, ...] = ()
    shell: bool = False
    url: str = ""


def named(text: str, *, direct: bool = False) -> tuple[Named, ...]:
    """All of it in the order of the text, at most 200. `direct`: of a language which starts a text by itself, word by word, if
    no sign in it is for a shell (Perl, Ruby); what it puts into the text stays there as `$name`."""
    found: list[tuple[int, Named]] = []
    for call in _CALL.finditer(text):
        listed, first, rest = call[1], call[2], call[3]
        words = (first, *_WORD.findall(rest))
        line = text.count("\n", 0, call.start()) + 1
        if listed or (rest and _NAME.match(first)) or _NAME.match(first):
            found.append((call.start(), Named(line, words)))
        elif " " in first:
            found.append((call.start(), Named(line, (first,), shell=True)))  # noqa: S604 -- says that the text asks a shell; nothing is called
        if len(found) >= _MOST:
            break
    for ticks in _TICKS.finditer(text) if direct else ():
        if each := _direct(next(filter(None, ticks.groups()), "").strip()):
            found.append((ticks.start(), Named(text.count("\n", 0, ticks.start()) + 1, *each)))
        if len(found) >= _MOST:
            break
    for url in _URL.finditer(text):
        found.append((url.start(), Named(text.count("\n", 0, url.start()) + 1, url=url[1])))
        if len(found) >= 2 * _MOST:
            break
    return tuple(each for _, each in sorted(found, key=lambda pair: pair[0]))[:_MOST]


def _direct(text: str) -> tuple[tuple[str, ...], bool] | None:
    """(words, whether a shell is asked) of a text; None if its first word is put together while the program runs."""
    plain = _PUT_IN.sub("$_", text)
    if not set(plain.replace("$_", "")) & _ASKS_A_SHELL:
        words = tuple(plain.split())
        return (words, False) if words and _NAME.match(words[0]) else None
    return (text,), True
