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
from periderm.cli.settings import settings_from
from periderm.model.errors import DeniedError, FormatError, NotFoundError, PeridermError, RuleError, UsageError
from periderm.model.settings import Settings
from periderm.wiring import told as wiring_told

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
    ("build", "build an image with podman, buildah or docker, and name it only if it passes the gate", "periderm.cli.build"),
    ("verify", "check who signed what about an image, and what its gate said; offline", "periderm.cli.verify"),
    ("export", "write results, verdicts and exceptions, signed, for another network", "periderm.cli.export_results"),
    ("import", "take over what another network exported, after checking who signed it", "periderm.cli.import_results"),
    ("trust", "tell from where images may come and who must have signed; check one", "periderm.cli.trust"),
    ("diff", "tell what changes from one image to another", "periderm.cli.diff"),
    ("incidents", "list incidents, or show one as a story", "periderm.cli.incidents"),
    ("search", "search everything that is known here by words and fields", "periderm.cli.search"),
    ("findings", "list weaknesses of images and containers", "periderm.cli.findings"),
    ("images", "list images: their state, what runs of them, where they lie", "periderm.cli.images"),
    ("packages", "search the packages of everything that was scanned", "periderm.cli.packages"),
    ("registry", "watch registries: list, add, show, remove, look now, webhooks", "periderm.cli.registry"),
    ("queue", "show what waits to be scanned; try again, take out", "periderm.cli.queue"),
    ("notify", "tell others: chats, mail, syslog, webhooks, tickets; list, add, test, retry", "periderm.cli.notify"),
    ("triage", "say whose an incident or weakness is, until when; comment, accept; trends of risk", "periderm.cli.triage"),
    ("false-alarm", "say that an incident was false, and keep it from coming again", "periderm.cli.false_alarm"),
    ("exceptions", "list, try, add and remove exceptions: what does not count, why, until when", "periderm.cli.exceptions"),
    ("assets", "list what is protected: nodes, images, containers, workloads", "periderm.cli.assets"),
    ("owners", "say who answers for what, by a table from elsewhere: import, try, list, remove", "periderm.cli.owners"),
    ("explain", "say what a detector looks for, why, and what to change", "periderm.cli.explain"),
    ("coverage", "show which attack techniques are seen, and which cannot be", "periderm.cli.coverage"),
    ("selftest", "exercise what must be seen, in a throwaway container, and say what was", "periderm.cli.selftest"),
    ("user", "say who may sign in and what they may do; links, sessions", "periderm.cli.user"),
    ("group", "give rights to several accounts at once", "periderm.cli.group"),
    ("token", "make, list and take back secrets by which programs ask the API", "periderm.cli.token"),
    ("audit", "list who did what, and verify that the log is whole", "periderm.cli.audit"),
    ("status", "tell whether everything runs, and what was not seen", "periderm.cli.status"),
    ("harden", "say how narrowly a workload could be run, and prove it by its past", "periderm.cli.harden"),
    ("baseline", "show, review and decide what is normal for a workload; carry it elsewhere", "periderm.cli.baseline"),
    ("slim", "say what of an image was never used, and what leaving it out would end", "periderm.cli.slim"),
    ("policy", "list, try and set how far the product may go, and for whom", "periderm.cli.policy"),
    ("respond", "act on a container, process or file; list what was done, take it back", "periderm.cli.respond"),
    ("session", "announce an interactive session, so that alerts below it say so", "periderm.cli.session"),
    ("events", "look at what was seen: runtime events of the past, or live", "periderm.cli.events"),
    ("rules", "list, lint, test and try rules for runtime events; import Falco's", "periderm.cli.rules"),
    ("record", "write runtime events into a file", "periderm.cli.record"),
    ("replay", "judge a recorded file again", "periderm.cli.replay"),
    ("demo", "build the sample, attack it, show the incident", "periderm.cli.demo"),
    ("config", "make, show and check the file with all settings", "periderm.cli.config"),
    ("backup", "copy the state of this machine, running or not, into one file", "periderm.cli.backup"),
    ("restore", "put back what `backup` copied", "periderm.cli.restore"),
    ("doctor", "say what this machine can and cannot do, and how to get the rest", "periderm.cli.doctor"),
    ("completion", "print a completion script for a shell", "periderm.cli.completion"),
    ("node", "list machines that joined this server; revoke one", "periderm.cli.node"),
    ("join-token", "let one more machine join this server; list, revoke tokens", "periderm.cli.join_token"),
    ("authority", "the server's own certificate authorities: list, show, roll, retire", "periderm.cli.authority"),
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
    parser.add_argument("--csv", action="store_true", help="print lists as CSV, for spreadsheets; no cell is a formula")
    parser.add_argument("--state", metavar="DIR", help="folder with the state (default: $PERIDERM_STATE or by user)")
    parser.add_argument("--config", metavar="FILE", help="file with all settings (default: $PERIDERM_CONFIG or by user)")
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


def known(arguments: Sequence[str], names: set[str]) -> None:
    """Nothing, if the first word is a command or an option; UsageError with the nearest command, if it is neither.

    argparse would print all commands in one line of a thousand characters.
    """
    first = arguments[0] if arguments else "-"
    if first.startswith("-") or first in names:
        return
    import difflib  # a fifth of a fast command's start, for a mistake

    near = difflib.get_close_matches(first, sorted(names), n=1)
    meant = f"Did you mean `periderm {near[0]}`? " if near else ""
    raise UsageError(f"There is no command {first!r}.", f"{meant}`periderm --help` lists all.")


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
    try:
        known(arguments, names)
    except UsageError as error:
        Output(json=False, csv=False, quiet=False).error(error)
        return EXIT_USAGE
    wanted = [a for a in arguments if a in names][:1]
    parser = parser_for(wanted)
    rest: list[str] = []
    if wanted == ["build"] and arguments[0] == "build":  # the only command that hands on words that are not its own
        from periderm.cli.builder_words import divide

        arguments, rest = divide(arguments)
    options = parser.parse_args(arguments, argparse.Namespace(rest=rest))
    if options.command is None:
        parser.print_help()
        return EXIT_OK
    out = Output(json=options.json, csv=options.csv, quiet=options.quiet)
    try:
        if options.command != "config":  # which has to work where the file is wrong
            wiring_told.take_file(options.config or "")
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
    finally:
        wiring_told.forget()
