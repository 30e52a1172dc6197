"""What a script says at first sight: the interpreter of its first line, and the commands that it names literally.

Reads words and quotes as POSIX does (XCU chapter 2), and expands nothing: a command whose name is put together while the script
runs is left out. Runs nothing and follows no other file.
"""

from __future__ import annotations

import re

import msgspec

_MOST_LINES = 5_000
_LONGEST_LINE = 4_096
_MOST_COMMANDS = 400
_SHELLS = frozenset(("sh", "bash", "dash", "ash", "ksh", "zsh", "busybox", "mksh"))
# Words after which a command stands, and those that the shell itself answers.
_BEFORE = frozenset(("if", "then", "else", "elif", "do", "while", "until", "!", "time", "{", "(", "&&", "||", "|", ";", "&"))
_RUNNERS = frozenset(("exec", "command", "builtin", "nohup", "setsid", "nice", "ionice", "stdbuf", "time", "chronic"))
_ENDS = frozenset(("&&", "||", "|", ";", "&", "|&", "(", ")", "$(", "`", ";;"))
_WORDS = """. : [ [[ ]] alias bg break case cd continue declare dirs disown done echo enable esac eval exit export false fc fg
fi for function getopts hash help history in jobs let local logout mapfile popd printf pushd pwd read readarray readonly return
select set shift shopt source test times trap true type typeset ulimit umask unalias unset wait } ) ;;"""
_BUILTINS = frozenset(_WORDS.split())
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w{0,80}\+?=")
_NAME = re.compile(r"[A-Za-z0-9_./+@*-]{1,200}\Z")
# `name=/a/literal/path` and `name=$(echo /a/pattern/*)`, and where it is used.
_LITERAL = re.compile(r"(?:^|[\s;])([A-Za-z_]\w{0,60})=\"?(?:\$\((?:echo|ls)\s+)?([\w./*@+-]{1,200})[\")\s;]")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w{0,60})\}?")
_MOST_VARIABLES = 100
_HERE = re.compile(r"<<-?\s*(?:'([\w.]{1,60})'|\"([\w.]{1,60})\"|\\?([\w.]{1,60}))")
_FUNCTION = re.compile(r"\s*(?:function\s+)?([\w.:-]{1,80})\s*\(\s*\)")
# A quote that is never closed reaches to the end of the line, so that every character is looked at once.
_TOKEN = re.compile(
    r"""\s+|&&|\|\||;;|\|&|\$\(|[;|&()`]|(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|\\.|\$\{[^{}\n]{0,200}\}|\$(?!\()|[^\s;|&()"'\\`$])+|.""",
    re.DOTALL,
)


# Programs that start another: how many words of their own follow the options, and the options that take a word.
WRAPPERS: dict[str, tuple[int, str]] = {
    "tini": (0, "-e -p"),
    "dumb-init": (0, "-r --rewrite"),
    "catatonit": (0, ""),
    "gosu": (1, ""),
    "su-exec": (1, ""),
    "chpst": (0, "-u -U -b -/ -n -l -L -m -d -o -p -f -c -r -t -e"),
    "s6-setuidgid": (1, ""),
    "setpriv": (0, "--reuid --regid --groups --inh-caps --ambient-caps --bounding-set --securebits"),
    "runuser": (0, "-u -g -G"),
    "sudo": (0, "-u -g -h -p -C -T"),
    "env": (0, "-u -C -S"),
    "timeout": (1, "-k -s --signal --kill-after"),
    "xargs": (0, "-I -n -P -L -d -a -s -E"),
    "nohup": (0, ""),
    "setsid": (0, ""),
    "nice": (0, "-n"),
    "ionice": (0, "-c -n -p"),
    "stdbuf": (0, "-i -o -e"),
    "chroot": (1, ""),
    "unshare": (0, ""),
    "strace": (0, "-o -e -p -s"),
    "docker-php-entrypoint": (0, ""),
}


class Command(msgspec.Struct, frozen=True):
    """A command with its words as far as they are literal (quotes taken off); `line` counts from 1. `last` that it takes the
    shell's place (`exec`)."""

    line: int
    words: tuple[str, ...]
    last: bool = False


def shebang(data: bytes) -> tuple[str, ...]:
    """The words of the first line after `#!`: interpreter and its arguments; () where there is none. `env` is not undone."""
    if data[:2] != b"#!":
        return ()
    line = data[2:258].split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    return tuple(line.split()[:4]) if line.isprintable() else ()


def is_shell(words: tuple[str, ...]) -> bool:
    """Whether the interpreter of a first line is a shell."""
    names = [word.rpartition("/")[2] for word in words]
    return bool(names) and (names[0] in _SHELLS or (names[0] == "env" and any(n in _SHELLS for n in names[1:])))


def inner(words: tuple[str, ...]) -> tuple[str, ...]:
    """What a wrapper starts (`gosu redis redis-server` starts redis-server; find's -exec too); () for other programs."""
    name = words[0].rpartition("/")[2] if words else ""
    if name == "find":
        at = next((i for i, word in enumerate(words) if word in ("-exec", "-execdir", "-ok")), len(words))
        return words[at + 1 :]
    if name in ("su", "runuser") and "-c" in words[:-1]:
        return tuple(words[words.index("-c") + 1].split())
    if name not in WRAPPERS:
        return ()
    own, taking = WRAPPERS[name]
    options = taking.split()
    rest = list(words[1:])
    while rest and (rest[0].startswith("-") or (name in ("env", "sudo") and _ASSIGNMENT.match(rest[0]))):
        option = rest.pop(0)
        if option == "--":
            break
        if option in options and rest:
            rest.pop(0)
    return tuple(rest[own:])


