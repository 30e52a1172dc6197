"""`periderm baseline`: what is normal for a workload: list, show, review, decide, take back, compare, carry."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from periderm import wiring
from periderm.app import baseline_decisions as decisions
from periderm.app import baselines
from periderm.app.application import Application
from periderm.app.behaviour_words import VERDICTS, said
from periderm.cli import baseline_born, baseline_sequence, words
from periderm.cli import baseline_tables as tables
from periderm.cli import baseline_words as w
from periderm.cli.baseline_carry import carry
from periderm.cli.output import Output
from periderm.model.baseline import Verdict
from periderm.model.behaviour import Aspect, Behaviour, Dimension
from periderm.model.errors import UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.settings import Settings

_DECIDE = ("accept", "reject", "generalise", "forget")
_WORKLOAD = "the workload, by its name, a part of it, or its id"
_IDS = "what is meant: ids that `review` and `show` print, or of alerts"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command, and of what it can do."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    parser.set_defaults(action="list", phase="", limit=50)

    def action(name: str, text: str, *, workload: str = _WORKLOAD) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        for flag, told in (("--json", "print JSON"), ("--quiet", "no hints")):
            made.add_argument(flag, action="store_true", default=argparse.SUPPRESS, help=told)
        made.add_argument("--state", metavar="DIR", default=argparse.SUPPRESS, help="folder with the state")
        made.add_argument("--lang", choices=("en", "zh"), default=argparse.SUPPRESS, help="language of what is printed")
        if workload:
            made.add_argument("workload", metavar="WORKLOAD", help=workload)
        return made

    listed = action("list", "list baselines: phase, size, what waits for review", workload="")
    listed.add_argument("--phase", choices=("born", "learning", "alerting"), default="", help="only those in this phase")
    words.limits(listed)
    shown = action("show", "show what is normal for a workload, with the evidence")
    shown.add_argument("--dimension", choices=[each.value for each in Dimension], default="", help="only this dimension")
    shown.add_argument("--program", default="", metavar="PATH", help="only this program (a part of its path)")
    shown.add_argument("--versions", action="store_true", help="the decisions in place of the entries")
    action("review", "list deviations that wait for a decision, the gravest first", workload="").add_argument(
        "workload", metavar="WORKLOAD", nargs="?", default="", help=_WORKLOAD + " (default: all)"
    )
    _choice(action("accept", "make behaviour normal from now on; says first which past alerts that would have hidden"))
    _choice(action("reject", "make behaviour never normal, however often it happens"))
    _choice(action("generalise", "accept behaviour with patterns in place of names that change"))
    forgotten = action("forget", "make behaviour not normal any more, unless it is seen again")
    _choice(forgotten)
    forgotten.add_argument("--unused", type=int, default=0, metavar="DAYS", help="what nobody needed for so long")
    _why(action("relearn", "begin to learn again; what is there stays"))
    _why(action("release", "learn again from what false alerts made suspect"))
    undone = action("undo", "take a decision back")
    undone.add_argument("decision", metavar="ID", help="as `show --versions` prints it")
    _why(undone)
    unused = action("unused", "list entries that nobody needed for long")
    unused.add_argument("--days", type=int, default=baselines.UNUSED_DAYS, metavar="N", help="how long (default: 30)")
    compared = action("diff", "tell what is normal in one and not in another", workload="a workload, or an exported file")
    compared.add_argument("other", metavar="OTHER", help="another")
    words.limits(compared)
    _files(action)
    baseline_born.configure(action("born", "tell what an image promises before its first start", workload=""))
    baseline_sequence.configure(action("sequence", "learn and score traces of system calls", workload=""))


def _why(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", default="", metavar="WHY", help="why it is decided so; kept with the decision")


def _choice(parser: argparse.ArgumentParser) -> None:
    """What a decision is about."""
    parser.add_argument("names", metavar="ID", nargs="*", help=_IDS)
    parser.add_argument("--all", action="store_true", dest="everything", help="all that waits for review")
    parser.add_argument("--type", default="", metavar="FF-NN", help="all that waits of this event type, like 02-03")
    parser.add_argument(
        "--behaviour",
        nargs=3,
        action="append",
        default=[],
        metavar=("ASPECT", "PROGRAM", "VALUE"),
        help="a behaviour in words, `*` and a last `/**` allowed: read /usr/sbin/nginx '/srv/**'; repeatable",
    )
    parser.add_argument("--try", action="store_true", dest="dry_run", help="only say what it would do")
    _why(parser)


def _files(action: Callable[..., argparse.ArgumentParser]) -> None:
    """`export` and `import`."""
    told = action("export", "write a baseline as readable YAML, signed")
    told.add_argument("--out", metavar="FILE", default="-", help="the file to write (default: standard output)")
    told.add_argument("--key", metavar="FILE", default="", help="private key that signs (Ed25519; default: this machine's)")
    told.add_argument("--unsigned", action="store_true", help="write it without a signature")
    read = action("import", "make normal here what a signed file says is normal", workload="")
    read.add_argument("file", metavar="FILE", help="what `export` wrote")
    read.add_argument("--trust", metavar="KEY", nargs="+", default=[], help="public keys of who may have signed it")
    read.add_argument("--unsigned", action="store_true", help="take it whoever wrote it")
    read.add_argument("--for", dest="workload", metavar="WORKLOAD", default="", help="whose it is to be here")
    read.add_argument("--whole", action="store_true", help="evidence and decisions too, as after a loss")
    read.add_argument("--try", action="store_true", dest="dry_run", help="only say what it would do")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Does one of the actions."""
    if options.action == "born":
        return baseline_born.run(options, settings, out)
    if options.action == "sequence":
        return baseline_sequence.run(options, settings, out)
    if options.action in ("diff", "export", "import"):
        carry(options, settings, out)
        return 0
    with wiring.reader(settings) as app:
        if options.action in _DECIDE:
            _decide(app, options, out)
        else:
            _ACTIONS[options.action](app, options, out)
    return 0


