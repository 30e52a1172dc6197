"""`periderm worker`: a scan worker alone. `periderm up` starts it."""

from __future__ import annotations

import argparse
import signal
import threading

from periderm.cli.output import Output
from periderm.model.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--no-registries", action="store_true", help="scan only images that lie on this node")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Scans what waits until it is told to stop; the image under way is scanned again by the next worker."""
    from periderm import wiring
    from periderm.wiring.lasting import lasting

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    out.note("The worker scans images.")
    with lasting(settings, "worker"):
        wiring.worker(settings, stop, registries=not options.no_registries)
    return 0
