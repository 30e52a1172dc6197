"""`periderm baseline born`: what an image promises before its first start.

A part of `periderm baseline` (`cli.baseline`), which hands its parser and options over.
"""

from __future__ import annotations

import argparse

from periderm import wiring
from periderm.app.birth import MOST_MANIFEST, promised
from periderm.cli import baseline_tables as tables
from periderm.cli.output import Output
from periderm.model.behaviour import Dimension
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_LEFT_OUT = Text(
    "A limit left something of the image out: more may be promised once it runs.",
    "受限制所致，镜像的部分内容未处理：运行后可能还有更多预期行为。",
)
_BY = Text("Run as {name} of {workload} says.", "按 {workload} 中的容器 {name} 运行。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("image", metavar="IMAGE", help="podman:NAME, an archive, or an OCI layout folder")
    parser.add_argument("--manifest", metavar="FILE", default="", help="Kubernetes manifest that says how it is to be run")
    parser.add_argument(
        "--container", metavar="NAME", default="", help="which container of the manifest (default: the only one)"
    )
    parser.add_argument("--dimension", choices=[each.value for each in Dimension], default="", help="only this dimension")
    parser.add_argument("--program", default="", metavar="PATH", help="only this program (a part of its path)")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Scans and prints."""
    manifest = wiring.documents().read(options.manifest, MOST_MANIFEST) if options.manifest else b""
    found = promised(
        wiring.image_scanner(settings),
        LOCAL_ADMIN,
        options.image,
        manifest=manifest,
        container=options.container,
        progress=out.progress,
    )
    tables.entries(found.baseline, options.dimension, options.program, out)
    if found.deployed is not None:
        out.note(out.say(_BY.fill(name=found.deployed.name, workload=found.deployed.workload)))
    if not found.complete:
        out.note(out.say(_LEFT_OUT))
    return 0
