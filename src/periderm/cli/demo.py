"""`periderm demo`: the sample alone: its story once, or the removal of all that it made."""

from __future__ import annotations

import argparse

from periderm.cli import up, words
from periderm.cli.output import Output
from periderm.model.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--clean", action="store_true", help="remove the sample's container, image and files")
    parser.add_argument("--build", action="store_true", help="only build the sample's image")
    parser.add_argument("--port", type=words.port, help="where the console answers, on loopback (default 8843)")
    parser.add_argument(
        "--normal-seconds", type=float, default=60.0, metavar="N", help="how long the sample works before the attack"
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Runs the story once, or builds, or cleans."""
    from periderm import wiring

    if options.clean:
        removed = wiring.sample(settings).clean()
        if out.json:
            out.value({"removed": removed})
        else:
            for name in removed:
                out.line(f"removed {out.say(name)}")
            if not removed:
                out.line("Nothing of the sample was there.")
        return 0
    if options.build:
        sample = wiring.sample(settings)
        sample.build(out.step)
        out.line(f"built {sample.image_digest()}")
        return 0
    return up.run(argparse.Namespace(**{**vars(options), "sample": True, "once": True}), settings, out)
