"""Completion scripts: made from the parsers, accepted by the shells, and completing."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from periderm.cli.completion import SHELLS, entries, render
from periderm.cli.main import COMMANDS, parser_for
from tests.cli.conftest import Periderm


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_and_option_is_in_the_script(periderm: Periderm, shell: str) -> None:
    """What the command line takes, completion offers."""
    status, script, _ = periderm("completion", shell)
    assert status == 0
    for entry in entries(parser_for([name for name, _, _ in COMMANDS])):
        assert entry.name in script
        for option in entry.options:
            for name in option.names:
                assert name.lstrip("-") in script


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_accepts_it(periderm: Periderm, shell: str, tmp_path: Path) -> None:
    """No quote in a help text breaks the script."""
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    file = tmp_path / "script"
    file.write_text(periderm("completion", shell)[1], encoding="utf-8")
    done = subprocess.run([shell, "-n", str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def complete(periderm: Periderm, words: list[str]) -> set[str]:
    """What bash would offer for the last word."""
    line = " ".join(f"'{word}'" for word in words)
    script = f"""{periderm("completion", "bash")[1]}
COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; COMPREPLY=(); _periderm; printf '%s\\n' "${{COMPREPLY[@]}}" """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["periderm", "inc"], {"incidents"}),
        (["periderm", "incidents", "--sev"], {"--severity"}),
        (["periderm", "incidents", "--severity", "hi"], {"high"}),
        (["periderm", "completion", ""], set(SHELLS)),
        (["periderm", "--v"], {"--version"}),
    ],
)
def test_bash_completes(periderm: Periderm, words: list[str], offered: set[str]) -> None:
    """Commands, options and their choices."""
    assert complete(periderm, words) == offered


def test_fish_completes(periderm: Periderm, tmp_path: Path) -> None:
    """The same in fish."""
    if shutil.which("fish") is None:
        pytest.skip("needs fish")
    file = tmp_path / "periderm.fish"
    file.write_text(periderm("completion", "fish")[1], encoding="utf-8")
    script = f"source {file}; complete -C 'periderm incidents --sev'; complete -C 'periderm inc'"
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "TERM": "dumb"}
    done = subprocess.run(["fish", "--no-config", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert "--severity" in done.stdout
    assert "incidents" in done.stdout


def test_json_wraps_the_script(periderm: Periderm) -> None:
    """`--json` everywhere."""
    assert json.loads(periderm("completion", "zsh", "--json")[1])["script"].startswith("#compdef periderm")


@pytest.mark.parametrize("shell", SHELLS)
def test_hostile_help_is_harmless(shell: str, tmp_path: Path) -> None:
    """A help text with quotes, brackets and substitutions stays text: reading the script runs nothing."""
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    mark = tmp_path / "mark"
    parser = parser_for([])
    commands = next(a for a in parser._actions if hasattr(a, "add_parser"))
    child = commands.add_parser("x", help=f"it's `touch {mark}` $(touch {mark}) [a]: \"b\" '; touch {mark}; '")
    child.add_argument("--y", help=f"'; touch {mark}; ' \\'; touch {mark} #")
    script = tmp_path / "script"
    script.write_text(render(shell, [e for e in entries(parser) if e.name == "x"]), encoding="utf-8")
    done = subprocess.run([shell, str(script)], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert not mark.exists(), done.stderr
