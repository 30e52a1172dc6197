"""`periderm agent`: the agent process alone. `periderm up` starts it; elsewhere it joins a server and reports there."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from periderm.cli.output import Output
from periderm.model.errors import UsageError
from periderm.model.settings import Settings
from periderm.model.text import Text

if TYPE_CHECKING:
    from periderm.app.watch import Agent

_JOINED = Text("This machine has joined {server}.", "该机器已加入 {server}。")
_ALREADY = Text("This machine has joined before; the token is not used.", "该机器此前已加入，未使用该令牌。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--record", metavar="FILE", help="also write all events into a file")
    parser.add_argument("--server", metavar="URL", help="a server on another machine, like https://server.example:8844")
    parser.add_argument(
        "--join", metavar="TOKEN", help="take up a join token first, or the one in the file @FILE (default: $PERIDERM_JOIN)"
    )
    parser.add_argument("--join-only", action="store_true", help="join, and do not watch")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Watches until it is told to stop."""
    import msgspec

    from periderm import wiring
    from periderm.agent.run import run as run_agent
    from periderm.wiring.lasting import lasting, ready

    if options.server:
        settings = msgspec.structs.replace(settings, server=options.server)
    token = _token(options.join or os.environ.pop("PERIDERM_JOIN", ""))
    if token or options.join_only:
        _join(settings, token, out)
    if options.join_only:
        return 0
    if settings.server:
        wiring.membership(settings).renewal_due()  # says what is wrong with the identity, before anything is loaded
    out.note("The agent watches this node.")

    def make() -> Agent:
        made = wiring.agent(settings, record=options.record or "")
        ready()
        return made

    with lasting(settings, "agent", hang_up=False):  # that signal ends the agent, and leaves its programs in the kernel
        return run_agent(make)


def _join(settings: Settings, token: str, out: Output) -> None:
    from periderm import wiring

    if not settings.server or not token:
        raise UsageError("Joining needs a server and a token.", "Give --server URL and --join TOKEN.")
    if wiring.membership(settings).joined():
        # A unit file that says --join starts again and again.
        out.note(out.say(_ALREADY))
        return
    wiring.join(settings, token)
    out.note(out.say(_JOINED.fill(server=settings.server)))


def _token(given: str) -> str:
    """An argument can be seen by every user of the machine: a file need not be."""
    if not given.startswith("@"):
        return given
    try:
        with open(given[1:], encoding="ascii") as file:
            return file.read(4096).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{given[1:]} holds no token: {error}.", "Write what `periderm join-token new` printed.") from error
