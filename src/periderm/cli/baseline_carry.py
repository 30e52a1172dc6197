"""`periderm baseline diff|export|import`: baselines beside each other, and in files."""

from __future__ import annotations

import argparse
import sys

from periderm import wiring
from periderm.app.application import Application
from periderm.app.baseline_files import LARGEST, export_baseline, import_baseline, read_baseline
from periderm.app.baselines import compare, show_baseline
from periderm.app.behaviour_words import said
from periderm.cli import baseline_words as w
from periderm.cli.output import Output
from periderm.model.baseline import Baseline, Entry
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings

_LARGEST_KEY = 16 << 10
_SHOWN = 20


def carry(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    """Does one of the three."""
    if options.action == "export":
        _export(options, settings, out)
    elif options.action == "import":
        _import(options, settings, out)
    else:
        _diff(options, settings, out)


def _export(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    key, public = b"", ""
    if not options.unsigned:
        key, public, _ = wiring.signing_key(settings, options.key)
    with wiring.reader(settings) as app:
        baseline = show_baseline(app, LOCAL_ADMIN, options.workload)
        data = export_baseline(app, LOCAL_ADMIN, baseline.workload_id, key)
    if options.out == "-":
        sys.stdout.flush()
        out.raw(data)
        return
    wiring.documents().write(options.out, data)
    name = baseline.name or baseline.workload_id
    if out.json:
        out.value({"out": options.out, "workload": baseline.workload_id, "entries": len(baseline.entries), "public": public})
        return
    out.line(out.say(w.WROTE.fill(out=options.out, name=name, entries=len(baseline.entries))))
    if public:
        out.note(out.say(w.SIGNED.fill(path=public)))


def _import(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    documents = wiring.documents()
    keys = [documents.read(path, _LARGEST_KEY) for path in options.trust]
    if not keys and not options.unsigned:
        raise UsageError("Nobody is trusted.", "Name the public key of who signed: --trust FILE (or say --unsigned).")
    given = read_baseline(documents.read(options.file, LARGEST), keys, where=options.file)
    with wiring.keeper(settings) as app:
        done = import_baseline(app, LOCAL_ADMIN, given, workload=options.workload, whole=options.whole, dry_run=options.dry_run)
    if out.json:
        out.value(done)
        return
    by = w.BY.fill(signer=done.signer[:16]) if done.signer else w.UNSIGNED
    out.line(out.say(w.IMPORTED.fill(name=done.name or done.workload_id, added=len(done.added), known=done.known, by=by)))
    _some(done.added, out)
    if options.dry_run:
        out.note(out.say(w.TRIED))
    elif done.decision:
        out.note(out.say(w.UNDO.fill(name=done.name or done.workload_id, id=done.decision)))


def _diff(options: argparse.Namespace, settings: Settings, out: Output) -> None:
    documents = wiring.documents()
    names = (options.workload, options.other)
    files = [name for name in names if documents.exists(name)]
    if len(files) == len(names):
        left, right = (read_baseline(documents.read(name, LARGEST), (), where=name)[0] for name in files)
    else:
        with wiring.reader(settings) as app:
            left, right = (_either(app, name) for name in names)
    found = compare(left, right)
    if out.json:
        out.value(found)
        return
    for name, only in ((found.left, found.only_left), (found.right, found.only_right)):
        out.line(out.paint(out.say(w.ONLY.fill(name=name, count=len(only))), "bold"))
        _some(only, out, most=options.limit)
    out.line(out.say(w.BOTH.fill(count=found.both)))


def _either(app: Application, name: str) -> Baseline:
    """A workload's, or that of a file."""
    documents = wiring.documents()
    try:
        return show_baseline(app, LOCAL_ADMIN, name)
    except NotFoundError:
        if not documents.exists(name):
            raise
    return read_baseline(documents.read(name, LARGEST), (), where=name)[0]


def _some(entries: tuple[Entry, ...], out: Output, most: int = _SHOWN) -> None:
    for entry in entries[:most]:
        out.line(f"  {out.say(said(entry.behaviour))}")
    if len(entries) > most:
        out.line(f"  … {len(entries) - most}")
