"""`periderm notify`: where incidents, alerts, findings and gaps are told: list, add, test, pause, remove; what was given up."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import msgspec

from periderm import wiring
from periderm.app import notify
from periderm.app.application import Application
from periderm.cli import notify_words as w
from periderm.cli import words
from periderm.cli.output import Output
from periderm.cli.times import ago, now
from periderm.model.errors import UsageError
from periderm.model.notice import CHOICES, INCIDENTS, Channel, DeliveryState, Destination, NoticeFilter, Occasion
from periderm.model.notice_channels import CHANNELS
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.settings import Settings
from periderm.model.severity import Severity
from periderm.model.text import printable

ACTIONS = ("list", "add", "show", "test", "remove", "pause", "resume", "log", "dead", "retry", "ticket")
_WORDS = {"list": (0, 0), "add": (2, 3), "log": (0, 1), "dead": (0, 1), "retry": (0, 1), "ticket": (2, 2)}
_LEVELS = tuple(s.name.lower() for s in reversed(Severity) if s is not Severity.UNKNOWN)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("action", choices=ACTIONS, nargs="?", default="list", help="what to do (default: list)")
    parser.add_argument(
        "words",
        metavar="NAME",
        nargs="*",
        help=f"the destination; with add: NAME CHANNEL [ADDRESS], where the channel is one of {', '.join(Channel)}; "
        "with retry: a delivery (default: all that were given up); with ticket: INCIDENT-OR-FINDING NAME",
    )
    add = parser.add_argument_group("with add")
    add.add_argument("--secret", default="", metavar="WHERE", help="where its secret lies: env:NAME or file:/PATH")
    add.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="an option of its channel; repeatable")
    add.add_argument(
        "--network",
        action="append",
        default=[],
        metavar="CIDR",
        help="a network, not public, that may be reached; repeatable",
    )
    told = f"what is told: {', '.join(CHOICES)}; repeatable (default: incidents)"
    add.add_argument("--on", action="append", default=[], metavar="WHAT", choices=tuple(CHOICES), help=told)
    add.add_argument(
        "--severity", choices=_LEVELS, default="medium", help="incidents and alerts from this on (default: medium)"
    )
    add.add_argument(
        "--finding-severity", choices=_LEVELS, default="critical", help="findings from this on (default: critical)"
    )
    for name, told in w.FILTERS:
        add.add_argument(f"--{name}", action="append", default=[], metavar="GLOB", help=f"only {told}; repeatable")
    add.add_argument("--title", default="", metavar="TEMPLATE", help="template of the title")
    add.add_argument("--body", default="", metavar="TEMPLATE", help="template of the text")
    add.add_argument("--group-seconds", type=int, default=-1, metavar="N", help="collect for so long, and tell together")
    add.add_argument("--group-by", default="", choices=("", "place", "owner", "application", "subject"), help="collect by this")
    add.add_argument("--language", default="", choices=("", "en", "zh"), help="language of what is told (default: --lang)")
    add.add_argument("--link", default="", metavar="URL", help="where people reach the console")
    words.limits(parser)


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Does one of the actions."""
    least, most = _WORDS.get(options.action, (1, 1))
    if not least <= len(options.words) <= most:
        raise UsageError(
            f"`periderm notify {' '.join([options.action, *options.words])}` is not understood.",
            "`periderm notify --help` tells what each takes.",
        )
    if options.action == "add":
        with wiring.keeper(settings) as app:
            added = notify.add_destination(app, LOCAL_ADMIN, destination_of(options, out.language))
        out.answer(added, w.ADDED.fill(name=added.name))
        if not out.json:
            out.note(out.say(w.TRY_IT.fill(name=added.name)))
        return 0
    with _telling(settings) as app:
        _ACTIONS[options.action](app, options, out)
    return 0


@contextmanager
def _telling(settings: Settings) -> Iterator[Application]:
    with wiring.reader(settings) as app:
        told = {"notifier_for": wiring.notifier_for, "tickets_for": wiring.tickets_for}
        yield msgspec.structs.replace(app, **told, secrets=wiring.kept_secrets(settings))


