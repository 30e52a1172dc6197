"""Cuts a shell script into pipelines of simple commands with their lines. Runs nothing, and guesses nothing of variables.

Enough of the shell's grammar (POSIX XCU 2.3 and 2.10) to tell a command's name from its arguments: quotes, here-documents,
substitutions, redirections, reserved words. What it cannot cut stays one word. Linear in the script's length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from periderm.model.build_file import Script
from periderm.model.errors import LimitError

MOST_COMMANDS = 20_000  # of one script
_DEEPEST = 3  # of scripts inside scripts
_RESERVED = frozenset({"if", "then", "else", "elif", "do", "while", "until", "!", "{", "}", "time", "case", "in", "esac", "fi"})
_BEFORE = {
    "sudo": "ugCpRrtTh",  # letters of options that take a word (sudo(8), env(1), nice(1), timeout(1))
    "env": "uCS",
    "exec": "a",
    "command": "",
    "nice": "n",
    "nohup": "",
    "builtin": "",
    "time": "fo",
    "doas": "uC",
    "eatmydata": "",
    "ionice": "cnp",
    "xargs": "IiLnPsEd",
}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w{0,200}\+?=")
_REDIRECTION = re.compile(r"&?(<<<|<<-|<<|>>|>\||<&|>&|<>|<|>)[ \t]*")
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One simple command: its words without quotes, the program's base name in small letters ('' for assignments alone).
    `sudo` tells that it is run through it, `into` the files that its output is written to."""

    line: int
    program: str = ""
    words: tuple[str, ...] = ()
    assigned: tuple[tuple[str, str], ...] = ()
    into: tuple[str, ...] = ()
    sudo: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        """All words after the program."""
        return self.words[1:]

    @property
    def text(self) -> str:
        """The words again, with spaces between."""
        return " ".join(self.words)

    def has(self, *options: str) -> bool:
        """Whether one of these words is given, alone or with '=value'."""
        return any(word in options or word.partition("=")[0] in options for word in self.arguments if word.startswith("-"))

    def short(self, letter: str) -> bool:
        """Whether a short option is given, alone or among others ('-k' in '-fsSLk')."""
        return any(re.fullmatch(r"-[A-Za-z0-9#]+", w) and letter in w[1:] for w in self.arguments)

    def plain(self) -> tuple[str, ...]:
        """The arguments that are no options."""
        return tuple(word for word in self.arguments if not word.startswith("-"))


Pipeline = tuple[Command, ...]


def pipelines(script: Script, depth: int = 0) -> tuple[Pipeline, ...]:
    """The pipelines of a script in order, those of its substitutions and of `sh -c` too. Raises LimitError."""
    return tuple(_Scanner(script, depth).run())


