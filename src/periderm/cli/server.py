"""`periderm server`: the server process alone. `periderm up` starts it."""

from __future__ import annotations

import argparse

from periderm.cli.output import Output
from periderm.model.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    doors(parser)


def doors(parser: argparse.ArgumentParser) -> None:
    """Where it answers beside loopback, always by TLS."""
    parser.add_argument("--agents", metavar="HOST:PORT", help="also answer agents of other machines here, by mutual TLS")
    parser.add_argument("--listen", metavar="HOST:PORT", help="also answer the console and API here, by TLS")
    parser.add_argument("--tls-cert", metavar="FILE", help="certificate for --listen, PEM (default: of our own authority)")
    parser.add_argument("--tls-key", metavar="FILE", help="its key, PEM (default: in the same file)")


def with_doors(options: argparse.Namespace, settings: Settings) -> Settings:
    """The settings with what was said on the command line."""
    import msgspec

    said = {name: getattr(options, name) for name in ("agents", "listen", "tls_cert", "tls_key")}
    return msgspec.structs.replace(settings, **{name: value for name, value in said.items() if value})


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Serves on loopback, and where it was told to, until it is told to stop."""
    from periderm import wiring
    from periderm.wiring.lasting import lasting

    settings = with_doors(options, settings)
    out.note(f"The server answers at {settings.url}")
    if settings.agents:
        out.note(f"Agents of other machines are answered at {settings.agents}")
    if settings.listen:
        out.note(f"The console answers at https://{settings.listen} too")
    with lasting(settings, "server"):
        wiring.serve(settings)
    return 0
