"""`periderm rules`: packs of rules for runtime events: list, lint, test, try on the past, sign, and import from Falco."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

from periderm import wiring
from periderm.app import rules as app
from periderm.cli import rule_tables as tell
from periderm.cli.output import Output
from periderm.cli.times import moment, now
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.event_query import EventQuery
from periderm.model.settings import Settings
from periderm.model.text import Text

FOUND = 1
_SIGNED = Text("Signed: {path}", "已签名：{path}")
_VERIFIED = Text("{path}: signed by a trusted key, {count} rules.", "{path}：由受信任的密钥签名，{count} 条规则。")
_WRITTEN = Text("Written: {path}", "已写入：{path}")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=tuple(_ACTIONS), nargs="?", default="list", help="what to do (default: list)")
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="lint, test: packs (default: all of the rules' folder); try, sign, verify: one pack; import-falco: Falco's files, "
        "in the order in which Falco reads them",
    )
    parser.add_argument(
        "--since", metavar="WHEN", default="24h", help="try: from then on (default: 24h): 90s, 15min, 2h, 3d ago"
    )
    parser.add_argument("--until", metavar="WHEN", help="try: only before that")
    parser.add_argument("--container", default="", metavar="GLOB", help="try: only in containers whose name is like that")
    parser.add_argument("--recording", metavar="FILE", help="try: on a file that `periderm record` wrote, not on history")
    parser.add_argument(
        "--key", metavar="PEM", action="append", default=[], help="sign: the private key; verify: a public key to trust"
    )
    parser.add_argument("--output", metavar="FILE", default="", help="import-falco, example: where the pack is put")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Does the action."""
    return _ACTIONS[options.action](options, settings, out)


def _list(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    if options.files:
        raise UsageError(f"`rules list` takes no {options.files[0]!r}.", "To look into a pack: `periderm rules lint FILE`.")
    listed = app.list_rules(wiring.rule_packs(settings, keep=False))
    tell.listed(listed, wiring.rule_folder(settings), out)
    return FOUND if any(pack.problem for pack in listed.packs) else 0


def _lint(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    linted = app.lint_packs(wiring.documents(), _files(options, settings), now())
    tell.linted(linted, out)
    return FOUND if any(pack.failed for pack in linted) else 0


def _test(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    tested = app.test_packs(wiring.documents(), _files(options, settings))
    tell.tested(tested, out)
    return FOUND if any(pack.failures for pack in tested) else 0


def _try(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    pack = app.read_pack(wiring.documents(), _one(options))

    def progress(events: int) -> None:
        out.progress(f"{events} events")

    with wiring.known_images(settings) as look_up:
        if options.recording:
            trial = app.try_on_recording(pack, wiring.recording(options.recording), look_up, progress)
        else:
            at = now()
            until = moment(options.until, at, "--until") if options.until else 0
            asked = EventQuery(since=moment(options.since, at, "--since"), until=until, container=options.container)
            history = wiring.history(settings, lambda note: out.note(out.say(note)))
            trial = app.try_on_history(pack, history, asked, look_up, progress)
    tell.tried(trial, out)
    return 0


def _sign(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    if len(options.key) != 1:
        raise UsageError("A pack is signed with one key.", "Name the private key's file with --key.")
    path = app.sign_pack(wiring.documents(), _one(options), options.key[0])
    _say(out, {"signed": path}, _SIGNED.fill(path=path))
    return 0


def _verify(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    if not options.key:
        raise UsageError("No key was named.", "Name the public key of who signed the pack with --key.")
    documents, name = wiring.documents(), _one(options)
    pack = app.verify_pack(documents, name, [documents.read(key, app.LARGEST_KEY) for key in options.key])
    _say(out, {"verified": name, "rules": len(pack.rules)}, _VERIFIED.fill(path=name, count=len(pack.rules)))
    return 0


def _example(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    text = app.example()
    if options.output:
        wiring.documents().write(options.output, text)
        _say(out, {"written": options.output}, _WRITTEN.fill(path=options.output))
    else:
        out.raw(text)
    return 0


def _import(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    from periderm.app.import_falco import import_falco

    if not options.files:
        raise UsageError("No file was named.", "`periderm rules import-falco FILE… --output PACK`.")
    imported = import_falco(wiring.documents(), options.files, options.output)
    if not options.output and not out.json:
        out.raw(imported.pack)
    tell.imported(imported, options.output, out)
    return 0


def _files(options: argparse.Namespace, settings: Settings) -> list[str]:
    if options.files:
        return list(options.files)
    folder = wiring.rule_folder(settings)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    found = [os.path.join(folder, name) for name in names if name.endswith((".yaml", ".yml")) and not name.startswith(".")]
    if not found:
        raise NotFoundError(f"There is no pack in {folder}.", "Name a file, or begin one: `periderm rules example`.")
    return found


def _one(options: argparse.Namespace) -> str:
    if len(options.files) != 1:
        raise UsageError("Name one pack.", f"`periderm rules {options.action} FILE`.")
    return str(options.files[0])


def _say(out: Output, value: object, text: Text) -> None:
    if out.json:
        out.value(value)
    else:
        out.line(out.say(text))


_ACTIONS: dict[str, Callable[[argparse.Namespace, Settings, Output], int]] = {
    "list": _list,
    "lint": _lint,
    "test": _test,
    "try": _try,
    "sign": _sign,
    "verify": _verify,
    "example": _example,
    "import-falco": _import,
}