def inline(words: tuple[str, ...]) -> str:
    """The text that a shell is given by `-c`; '' where it is given none."""
    if not words or words[0].rpartition("/")[2] not in _SHELLS:
        return ""
    for at, word in enumerate(words[1:-1], 1):
        if re.fullmatch(r"-[a-z]*c[a-z]*", word):
            return words[at + 1]
        if not word.startswith("-"):
            return ""
    return ""


def redirections(words: tuple[str, ...]) -> tuple[str, ...]:
    """The files with absolute literal names that a command's output goes to."""
    found = []
    for at, word in enumerate(words):
        match = re.match(r"\d?>>?\|?(.*)\Z", word)
        target = match[1] or (words[at + 1] if at + 1 < len(words) else "") if match else ""
        if target.startswith("/") and re.fullmatch(r"[\w./@+-]{2,300}", target):
            found.append(target)
    return tuple(found)


def commands(text: str) -> tuple[Command, ...]:
    """All commands with a literal name, in their order, those of pipes, lists and substitutions too. The shell's own and the
    script's own functions are left out."""
    found: list[Command] = []
    functions: dict[str, bool] = {}  # whether one hands its arguments on
    variables: dict[str, str] = {}
    until = ""
    joined, began = "", 0
    for number, line in enumerate(text.split("\n")[:_MOST_LINES], 1):
        if until:
            until = "" if line.strip() == until else until
            continue
        if line.endswith("\\") and len(joined) < _LONGEST_LINE:
            joined, began = joined + line[:-1] + " ", began or number
            continue
        whole, at = (joined + line)[:_LONGEST_LINE], began or number
        joined, began = "", 0
        if match := _FUNCTION.match(whole):
            whole = whole[match.end() :]
            functions[match[1]] = bool(re.search(r"\$@|\$\{@\}", whole))
        whole += " "
        if "<<" in whole and (here := _HERE.search(whole)):
            until = here[1] or here[2] or here[3]
        if whole.lstrip().startswith("#"):
            continue
        for match in _LITERAL.finditer(whole):
            if len(variables) < _MOST_VARIABLES:
                variables.setdefault(match[1], match[2])
        found.extend(_of_line(_VARIABLE.sub(lambda m: variables.get(m[1], m[0]), whole) if "$" in whole else whole, at))
        if len(found) >= _MOST_COMMANDS:
            break
    return tuple(filter(None, (_told(command, functions) for command in found[:_MOST_COMMANDS])))


def _told(command: Command, functions: dict[str, bool]) -> Command | None:
    """A call of the script's own function is what it hands on, or nothing."""
    if command.words[0] not in functions:
        return command
    rest = command.words[1:]
    return Command(command.line, rest) if functions[command.words[0]] and rest and _NAME.match(rest[0]) else None


def _of_line(line: str, number: int) -> list[Command]:
    """The commands of one line. A case's pattern (`start)`) is no command, as nothing follows it but its closing."""
    found: list[Command] = []
    words: list[str] = []
    for part in _TOKEN.findall(line):
        if part.isspace():
            continue
        if part.startswith("#") and not words:
            break
        if part in _ENDS:
            if part == ")" and len(words) == 1 and not found:
                words = []
            _close(found, words, number)
            words = []
            continue
        for inner in _substitutions(part):
            found.extend(_of_line(inner, number))
        words.append(part)
        if len(words) == 1 and part in _BEFORE:
            words = []
    _close(found, words, number)
    return found


def _close(found: list[Command], words: list[str], number: int) -> None:
    """The command that these words make, if it has a name that can be read."""
    last = False
    plain = [_unquoted(word) for word in words]
    while plain and (_ASSIGNMENT.match(plain[0]) or plain[0] in _BEFORE or plain[0] in _RUNNERS):
        last = last or plain[0] == "exec"
        runner = plain[0] in _RUNNERS
        plain = plain[1:]
        while runner and plain and plain[0].startswith("-"):
            plain = plain[1:]
    if not plain or plain[0] in _BUILTINS or not _NAME.match(plain[0]) or plain[0][0] in "-@+":
        if plain and last and plain[0] in ("$@", "${@}"):
            found.append(Command(number, ("$@",), last=True))
        elif plain and plain[0] in (".", "source") and len(plain) > 1 and _NAME.match(plain[1]):
            found.append(Command(number, (".", plain[1])))
        return
    if not plain[0].isdigit():
        found.append(Command(number, tuple(plain[:40]), last))


def _substitutions(token: str) -> list[str]:
    """What stands in `$(…)` and backquotes within a quoted word; nested ones are left to the next look."""
    if "'" in token[:1] or ("$(" not in token and "`" not in token):
        return []
    inner = re.findall(r"\$\(([^()`]{1,400})\)", token)
    return inner + re.findall(r"`([^`]{1,400})`", token)


def _unquoted(word: str) -> str:
    """Without quotes and backslashes; what is to be expanded stays as it is written."""
    return re.sub(r"\\(.)", r"\1", word.replace('"', "").replace("'", "")) if set(word) & set("\"'\\") else word
