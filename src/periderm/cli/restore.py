"""`periderm restore`: a copy that `periderm backup` made, in the place of the state."""

from __future__ import annotations

import argparse

from periderm.cli.output import Output
from periderm.model.settings import Settings
from periderm.model.text import Text

_DONE = Text(
    "{state} is as it was at {time}: {count} files, schema {schema}, of Periderm {version}.",
    "{state} 已恢复到 {time} 的状态：{count} 个文件，模式版本 {schema}，来自 Periderm {version}。",
)
_BEFORE = Text("What was there before lies in {path}.", "之前的数据位于 {path}。")
_NEXT = Text(
    "Start it as ever; an older store is brought forward then, and copied before.",
    "照常启动即可；较旧的存储会在复制备份后升级。",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", metavar="FILE", help="what `periderm backup` wrote")
    parser.add_argument("--passphrase-file", metavar="FILE", default="", help="the file with the passphrase of a sealed copy")
    parser.add_argument("--replace", action="store_true", help="put a state that is there aside, and keep it")
    parser.add_argument("--most-gib", type=int, default=64, metavar="N", help="refuse what unpacks to more (default: 64)")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Puts it back."""
    from periderm.model.errors import UsageError
    from periderm.model.timestamps import rfc3339
    from periderm.wiring.backing_up import passphrase_of, restore

    if not 0 < options.most_gib <= 1 << 20:
        raise UsageError("--most-gib is out of range.", "Give a number of GiB, at least 1.")
    passphrase = passphrase_of(options.passphrase_file)
    found, before = restore(settings, options.file, passphrase, most=options.most_gib << 30, replace=options.replace)
    if out.json:
        out.value(found)
        return 0
    words = {"time": rfc3339(found.time), "count": len(found.files), "schema": found.schema or "-", "version": found.version}
    done = _DONE.fill(state=settings.state, **words)
    out.line(out.say(done))
    if before is not None:
        out.line(out.say(_BEFORE.fill(path=str(before))))
    out.note(out.say(_NEXT))
    return 0
