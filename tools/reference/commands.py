"""The pages of the command line: every command with its options, exit statuses, environment."""

from __future__ import annotations

import argparse
import io
import re
import tokenize
from pathlib import Path

from periderm.app.configuration import template, toml
from periderm.cli.main import COMMANDS, parser_for
from periderm.model.option_list import OPTIONS, SECTIONS, VARIABLES
from periderm.model.options import Option, OptionKind
from tools.reference.markdown import cell, code, page, table

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "periderm"


def _told(option: Option) -> str:
    """What a variable does, with its default."""
    words = {OptionKind.LIST: ", by commas", OptionKind.SWITCH: ", `on` or `off`"}.get(option.kind, "")
    if option.choices:
        words = ": " + ", ".join(code(choice) for choice in option.choices)
    default = option.shown.en if option.shown is not None else code(option.default) if option.default else ""
    return option.meaning.en + words + (f". Default: {default}" if default else "")


# Variables of others that the product reads.
_FOREIGN = {
    "NO_COLOR": "set to anything: no colour (no-color.org)",
    "TERM": "`dumb`: no colour",
    "LC_ALL": "with `LC_MESSAGES` and `LANG`: a value that begins with `zh` makes messages Chinese; `--lang` goes before it",
}
# Every variable that the product reads, with what it does. A test compares this with the code.
ENVIRONMENT = {option.variable: _told(option) for option in (*OPTIONS, *VARIABLES)} | _FOREIGN
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
            "Environment",
            "A variable goes before what [the file](configuration.md) says; an empty one is as if it were not there.",
            table(("variable", "meaning"), [(code(name), text) for name, text in ENVIRONMENT.items()]),
        ),
        "configuration.md": _configuration(),
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


def _configuration() -> str:
    parts = [
        "One TOML file says all of this: `--config FILE`, else `PERIDERM_CONFIG`, else "
        + (VARIABLES[0].shown or VARIABLES[0].meaning).en
        + ". `periderm config init` makes it, `check` says what is wrong in it, `show` what is in force and why. "
        "What is *live* is taken over by running processes within seconds; all else needs a restart."
    ]
    for section, meaning in SECTIONS.items():
        rows = []
        for option in OPTIONS:
            if option.section == section:
                default = option.shown.en if option.shown is not None else code(toml(option, option.default))
                live = "live" if option.live else ""
                rows.append((code(option.key), default, cell(option.meaning.en), live, code(option.variable)))
        parts += [f"## {section}", meaning.en, table(("setting", "default", "meaning", "", "variable"), rows)]
    parts += ["## The file as `periderm config init` makes it", f"```toml\n{template('en')}```"]
    return page("Configuration", *parts)


def _exit_statuses() -> str:
    rows = []
    for name, value, comment in constants((SOURCE / "cli" / "main.py").read_text(encoding="utf-8"), "EXIT_"):
        meaning = comment or _STATUS[name.removeprefix("EXIT_")]
        rows.append((value, cell(meaning)))
    return page("Exit statuses", "Every command ends with one of these.", table(("status", "meaning"), rows))


def variables() -> set[str]:
    """All variables of ours that the code reads."""
    # The settings' own table reads none; what the command line asks by a setting's name counts as read.
    files = [path for path in SOURCE.rglob("*.py") if not path.name.startswith("option")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    asked = {name for text in texts for name in re.findall(r'"([a-z]+\.[a-z_]+)"', text)}
    found = {name for text in texts for name in re.findall(r"\bPERIDERM_[A-Z_]+\b", text)}
    return found | {option.variable for option in OPTIONS if option.name in asked}
