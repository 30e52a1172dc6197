"""`periderm backup`: the state of this machine, which may be in use, in one file."""

from __future__ import annotations

import argparse

from periderm.cli.output import Output
from periderm.model.settings import Settings
from periderm.model.text import Text

_DONE = Text(
    "{path} holds {count} files, {mib} MiB, of the store with schema {schema}.",
    "{path} 包含 {count} 个文件，共 {mib} MiB，存储模式版本 {schema}。",
)
_LEFT = Text("Left out: {names}.", "未包含：{names}。")
_OPEN = Text(
    "Whoever reads this file has the server's keys: keep it as you keep those, or give a passphrase (--passphrase-file).",
    "读到此文件即可获得服务器密钥：请妥善保管，或使用 --passphrase-file 加密。",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="where to write it; not there yet")
    parser.add_argument("--passphrase-file", metavar="FILE", default="", help="seal it with the passphrase in this file")
    parser.add_argument("--without-keys", action="store_true", help="leave out keys, tokens and certificates")
    parser.add_argument("--with-history", action="store_true", help="take the history of events too")
    parser.add_argument("--with-advisories", action="store_true", help="take the advisories too, which can be fetched again")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Writes it."""
    from periderm.model.backup import BackupChoice
    from periderm.wiring.backing_up import back_up, passphrase_of

    passphrase = passphrase_of(options.passphrase_file)
    choice = BackupChoice(keys=not options.without_keys, history=options.with_history, advisories=options.with_advisories)
    made = back_up(settings, options.file, choice, passphrase)
    if out.json:
        out.value(made)
        return 0
    mib = f"{sum(file.size for file in made.files) / (1 << 20):.1f}"
    out.line(out.say(_DONE.fill(path=options.file, count=len(made.files), mib=mib, schema=made.schema or "-")))
    if made.left_out:
        out.line(out.say(_LEFT.fill(names=", ".join(made.left_out))))
    if choice.keys and not passphrase:
        out.note(out.say(_OPEN))
    return 0
