"""`periderm up`: the whole product on this machine, until Ctrl-C; with the sample, its story first."""

from __future__ import annotations

import argparse
import sys

from periderm.cli import server, words
from periderm.cli.output import Output
from periderm.cli.story import show
from periderm.model.errors import UsageError
from periderm.model.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--sample", action="store_true", help="build the sample container, attack it, show the incident")
    parser.add_argument("--once", action="store_true", help="exit after the sample's incident: 0 if all points held, else 1")
    parser.add_argument("--port", type=words.port, help="where the console answers, on loopback (default 8843)")
    server.doors(parser)
    parser.add_argument(
        "--normal-seconds", type=float, default=60.0, metavar="N", help="how long the sample works before the attack"
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Starts, watches, stops cleanly."""
    import msgspec

    from periderm import wiring
    from periderm.wiring.lasting import lasting, managed, ready, stopping

    if options.port is not None:
        settings = msgspec.structs.replace(settings, port=options.port)
    settings = server.with_doors(options, settings)
    if settings.server:
        raise UsageError(
            f"This machine reports to {settings.server}.",
            "Run `periderm agent` here, or take `agent.server` out of its settings.",
        )
    # Without a terminal nobody would ever press Ctrl-C after the sample's story.
    once = options.once or (options.sample and not sys.stdout.isatty())
    with (
        lasting(settings, "up"),
        wiring.up(settings, sample=options.sample, tell=out.note, progress=out.step) as running,
    ):
        # With --json standard output is one document.
        say = out.note if out.json else out.line
        if managed():  # what is said here goes into the machine's journal, which others may read: no link
            say(f"Console: {settings.url} (`periderm status --link` prints a sign-in link. State: {settings.state})")
        else:
            say(f"Console: {running.up.link()}")
            say(f"  (the link works once; `periderm status --link` prints another. State: {settings.state})")
        for missing in running.missing:
            out.note(out.say(missing))
        status = 0
        if running.story is not None:
            status = show(running.story, settings, out, options.normal_seconds)
        if once and options.sample:
            return status
        say("Watching. Ctrl-C stops and removes everything from the kernel.")
        ready()
        try:
            while True:
                running.up.check()
                running.wait(1.0)
        except KeyboardInterrupt:
            stopping()
            out.note("Stopping.")
    return status
