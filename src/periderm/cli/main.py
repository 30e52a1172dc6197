"""Finds the command, loads only that, and turns every known error into one sentence and an exit status."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from periderm import __version__
from periderm.cli.output import Output
from periderm.model.errors import DeniedError, FormatError, NotFoundError, PeridermError, RuleError, UsageError
from periderm.model.settings import Settings

# Documented in docs/reference/cli.md, which is generated from here.
EXIT_OK = 0
EXIT_FOUND = 1  # the command worked and found what it was told to fail on
EXIT_USAGE = 2
EXIT_INPUT = 3  # the input is malformed, hostile or too large
EXIT_NOT_FOUND = 4
EXIT_MISSING = 5  # something that this machine lacks
EXIT_DENIED = 6
EXIT_INTERRUPTED = 130

# name, help, module. One more command is one line here and one file.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("up", "watch this machine: sensor, server and console in one command", "periderm.cli.up"),
    ("advisories", "fetch, build and search published vulnerabilities", "periderm.cli.advisories"),
    ("scan", "look into an image, folder, repository, SBOM, container or this host", "periderm.cli.scan"),
    ("diff", "tell what changes from one image to another", "periderm.cli.diff"),
    ("incidents", "list incidents, or show one as a story", "periderm.cli.incidents"),
    ("findings", "list weaknesses of images and containers", "periderm.cli.findings"),
    ("packages", "search the packages of everything that was scanned", "periderm.cli.packages"),
    ("exceptions", "list, try, add and remove exceptions: what does not count, why, until when", "periderm.cli.exceptions"),
    ("assets", "list what is protected: nodes, images, containers, workloads", "periderm.cli.assets"),
    ("explain", "say what a detector looks for, why, and what to change", "periderm.cli.explain"),
    ("coverage", "show which attack techniques are seen, and which cannot be", "periderm.cli.coverage"),
    ("selftest", "exercise what must be seen, in a throwaway container, and say what was", "periderm.cli.selftest"),
    ("status", "tell whether everything runs, and what was not seen", "periderm.cli.status"),
    ("policy", "list, try and set how far the product may go, and for whom", "periderm.cli.policy"),
    ("respond", "act on a container, process or file; list what was done, take it back", "periderm.cli.respond"),
    ("session", "announce an interactive session, so that alerts below it say so", "periderm.cli.session"),
    ("events", "look at what was seen: runtime events of the past, or live", "periderm.cli.events"),
    ("rules", "list, lint, test and try rules for runtime events; import Falco's", "periderm.cli.rules"),
    ("record", "write runtime events into a file", "periderm.cli.record"),
    ("replay", "judge a recorded file again", "periderm.cli.replay"),
    ("demo", "build the sample, attack it, show the incident", "periderm.cli.demo"),
    ("doctor", "say what this machine can and cannot do, and how to get the rest", "periderm.cli.doctor"),
    ("completion", "print a completion script for a shell", "periderm.cli.completion"),
    ("agent", "run the agent process alone (started by `up`)", "periderm.cli.agent"),
    ("guard", "run a privileged process beside the agent alone (started by it)", "periderm.cli.guard"),
    ("server", "run the server process alone (started by `up`)", "periderm.cli.server"),
    ("worker", "run a scan worker alone (started by `up`)", "periderm.cli.worker"),
)


class Command(Protocol):
    """What a command's module offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Adds arguments."""

    def run(self, options: argparse.Namespace, settings: Settings, out: Output) -> int:
        """Does it and returns the exit status."""


def load(name: str) -> Command:
    """The module of a command."""
    module = next(m for n, _, m in COMMANDS if n == name)
    return cast(Command, importlib.import_module(module))


def common(parser: argparse.ArgumentParser) -> None:
    """Options that every command has."""
    parser.add_argument("--json", action="store_true", help="print JSON, one document (stable fields)")
    parser.add_argument("--state", metavar="DIR", help="folder with the state (default: $PERIDERM_STATE or by user)")
    parser.add_argument("--lang", choices=("en", "zh"), help="language of what is printed (default: from $LANG)")
    parser.add_argument("--quiet", action="store_true", help="no progress and no hints")