def destination_of(options: argparse.Namespace, language: str) -> Destination:
    """What the options of `add` say. Raises UsageError."""
    name, channel, *address = options.words
    if channel not in set(Channel):
        raise UsageError(f"There is no channel {channel[:40]!r}.", f"Choose one of {', '.join(Channel)}.")
    given: dict[str, str] = {}
    for word in options.option:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UsageError(f"{printable(word, 60)} is no option.", "Write NAME=VALUE.")
        given[key] = value
    kind = CHANNELS[Channel(channel)]
    return Destination(
        name=name,
        channel=Channel(channel),
        address=address[0] if address else "",
        secret=options.secret,
        options=given,
        networks=tuple(options.network),
        chosen=NoticeFilter(
            occasions=tuple(Occasion(o) for o in options.on) or INCIDENTS,
            severity=Severity[options.severity.upper()],
            finding_severity=Severity[options.finding_severity.upper()],
            owners=tuple(options.owner),
            applications=tuple(options.application),
            environments=tuple(options.environment),
            places=tuple(options.place),
            detectors=tuple(options.detector),
        ),
        title=options.title,
        body=options.body,
        group_seconds=kind.group_seconds if options.group_seconds < 0 else options.group_seconds,
        group_by=options.group_by,
        language=options.language or language,
        link=options.link,
    )


def _list(app: Application, _options: argparse.Namespace, out: Output) -> None:
    listed = notify.list_destinations(app, LOCAL_ADMIN)
    if out.json:
        out.value(listed)
        return
    if not listed:
        out.note(out.say(w.NONE))
        return
    at = now()
    rows = [
        (
            each.destination.name,
            each.destination.channel.value,
            out.say(w.state_of(each)),
            str(each.state.sent),
            str(each.waiting),
            ago(each.state.last_sent, at, out.language),
            each.state.problem,
        )
        for each in listed
    ]
    out.table([out.say(h) for h in w.HEAD], rows, right=(3, 4))


def _show(app: Application, options: argparse.Namespace, out: Output) -> None:
    found = notify.show_destination(app, LOCAL_ADMIN, options.words[0])
    if out.json:
        out.value(found)
        return
    for label, value in w.details(found):
        out.line(f"{out.say(label)}: {out.say(value)}")
    if found.state.failing:
        out.line(
            out.paint(
                out.say(w.FAILING.fill(since=ago(found.state.failing, now(), out.language), why=found.state.problem)), "red"
            )
        )


def _test(app: Application, options: argparse.Namespace, out: Output) -> None:
    tried = notify.try_destination(app, LOCAL_ADMIN, options.words[0])
    out.answer(tried, w.TRIED.fill(name=tried.destination, answer=tried.answer or "-"))


def _remove(app: Application, options: argparse.Namespace, out: Output) -> None:
    notify.remove_destination(app, LOCAL_ADMIN, options.words[0])
    out.answer({"removed": options.words[0]}, w.REMOVED.fill(name=options.words[0]))


def _pause(app: Application, options: argparse.Namespace, out: Output) -> None:
    paused = options.action == "pause"
    changed = notify.pause_destination(app, LOCAL_ADMIN, options.words[0], paused=paused)
    out.answer(changed, (w.PAUSED if paused else w.RESUMED).fill(name=changed.name))


def _log(app: Application, options: argparse.Namespace, out: Output) -> None:
    state = DeliveryState.DEAD.value if options.action == "dead" else ""
    kind = options.words[0] if options.words else ""
    page = notify.list_deliveries(app, LOCAL_ADMIN, Query(kind=kind, state=state, limit=words.limit_of(options)))
    if out.json:
        out.value(page)
        return
    if not page.items:
        out.note(out.say(w.NONE_DEAD if state else w.NONE_SENT))
        return
    at = now()
    rows = [
        (
            delivery.id,
            delivery.destination,
            out.say(w.STATES[delivery.state]),
            ago(delivery.made, at, out.language),
            str(delivery.tries),
            out.say(delivery.notices[0].title) if delivery.notices else "-",
            delivery.problem or delivery.answer,
        )
        for delivery in page.items
    ]
    out.table([out.say(h) for h in w.LOG_HEAD], rows, right=(4,))
    if page.total > len(rows):
        out.note(out.say(words.MORE.fill(shown=len(rows), total=page.total)))


def _retry(app: Application, options: argparse.Namespace, out: Output) -> None:
    if options.words:
        again = notify.retry_delivery(app, LOCAL_ADMIN, options.words[0])
        out.answer(again, w.AGAIN.fill(n=1))
        return
    count = notify.retry_dead(app, LOCAL_ADMIN)
    out.answer({"retried": count}, w.AGAIN.fill(n=count))


def _ticket(app: Application, options: argparse.Namespace, out: Output) -> None:
    incident, name = options.words
    delivery = notify.open_ticket(app, LOCAL_ADMIN, incident, name)
    out.answer(delivery, w.ASKED.fill(name=name, incident=incident))


_ACTIONS: Mapping[str, Callable[[Application, argparse.Namespace, Output], None]] = {
    "list": _list,
    "show": _show,
    "test": _test,
    "remove": _remove,
    "pause": _pause,
    "resume": _pause,
    "log": _log,
    "dead": _log,
    "retry": _retry,
    "ticket": _ticket,
}