class _Scanner:
    """The state of cutting one script."""

    def __init__(self, script: Script, depth: int) -> None:
        self._text = script.text
        self._script = script
        self._depth = depth
        self._at = 0
        self._words: list[str] = []
        self._into: list[str] = []
        self._start = 0
        self._pipe: list[Command] = []
        self._inner: list[tuple[str, int]] = []
        self._documents: list[tuple[str, bool]] = []
        self._count = 0
        self._redirected = False

    def run(self) -> Iterator[Pipeline]:
        """Everything."""
        text, size = self._text, len(self._text)
        while self._at < size:
            char = text[self._at]
            if char in " \t\r":
                self._at += 1
            elif char == "\\" and text[self._at + 1 : self._at + 2] == "\n":
                self._at += 2
            elif char == "#":
                end = text.find("\n", self._at)
                self._at = size if end < 0 else end
            elif char in "\n;&|()":
                yield from self._operator(char)
            elif char in "<>" and text[self._at : self._at + 2] not in ("<(", ">("):
                self._redirect()
            else:
                self._word()
        yield from self._ended()

    def _operator(self, char: str) -> Iterator[Pipeline]:
        two = self._text[self._at : self._at + 2]
        if two == "&>":
            self._redirect()
            return
        self._at += 2 if two in ("&&", "||", ";;", "|&") else 1
        if two == "|&" or (char == "|" and two != "||"):
            self._command()
            return
        yield from self._ended()
        if char == "\n":
            self._skip_documents()

    def _redirect(self) -> None:
        """`>` and its kin: the next word is a file, or the word that ends a here-document."""
        match = _REDIRECTION.match(self._text, self._at)
        if match is None:
            self._at += 1
            return
        self._at = match.end()
        if self._words and self._words[-1].isdigit() and self._redirected:
            self._words.pop()  # the number of a file descriptor
        kept, start = self._words, self._start
        self._words = []
        self._word()
        word = self._words.pop() if self._words else ""
        self._words, self._start = kept, start
        if match[1] in ("<<", "<<-"):
            self._documents.append((word, match[1] == "<<-"))
        elif match[1] in (">", ">>", ">|"):
            self._into.append(word)

    def _skip_documents(self) -> None:
        """Bodies of here-documents are data."""
        for name, tabs in self._documents:
            while self._at < len(self._text):
                end = self._text.find("\n", self._at)
                end = len(self._text) if end < 0 else end
                line = self._text[self._at : end]
                self._at = min(end + 1, len(self._text))
                if (line.lstrip("\t") if tabs else line.strip()) == name:
                    break
        self._documents = []

    def _word(self) -> None:
        """One word; quotes are taken off, substitutions kept and looked into later."""
        text, size, begin = self._text, len(self._text), self._at
        if not self._words:
            self._start = begin
        out: list[str] = []
        while self._at < size:
            char = text[self._at]
            if char in " \t\r\n;|&" or (char in "<>" and text[self._at + 1 : self._at + 2] != "(") or (char == ")"):
                break
            if char == "\\":
                following = text[self._at + 1 : self._at + 2]
                out.append("" if following == "\n" else following)
                self._at += 2
            elif char == "'":
                end = text.find("'", self._at + 1)
                end = size if end < 0 else end
                out.append(text[self._at + 1 : end])
                self._at = end + 1
            elif char == '"':
                self._double(out)
            elif text[self._at : self._at + 2] in ("$(", "<(", ">(") or char == "`" or text[self._at : self._at + 2] == "${":
                out.append(self._substitution())
            elif char == "(":
                out.append(char)
                self._at += 1
            else:
                out.append(char)
                self._at += 1
        self._redirected = self._at < size and text[self._at] in "<>"
        self._words.append("".join(out))

    def _double(self, out: list[str]) -> None:
        text, size = self._text, len(self._text)
        self._at += 1
        while self._at < size and text[self._at] != '"':
            char = text[self._at]
            if char == "\\" and self._at + 1 < size:
                following = text[self._at + 1]
                out.append(following if following in '"$`\\' else "" if following == "\n" else char + following)
                self._at += 2
            elif text[self._at : self._at + 2] in ("$(", "${") or char == "`":
                out.append(self._substitution())
            else:
                out.append(char)
                self._at += 1
        self._at += 1

    def _substitution(self) -> str:
        """`$(…)`, `${…}`, `` `…` ``, `<(…)`, as written; commands inside are looked into later."""
        text, begin = self._text, self._at
        if text[begin] == "`":
            end = text.find("`", begin + 1)
            end = len(text) if end < 0 else end
            self._inner.append((text[begin + 1 : end], begin + 1))
            self._at = end + 1
            return text[begin : end + 1]
        opening = text[begin + 1]
        closing = ")" if opening == "(" else "}"
        level, at, quote = 1, begin + 2, ""
        while at < len(text) and level:
            char = text[at]
            if quote:
                quote = "" if char == quote else quote
            elif char in "'\"" and opening == "(":
                quote = char
            elif char == opening:
                level += 1
            elif char == closing:
                level -= 1
            at += 1
        self._at = at
        if opening == "(" and not text.startswith("$((", begin):
            self._inner.append((text[begin + 2 : at - 1 if not level else at], begin + 2))
        return text[begin:at]

    def _command(self) -> None:
        """What was collected becomes a command of the pipeline."""
        words, self._words = self._words, []
        into, self._into = tuple(self._into), []
        if words:
            self._count += 1
            if self._count > MOST_COMMANDS:
                raise LimitError(f"a script has more than {MOST_COMMANDS} commands.")
            made = _made(words, self._script.line_at(self._start), into)
            if made is not None:
                self._pipe.append(made)

    def _ended(self) -> Iterator[Pipeline]:
        self._command()
        if self._pipe:
            done, self._pipe = tuple(self._pipe), []
            yield done
            if self._depth < _DEEPEST:
                for one in done:
                    if one.program in SHELLS and "-c" in one.words[:-1]:
                        inner = one.words[one.words.index("-c") + 1]
                        if inner.startswith(("$(", "`")):
                            continue  # looked into below
                        yield from pipelines(Script(inner, ((0, one.line),)), self._depth + 1)
        inside, self._inner = self._inner, []
        if self._depth < _DEEPEST:
            for text, offset in inside:
                yield from pipelines(Script(text, ((0, self._script.line_at(offset)),)), self._depth + 1)


def _made(words: list[str], line: int, into: tuple[str, ...]) -> Command | None:
    """A command without what stands in front of its program."""
    assigned: list[tuple[str, str]] = []
    sudo, at = False, 0
    while at < len(words):
        word = words[at]
        if word in _RESERVED:
            at += 1
        elif _ASSIGNMENT.match(word):
            name, _, value = word.partition("=")
            assigned.append((name.rstrip("+"), value))
            at += 1
        elif word.rpartition("/")[2] in _BEFORE:
            name = word.rpartition("/")[2]
            if at + 1 >= len(words):
                break
            sudo = sudo or name in ("sudo", "doas")
            at += 1
            while at < len(words) and words[at].startswith("-"):
                at += 2 if len(words[at]) == 2 and words[at][1] in _BEFORE[name] else 1
        elif word == "export":
            for one in words[at + 1 :]:
                name, equals, value = one.partition("=")
                if equals:
                    assigned.append((name, value))
            return Command(line=line, program="export", words=tuple(words[at:]), assigned=tuple(assigned), into=into)
        else:
            break
    rest = tuple(words[at:])
    if not rest and not assigned:
        return None
    program = rest[0].rpartition("/")[2].lower() if rest and not rest[0].startswith(("$", "`", "<(")) else ""
    return Command(line=line, program=program, words=rest, assigned=tuple(assigned), into=into, sudo=sudo)
