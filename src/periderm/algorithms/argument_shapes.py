"""The shape of a command line: what stays the same each time a program is called in the same way. Knows no program's options.

Options stay as they are, values become what kind of value they are: `N` a number, a path without what changes in it, `URL`,
`ADDRESS`, `*` anything else. The text of `sh -c` is told by the commands in it and that of `python -c` and its like by what it
imports, as the same option with other commands in it is another shape. All patterns take linear time.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from periderm.algorithms.path_patterns import generalise

MOST_ARGUMENTS = 40
MOST_CHARACTERS = 240
_MOST_READ = 4096  # characters of one argument
_MOST_COMMANDS = 8
_PLACE = "/tmp/"  # noqa: S108 -- opens nothing: made-up names are looked for most strictly there
_SHELLS = frozenset({"sh", "ash", "bash", "dash", "zsh", "ksh", "mksh", "csh", "tcsh", "fish", "rbash"})
_SPEAKERS = re.compile(r"(?:python|pypy|perl|ruby|php|nodejs|node|lua|deno|bun)[\d.]*")
_CODE_OPTIONS = frozenset({"-c", "-e", "-E", "-r", "-p", "--eval", "--print"})
_SHELL_CODE = re.compile(r"-[a-zA-Z]*c[a-zA-Z]*")
_OPTION = re.compile(r"(--?[A-Za-z?@#][\w.+-]{0,39})(?:([=:])(.*))?", re.DOTALL)
_GLUED = re.compile(r"(-[A-Za-z])(\d[\d.,:kKmMgG]*|/.*)", re.DOTALL)
_NAMED = re.compile(r"([A-Za-z_][\w.-]{0,39})=(.*)", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:0x[0-9a-fA-F]+|\d[\d.,:_]*)(?:[eE][-+]?\d+)?(?:[kKmMgGtT]?i?[bB]?|ms|us|ns|s|m|h|d|%)?")
_ADDRESS = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}\]?)(?:[:/]\d+)?")
_URL = re.compile(r"([a-z][a-z0-9+.-]{1,15})://(?:[^/@\s]*@)?([^/?#\s]*)(.*)", re.DOTALL)
_LOCAL = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?")
_WORD = re.compile(r"[A-Za-z][\w.+-]{0,23}")
_PATH = re.compile(r"(?:~|\.{1,2})?/.*", re.DOTALL)
_VARIABLE = re.compile(r"(/(?:tmp|var/tmp|dev/shm|run|var/run|proc))/.")
_SPLIT = re.compile(r"[;|&\n(){}`]+|\$\(")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=\S*")
_WORDS_BEFORE = frozenset(
    {
        "!",
        "if",
        "then",
        "else",
        "elif",
        "do",
        "while",
        "until",
        "time",
        "exec",
        "command",
        "nohup",
        "env",
        "sudo",
        "builtin",
        "eval",
    }
)
_NO_COMMANDS = frozenset({"fi", "done", "esac", "case", "for", "in", "function"})
_IMPORT = re.compile(r"\b(?:import|from|use|require|require_once|include)\b[ \t(]*[\"']?([A-Za-z_][\w.:/, -]{0,80})")


@functools.lru_cache(maxsize=8192)
def _shape(argv: tuple[str, ...]) -> str:
    name = argv[0].rpartition("/")[2].lstrip("-")
    shell = name in _SHELLS
    speaks = shell or _SPEAKERS.fullmatch(name) is not None
    parts: list[str] = []
    words, code = 0, False
    for argument in argv[1 : MOST_ARGUMENTS + 1]:
        if code:
            if argument == "--":
                continue
            part, code = _code(argument[:_MOST_READ], shell), False
        else:
            part = _part(argument[:_MOST_READ], words == 0)
            if not argument.startswith("-") and part != "N":  # a number is an option's value
                words += 1
            code = (
                speaks and words == 0 and (argument in _CODE_OPTIONS or (shell and _SHELL_CODE.fullmatch(argument) is not None))
            )
        if not (parts and part == parts[-1] and part in ("*", "N")):
            parts.append(part)
    if len(argv) > MOST_ARGUMENTS + 1 and parts[-1:] != ["…"]:
        parts.append("…")
    shape = " ".join(parts)
    return shape if len(shape) <= MOST_CHARACTERS else shape[: MOST_CHARACTERS - 1] + "…"


def argument_shape(argv: Sequence[str]) -> str:
    """The shape of the arguments after the first word, which is the program's name; '' if there are none. At most
    `MOST_CHARACTERS` long; longer ones end in '…'."""
    return _shape(tuple(argv)) if len(argv) > 1 else ""


def _part(argument: str, first_word: bool) -> str:
    """One argument. Only the first word that is no option may be a subcommand, and stays."""
    if not argument:
        return "''"
    if argument in ("-", "--", ".", "&&"):
        return argument
    if argument.startswith("-"):
        return _option(argument)
    named = _NAMED.fullmatch(argument)
    if named is not None:
        return f"{named[1]}={_value(named[2])}"
    if first_word and _WORD.fullmatch(argument) and not _random(argument):
        return argument
    return _value(argument)


def _option(argument: str) -> str:
    if _NUMBER.fullmatch(argument):
        return "N"
    glued = _GLUED.fullmatch(argument)
    if glued is not None:
        return glued[1] + _value(glued[2])
    option = _OPTION.fullmatch(argument)
    if option is None:
        return argument[:2] + "*"
    return option[1] if option[2] is None else f"{option[1]}{option[2]}{_value(option[3])}"


def _value(text: str) -> str:
    """What kind of value this is."""
    if not text:
        return ""
    if _ADDRESS.fullmatch(text):
        return text.partition("/")[0] if _LOCAL.fullmatch(text) else "ADDRESS"
    if _NUMBER.fullmatch(text):
        return "N"
    url = _URL.fullmatch(text)
    if url is not None:
        local = _LOCAL.fullmatch(url[2])
        return f"{url[1]}://{local[1]}/*" if local is not None else f"{url[1]}://*"
    if _PATH.fullmatch(text) and not any(c in text for c in " \t\n*?[{"):
        place = _VARIABLE.match(text)
        return place[1] + "/**" if place is not None else generalise(text)
    return "*"


def _random(word: str) -> bool:
    """A word that nobody typed: `a81f03bc`, `Xk3pQ9z`."""
    return sum(c.isdigit() for c in word) > 2 or generalise(_PLACE + word) != _PLACE + word


def _code(text: str, shell: bool) -> str:
    """'{id;cat}' for a shell's text, '{os,socket}' for a language's."""
    found: list[str] = []
    if not shell:
        names = (name.split()[0] for several in _IMPORT.findall(text) for name in several.split(",") if name.strip())
        found = sorted({name.partition(".")[0].partition("::")[0] for name in names})
        return "{" + ",".join(found[:_MOST_COMMANDS]) + "}" if found else "*"
    for piece in _SPLIT.split(text):
        word = _command(piece)
        if word and word not in found:
            found.append(word)
        if len(found) > _MOST_COMMANDS:
            found[-1] = "…"
            break
    return "{" + ";".join(found) + "}" if found else "*"


def _command(piece: str) -> str:
    """The first word that is a command, by its base name."""
    for number, word in enumerate(piece.split(maxsplit=12)):
        if number > 10:  # the rest is unsplit
            return ""
        if word in _NO_COMMANDS or word.startswith("#"):
            return ""
        if word in _WORDS_BEFORE or _ASSIGNED.fullmatch(word) or word[0] in "<>" or (number and word.startswith("-")):
            continue
        name = word.strip("\"'").rpartition("/")[2]
        return name[:24] if _WORD.match(name) and not _random(name[:24]) else "*"
    return ""
