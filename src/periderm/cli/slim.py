"""`periderm slim`: what of an image was never used, what leaving it out would end, and VEX statements from it."""

from __future__ import annotations

import argparse
from pathlib import Path

from periderm import wiring
from periderm.app.slim import Slim, slim
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import exact
from periderm.model.errors import NotFoundError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_WATCHED = Text(
    "{name}: watched from {since} to {until}, {containers} containers run now.",
    "{name}：观察时间 {since} 至 {until}，当前运行 {containers} 个容器。",
)
_PROGRAMS = Text(
    "{unused} of {all} executable files were never started or loaded ({mib} MiB).",
    "{all} 个可执行文件中有 {unused} 个从未启动或加载（{mib} MiB）。",
)
_PACKAGES = Text(
    "{removable} packages can be left out, {needed} unused ones are needed by others, {unjudged} leave no trace of their use.",
    "{removable} 个软件包可以移除，{needed} 个未使用但被其他软件包依赖，{unjudged} 个的使用不留痕迹。",
)
_ENDS = Text(
    "Leaving them out ends {removed} of {all} vulnerability findings.", "移除后，{all} 个漏洞发现中的 {removed} 个将消失。"
)
_HEAD = (
    Text("PACKAGE", "软件包"),
    Text("VERSION", "版本"),
    Text("PROGRAMS", "程序大小"),
    Text("VULNERABILITIES", "漏洞"),
    Text("NEEDED BY", "被依赖"),
)
_FILES = (Text("UNUSED PROGRAM", "未使用的程序"), Text("SIZE", "大小"), Text("PACKAGE", "软件包"))
_WROTE = Text("{path} was written: {count} bytes of OpenVEX.", "已写入 {path}：{count} 字节的 OpenVEX。")
_NOTHING = Text("There is nothing to state: no vulnerability of a package whose use shows.", "没有可声明的内容。")
_NAMED = 6


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("name", metavar="IMAGE|WORKLOAD", help="an image by name or digest, or a workload that runs it")
    parser.add_argument("--vex", metavar="FILE", help="write OpenVEX statements with the time of watching as evidence")
    parser.add_argument("--files", action="store_true", help="list executable files too")
    words.limits(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Asks, prints, and writes the statements where wanted."""
    limit = words.limit_of(options)
    with wiring.reader(settings) as app:
        found = slim(app, LOCAL_ADMIN, options.name)
    if out.json:
        out.value(found.slimming)
    else:
        _told(found, out, limit, files=options.files)
    if options.vex:
        _write(found.document, options.vex, out)
    return 0


def _write(document: bytes, path: str, out: Output) -> None:
    if not document:
        out.note(out.say(_NOTHING))
        return
    try:
        Path(path).write_bytes(document)
    except OSError as error:
        raise NotFoundError(f"{path!r} cannot be written: {error.strerror}.", "Name a folder that is there.") from error
    out.note(out.say(_WROTE.fill(path=path, count=len(document))))


def _told(found: Slim, out: Output, limit: int, *, files: bool) -> None:
    done = found.slimming
    name = done.reference or done.image_digest
    since, until = exact(done.since), exact(done.until)
    out.line(out.say(_WATCHED.fill(name=name, since=since, until=until, containers=done.containers)))
    everything = done.used_programs + done.unused_programs
    out.line(out.say(_PROGRAMS.fill(unused=done.unused_programs, all=everything, mib=_mib(done.size))))
    needed = len(done.packages) - len(done.removable)
    out.line(out.say(_PACKAGES.fill(removable=len(done.removable), needed=needed, unjudged=done.unjudged)))
    out.line(out.say(_ENDS.fill(removed=len(done.removed), all=len(done.removed) + len(done.kept))))
    if done.packages:
        rows = [
            (p.name, p.version, _mib(p.size), _some(p.vulnerabilities), ", ".join(p.needed_by)) for p in done.packages[:limit]
        ]
        out.table([out.say(h) for h in _HEAD], rows, right=(2,))
    if files:
        out.table(
            [out.say(h) for h in _FILES], [(f"/{p.path}", _mib(p.size), p.package) for p in done.programs[:limit]], right=(1,)
        )
    shown = max(len(done.packages), len(done.programs) if files else 0)
    if shown > limit:
        out.note(out.say(words.MORE.fill(shown=limit, total=shown)))


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f}"


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