def parser_for(names: Sequence[str]) -> argparse.ArgumentParser:
    """A parser in which the named commands are complete and the others only listed."""
    parser = argparse.ArgumentParser(
        prog="periderm",
        description="Native security for cloud-native workloads: from the image to a stopped attack.",
        epilog="Exit status: 0 fine, 1 found what it was told to fail on, 2 usage, 3 bad input, 4 not found, "
        "5 something is missing on this machine, 6 not allowed. `periderm doctor` says what this machine can do.",
    )
    parser.add_argument("--version", action="version", version=f"periderm {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, text, _ in COMMANDS:
        child = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name in names:
            common(child)
            load(name).configure(child)
    return parser


def settings_from(options: argparse.Namespace) -> Settings:
    """Settings from arguments and environment; folders by user."""
    root = os.geteuid() == 0
    home = os.path.expanduser("~")
    state = options.state or os.environ.get("PERIDERM_STATE")
    state = state or ("/var/lib/periderm" if root else os.path.join(home, ".local/state/periderm"))
    cache = os.environ.get("PERIDERM_CACHE") or ("/var/cache/periderm" if root else os.path.join(home, ".cache/periderm"))
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en"
    language = options.lang or ("zh" if locale.startswith("zh") else "en")
    port = os.environ.get("PERIDERM_PORT", "8843")
    # isdecimal alone would let through digits of other scripts, and a number too long to be read.
    if not (port.isascii() and port.isdecimal() and len(port) <= 5) or not 0 < int(port) < 65536:
        raise UsageError(f"PERIDERM_PORT is {port!r}, not a port.", "Set it to a number from 1 to 65535.")
    return Settings(
        state=os.path.abspath(state),
        cache=os.path.abspath(cache),
        language=language,
        port=int(port),
        content_on=_switch("PERIDERM_CONTENT"),
        budget_cpu=_number("PERIDERM_BUDGET_CPU", 50, 100 * 1024),
        budget_memory_mib=_number("PERIDERM_BUDGET_MEMORY", 512, 1 << 20),
        history_on=_switch("PERIDERM_HISTORY"),
        history_days=_number("PERIDERM_HISTORY_DAYS", 30, 3650),
        history_mib=_number("PERIDERM_HISTORY_MIB", 4096, 1 << 20),
        history_free_mib=_number("PERIDERM_HISTORY_FREE_MIB", 1024, 1 << 20),
    )


def _switch(name: str) -> bool:
    """A setting that is on unless it is set to off. Raises UsageError."""
    value = os.environ.get(name, "on").lower()
    if value not in ("on", "off"):
        raise UsageError(f"{name} is {value[:20]!r}.", "Set it to on or off.")
    return value == "on"


def _number(name: str, otherwise: int, most: int) -> int:
    """A setting that is a whole number from 1 to `most`. Raises UsageError."""
    value = os.environ.get(name) or str(otherwise)
    if not (value.isascii() and value.isdecimal() and len(value) <= 8) or not 0 < int(value) <= most:
        raise UsageError(f"{name} is {value[:20]!r}.", f"Set it to a whole number from 1 to {most}.")
    return int(value)


def status_of(error: PeridermError) -> int:
    """The documented exit status for a family of errors."""
    if isinstance(error, UsageError | RuleError):
        return EXIT_USAGE
    if isinstance(error, FormatError):
        return EXIT_INPUT
    if isinstance(error, NotFoundError):
        return EXIT_NOT_FOUND
    if isinstance(error, DeniedError):
        return EXIT_DENIED
    return EXIT_MISSING


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A locale that cannot say a character gets its escape, not a traceback.
            stream.reconfigure(errors="backslashreplace")
    names = {n for n, _, _ in COMMANDS}
    wanted = [a for a in arguments if a in names][:1]
    parser = parser_for(wanted)
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return EXIT_OK
    out = Output(json=options.json, quiet=options.quiet)
    try:
        settings = settings_from(options)
        out.language = settings.language
        return load(options.command).run(options, settings, out)
    except PeridermError as error:
        out.error(error)
        return status_of(error)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader (head, less) went away: that is its right.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_OK
