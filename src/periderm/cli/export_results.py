"""`periderm export`: writes what is known of images into one signed file, to be carried into another network."""

from __future__ import annotations

import argparse
import os
import socket

from periderm import wiring
from periderm.app.export_results import export_results
from periderm.cli.output import Output
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_WROTE = Text(
    "{out}: {images} images, {verdicts} verdicts, {exceptions} exceptions, {attestations} bundles of attestations, as {source}",
    "{out}：{images} 个镜像、{verdicts} 个门禁结论、{exceptions} 个例外、{attestations} 组证明，来源 {source}",
)
_SIGNED = Text("Signed with the key {signer}", "签名密钥：{signer}")
_FIRST_KEY = Text(
    "A key pair to sign with was made. Give its public half to the other network: {path}",
    "已生成签名密钥对。请将公钥交给对方网络：{path}",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "--images", metavar="REF", nargs="+", default=[], help="images by name, digest or id (default: all that were scanned)"
    )
    parser.add_argument("--out", metavar="FILE", required=True, help="the file to write")
    parser.add_argument(
        "--key", metavar="FILE", default="", help="private key that signs (Ed25519, PEM; default: this machine's)"
    )
    parser.add_argument(
        "--as", metavar="NAME", dest="source", default="", help="what this network is called there (default: this host's name)"
    )
    parser.add_argument("--attest", metavar="DIR", default="", help="folder with attestations (default: in the state folder)")
    parser.add_argument("--no-exceptions", action="store_true", help="leave the exceptions out")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Writes the file."""
    private, public, made = wiring.signing_key(settings, options.key)
    if made:
        out.note(out.say(_FIRST_KEY.fill(path=public)))
    with wiring.reader(settings) as app:
        done = export_results(
            app,
            LOCAL_ADMIN,
            wiring.documents(),
            options.images,
            private,
            out=options.out,
            source=options.source or socket.gethostname(),
            bundles=options.attest or os.path.join(settings.state, "attestations"),
            exceptions=not options.no_exceptions,
        )
    if out.json:
        out.value(done)
        return 0
    told = _WROTE.fill(
        out=options.out,
        images=done.transfer.images,
        verdicts=done.verdicts,
        exceptions=done.exceptions,
        attestations=done.attestations,
        source=done.transfer.source,
    )
    out.line(out.say(told))
    out.line(out.say(_SIGNED.fill(signer=done.transfer.signer)))
    return 0
