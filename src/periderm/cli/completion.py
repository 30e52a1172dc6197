"""`periderm completion SHELL`: a script that completes commands, options and their choices without starting Python.

Made from the same parsers that read the command line, so it cannot lag behind. It does not look into the state: ids of
incidents are not completed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import NamedTuple

from periderm.cli.output import Output
from periderm.model.settings import Settings

SHELLS = ("bash", "zsh", "fish")
_HINTS = {
    "bash": "Keep it with: periderm completion bash > ~/.local/share/bash-completion/completions/periderm",
    "zsh": "Keep it with: periderm completion zsh > ~/.zfunc/_periderm (and have fpath+=~/.zfunc before compinit)",
    "fish": "Keep it with: periderm completion fish > ~/.config/fish/completions/periderm.fish",
}


class Option(NamedTuple):
    """An option: its spellings, what it does, whether a value follows, and which values there are (empty: any)."""

    names: tuple[str, ...]
    help: str
    takes_value: bool
    choices: tuple[str, ...]


class Entry(NamedTuple):
    """A command: `words` are what may follow it without a dash; none of them means file names."""

    name: str
    help: str
    words: tuple[str, ...]
    options: tuple[Option, ...]


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("shell", choices=SHELLS, help="for which shell")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Prints the script."""
    from periderm.cli.main import COMMANDS, parser_for

    script = render(options.shell, entries(parser_for([name for name, _, _ in COMMANDS])))
    if out.json:
        out.value({"shell": options.shell, "script": script})
    else:
        out.line(script)
    if out.err.isatty():
        out.note(_HINTS[options.shell])
    return 0


def entries(parser: argparse.ArgumentParser) -> list[Entry]:
    """All commands of a parser, with what their own subcommands add."""
    found = []
    for name, text, child in _children(parser):
        nested = list(_children(child))
        options = {o.names: o for p in (child, *(p for _, _, p in nested)) for o in _options(p)}
        words = tuple(n for n, _, _ in nested) or tuple(_words(child))
        found.append(Entry(name, text, words, tuple(options.values())))
    return found


def _children(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, child in action.choices.items():
                yield name, helps.get(name, ""), child


def _options(parser: argparse.ArgumentParser) -> Iterator[Option]:
    for action in parser._actions:
        if action.option_strings and action.help != argparse.SUPPRESS:
            choices = tuple(str(c) for c in action.choices or ())
            yield Option(tuple(action.option_strings), _plain(action.help), action.nargs != 0, choices)


def _words(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if not action.option_strings and not isinstance(action, argparse._SubParsersAction):
            yield from (str(c) for c in action.choices or ())


def _plain(text: str | None) -> str:
    """Help as one harmless line: what a shell could take as more than text is left out."""
    line = " ".join((text or "").replace("%%", "%").split())
    return "".join(c for c in line if c not in "'\"\\`$[]:").strip()


def render(shell: str, commands: list[Entry]) -> str:
    """The script of a shell."""
    makers = {"bash": _bash, "zsh": _zsh, "fish": _fish}
    return "\n".join(makers[shell](commands))


def _names(entry: Entry) -> str:
    return " ".join(name for option in entry.options for name in option.names)


def _bash(commands: list[Entry]) -> Iterator[str]:
    yield "# bash completion for periderm; printed by `periderm completion bash`"
    yield "_periderm() {"
    yield "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command='' i words='' options=''"
    yield "    for ((i = 1; i < COMP_CWORD; i++)); do"
    yield "        case ${COMP_WORDS[i]} in -*) ;; *) command=${COMP_WORDS[i]}; break ;; esac"
    yield "    done"
    yield "    case $command:$before in"
    for entry in commands:
        for option in entry.options:
            if option.choices:
                patterns = " | ".join(f"{entry.name}:{name}" for name in option.names)
                yield f"        {patterns}) COMPREPLY=($(compgen -W '{' '.join(option.choices)}' -- \"$word\")); return ;;"
            elif option.takes_value:
                patterns = " | ".join(f"{entry.name}:{name}" for name in option.names)
                yield f'        {patterns}) COMPREPLY=($(compgen -f -- "$word")); return ;;'
    yield "    esac"
    yield "    case $command in"
    yield f"        '') words='{' '.join(e.name for e in commands)}' options='--help --version' ;;"
    for entry in commands:
        yield f"        {entry.name}) words='{' '.join(entry.words)}' options='{_names(entry)}' ;;"
    yield "    esac"
    yield '    case $word in -*) COMPREPLY=($(compgen -W "$options" -- "$word")); return ;; esac'
    yield '    if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$word"))'
    yield '    else COMPREPLY=($(compgen -f -- "$word")); fi'
    yield "}"
    yield "complete -o filenames -F _periderm periderm"


def _zsh(commands: list[Entry]) -> Iterator[str]:
    yield "#compdef periderm"
    yield "# zsh completion for periderm; printed by `periderm completion zsh`"
    yield "_periderm() {"
    yield "    local -a commands"
    yield "    commands=("
    for entry in commands:
        yield f"        '{entry.name}:{_plain(entry.help)}'"
    yield "    )"
    yield "    if (( CURRENT == 2 )); then _describe -t commands 'periderm command' commands; return; fi"
    yield "    local command=${words[2]}"
    yield "    shift words; (( CURRENT-- ))"
    yield "    case $command in"
    for entry in commands:
        yield f"        {entry.name})"
        yield "            _arguments -S \\"
        for option in entry.options:
            value = f":value:({' '.join(option.choices)})" if option.choices else ":value:_files" if option.takes_value else ""
            for name in option.names:
                yield f"                '{name}[{_plain(option.help)}]{value}' \\"
        yield f"                '*:argument:{'(' + ' '.join(entry.words) + ')' if entry.words else '_files'}' ;;"
    yield "    esac"
    yield "}"
    yield 'if [ "$funcstack[1]" = "_periderm" ]; then _periderm "$@"; else compdef _periderm periderm; fi'


def _fish(commands: list[Entry]) -> Iterator[str]:
    yield "# fish completion for periderm; printed by `periderm completion fish`"
    names = " ".join(entry.name for entry in commands)
    yield f"complete -c periderm -n 'not __fish_seen_subcommand_from {names}' -f -l help -s h"
    yield f"complete -c periderm -n 'not __fish_seen_subcommand_from {names}' -f -l version"
    for entry in commands:
        yield f"complete -c periderm -n 'not __fish_seen_subcommand_from {names}' -f -a {entry.name} -d '{_plain(entry.help)}'"
        seen = f"-n '__fish_seen_subcommand_from {entry.name}'"
        if entry.words:
            yield f"complete -c periderm {seen} -f -a '{' '.join(entry.words)}'"
        for option in entry.options:
            spelled = " ".join(f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in option.names)
            value = f" -x -a '{' '.join(option.choices)}'" if option.choices else " -r" if option.takes_value else ""
            yield f"complete -c periderm {seen} {spelled}{value} -d '{_plain(option.help)}'"