def _list(app: Application, options: argparse.Namespace, out: Output) -> None:
    query = Query(state=options.phase, limit=words.limit_of(options))
    tables.summaries(baselines.list_baselines(app, LOCAL_ADMIN, query), out)


def _show(app: Application, options: argparse.Namespace, out: Output) -> None:
    baseline = baselines.show_baseline(app, LOCAL_ADMIN, options.workload)
    if options.versions:
        tables.versions(baseline.name or baseline.workload_id, baselines.versions(baseline), out)
    else:
        tables.entries(baseline, options.dimension, options.program, out)


def _review(app: Application, options: argparse.Namespace, out: Output) -> None:
    if options.workload:
        tables.review(baselines.review(app, LOCAL_ADMIN, options.workload), out)
        return
    page = baselines.list_baselines(app, LOCAL_ADMIN, Query(limit=1000))
    seen = [baselines.review(app, LOCAL_ADMIN, each.workload_id) for each in page.items if each.alerts]
    seen = [each for each in seen if each.waiting]
    if out.json:
        out.value(seen)
    elif not seen:
        out.note(out.say(w.ALL_QUIET))
    else:
        for each in seen:
            tables.review(each, out)


def _chosen(app: Application, options: argparse.Namespace) -> tuple[Behaviour, ...]:
    """What the words and options name."""
    workload, names = options.workload, options.names
    if getattr(options, "unused", 0):
        found = [entry.behaviour for entry in baselines.unused(app, LOCAL_ADMIN, workload, options.unused)]
    else:
        found = [_behaviour(*told) for told in options.behaviour]
    if names or options.everything or options.type or not found:
        some = decisions.chosen(app, LOCAL_ADMIN, workload, names, event_type=options.type, everything=options.everything)
        found += some
    return tuple(dict.fromkeys(found))


def _behaviour(aspect: str, program: str, value: str) -> Behaviour:
    if aspect not in tuple(Aspect):
        raise UsageError(f"There is no aspect {aspect!r}.", f"Say one of {', '.join(Aspect)}.")
    return Behaviour(Aspect(aspect), program, value)


def _decide(app: Application, options: argparse.Namespace, out: Output) -> None:
    """Shows first what it will do; then, with a reason, does it."""
    verdict = Verdict.ACCEPT if options.action == "generalise" else Verdict(options.action)
    told = _chosen(app, options)
    if options.action == "generalise":
        told = decisions.wider(told)
    name = options.workload
    seen = decisions.preview(app, LOCAL_ADMIN, name, verdict, told)
    if options.dry_run:
        tables.previewed(seen, out)
        if not out.json:
            out.note(out.say(w.TRIED))
        return
    made = decisions.decide(app, LOCAL_ADMIN, name, told, verdict=verdict, reason=options.reason)
    if out.json:
        out.value(made)
        return
    tables.previewed(seen, out)
    out.line(out.say(w.DONE.fill(verdict=VERDICTS[verdict], count=len(told), name=seen.name, id=made.id)))
    out.note(out.say(w.UNDO.fill(name=seen.name, id=made.id)))


def _relearn(app: Application, options: argparse.Namespace, out: Output) -> None:
    made = decisions.relearn(app, LOCAL_ADMIN, options.workload, options.reason)
    if out.json:
        out.value(made)
    else:
        out.line(out.say(w.RELEARNS.fill(name=options.workload, id=made.id)))


def _release(app: Application, options: argparse.Namespace, out: Output) -> None:
    made = decisions.release(app, LOCAL_ADMIN, options.workload, options.reason)
    if out.json:
        out.value(made)
    else:
        out.line(out.say(w.RELEASED.fill(name=options.workload, id=made.id)))


def _undo(app: Application, options: argparse.Namespace, out: Output) -> None:
    made = decisions.undo(app, LOCAL_ADMIN, options.workload, options.decision, options.reason)
    if out.json:
        out.value(made)
    else:
        out.line(out.say(w.TAKEN_BACK.fill(id=made.undoes)))


def _unused(app: Application, options: argparse.Namespace, out: Output) -> None:
    days = options.days
    found = baselines.unused(app, LOCAL_ADMIN, options.workload, days)
    if out.json:
        out.value(found)
    elif not found:
        out.note(out.say(w.UNUSED_NONE.fill(name=options.workload, days=days)))
    else:
        for entry in found:
            out.line(f"{baselines.behaviour_id(entry.behaviour)}  {out.say(said(entry.behaviour))}")
        out.note(out.say(w.UNUSED_NEXT.fill(count=len(found), days=days, name=options.workload)))


_ACTIONS: Mapping[str, Callable[[Application, argparse.Namespace, Output], None]] = {
    "list": _list,
    "show": _show,
    "review": _review,
    "relearn": _relearn,
    "release": _release,
    "undo": _undo,
    "unused": _unused,
}
