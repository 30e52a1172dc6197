"""The pages of the command line: every command with its options, exit statuses, environment."""

from __future__ import annotations

import argparse
import io
import re
import tokenize
from pathlib import Path

from periderm.cli.main import COMMANDS, parser_for
from tools.reference.markdown import cell, code, page, table

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "periderm"

# Every variable that the product reads, with what it does. A test compares this with the code.
ENVIRONMENT = {
    "PERIDERM_STATE": "the folder with everything durable; `--state` goes before it. Default: `/var/lib/periderm` for root, "
    "`~/.local/state/periderm` for others",
    "PERIDERM_CACHE": "the folder with what can be made again. Default: `/var/cache/periderm` or `~/.cache/periderm`",
    "PERIDERM_PORT": "the port on loopback where the server and the console answer. Default: 8843",
    "PERIDERM_RING_MIB": "the size in MiB of the ring between the kernel and the agent, a power of two",
    "PERIDERM_CONTENT": "`off`: files that came after the image are not looked into. Default: `on`",
    "PERIDERM_BUDGET_CPU": "how much of one core the agent may use, in percent; above it detail is given up. Default: 50",
    "PERIDERM_BUDGET_MEMORY": "how much memory the agent may use, in MiB; above it detail is given up. Default: 512",
    "PERIDERM_HISTORY": "`off`: the agent keeps no history of events. Default: `on`",
    "PERIDERM_HISTORY_DAYS": "how many days events are kept. Default: 30",
    "PERIDERM_HISTORY_MIB": "how much room the history may take, in MiB: the oldest goes first. Default: 4096",
    "PERIDERM_HISTORY_FREE_MIB": "how much room the history leaves free on its file system, in MiB, at most a tenth of it. "
    "Default: 1024",
    "PERIDERM_OWNERSHIP": "the file that says who answers for this machine. Default: `/etc/periderm/ownership`",
    "PERIDERM_RULES": "the folder with packs of runtime rules. Default: `rules` below the state",
    "PERIDERM_RULES_KEYS": "a public key (PEM), or a folder of them, that signed packs of rules are verified with",
    "PERIDERM_RULES_SIGNED": "`1`: only signed packs of rules are used",
    "PERIDERM_EXEMPT": "globs, by commas, of containers, workloads and images that no response ever hits",
    "PERIDERM_PROTECTED": "set by the agent for its helper: a process that is never hit",
    "PERIDERM_KNOWN_BPF": "globs, by commas, of BPF programs' names and pins' paths that are your own (RUN-029)",
    "PERIDERM_PINS": "the folder in bpffs where the agent pins its programs and maps",
    "NO_COLOR": "set to anything: no colour (no-color.org)",
    "TERM": "`dumb`: no colour",
    "LC_ALL": "with `LC_MESSAGES` and `LANG`: a value that begins with `zh` makes messages Chinese; `--lang` goes before it",
}
_STATUS = {
    "OK": "the command did what was asked",
    "USAGE": "a wrong argument or an unknown name",
    "NOT_FOUND": "what was named does not exist",
    "DENIED": "the caller may not do this",
    "INTERRUPTED": "Ctrl-C",
}


def pages() -> dict[str, str]:
    """File name to text."""
    parser = parser_for([name for name, _, _ in COMMANDS])
    children = {n: p for a in parser._actions if isinstance(a, argparse._SubParsersAction) for n, p in a.choices.items()}
    parts = ["`periderm COMMAND --help` says the same. `--json` prints one document whose fields are those of the model."]
    parts.append(table(("command", "what it does"), [(f"[{n}](#periderm-{n})", cell(t)) for n, t, _ in COMMANDS]))
    parts += [_command(name, text, children[name]) for name, text, _ in COMMANDS]
    return {
        "cli.md": page("Command line", *parts),
        "exit-statuses.md": _exit_statuses(),
        "environment.md": page(
            "Environment", table(("variable", "meaning"), [(code(name), text) for name, text in ENVIRONMENT.items()])
        ),
    }


def _command(name: str, text: str, parser: argparse.ArgumentParser) -> str:
    parts = [f"## periderm {name}", f"{cell(text[0].upper() + text[1:])}.", _arguments(parser)]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for child_name, child in action.choices.items():
                parts += [f"### periderm {name} {child_name}", cell(helps.get(child_name, "")), _arguments(child)]
    return "\n\n".join(part for part in parts if part)


def _arguments(parser: argparse.ArgumentParser) -> str:
    rows = []
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction | argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
            continue
        metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
        if action.choices:
            metavar = "{" + ",".join(str(c) for c in action.choices) + "}"
        names = ", ".join(action.option_strings)
        shown = names if action.nargs == 0 else f"{names} {metavar}".strip()
        rows.append((code(shown), cell((action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%"))))
    return table(("argument", "meaning"), rows) if rows else ""


def constants(source: str, prefix: str) -> list[tuple[str, str, str]]:
    """(name, value, comment) of module constants that begin with a prefix, in order; the comment may be empty."""
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        match = re.match(rf"\s*({prefix}\w*) = ([^#]+?)\s*(?:#.*)?$", line)
        if match:
            found.append((match[1], match[2], comments.get(number, "")))
    return found


def _exit_statuses() -> str:
    rows = []
    for name, value, comment in constants((SOURCE / "cli" / "main.py").read_text(encoding="utf-8"), "EXIT_"):
        meaning = comment or _STATUS[name.removeprefix("EXIT_")]
        rows.append((value, cell(meaning)))
    return page("Exit statuses", "Every command ends with one of these.", table(("status", "meaning"), rows))


def variables() -> set[str]:
    """All variables of ours that the code reads."""
    texts = (path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    return {name for text in texts for name in re.findall(r"\bPERIDERM_[A-Z_]+\b", text)}
