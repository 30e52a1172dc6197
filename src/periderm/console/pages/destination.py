"""One destination: how telling it goes, and a form that adds it or changes how; secrets are typed here and never shown."""

from __future__ import annotations

from collections.abc import Mapping

from periderm.app import notify
from periderm.app.confirming import confirmed
from periderm.app.destination_rights import FILES, references
from periderm.console.pages.plain import own_password
from periderm.console.render import Ask, render
from periderm.model.errors import NotifierError, PeridermError, UsageError
from periderm.model.notice import CHOICES, Channel, Destination, NoticeFilter, Occasion
from periderm.model.notice_channels import CHANNELS
from periderm.model.principal import Permission
from periderm.model.query import Query
from periderm.model.severity import Severity

LEVELS = tuple(s.name.lower() for s in reversed(Severity) if s is not Severity.UNKNOWN)
GLOBS = ("owners", "applications", "environments", "places", "detectors")
MOST_SHOWN = 20

Form = Mapping[str, list[str]]


def new(ask: Ask) -> str:
    """GET /notify/+: which channel, then its form."""
    named = ask.query.get("channel", "")
    known = named if named in set(Channel) else ""
    return _page(ask, Destination(name="", channel=Channel(known)) if known else None)


def page(ask: Ask, answer: notify.Tried | None = None, problem: PeridermError | None = None) -> str:
    """GET /notify/{id}; with what a test was answered. Raises NotFoundError."""
    listed = notify.show_destination(ask.app, ask.person, ask.parts["id"])
    return _page(ask, listed.destination, listed, answer, problem)


def try_from(ask: Ask, _: Form) -> str:
    """Sends a test to the one of the address, and shows what it answered. Raises NotFoundError."""
    try:
        return page(ask, answer=notify.try_destination(ask.app, ask.person, ask.parts["id"]))
    except NotifierError as error:
        return page(ask, problem=error)


def put_from(ask: Ask, form: Form) -> str:
    """Adds or changes what the form says. Raises UsageError, DeniedError, NotConfirmedError."""
    name = _one(form, "name")
    old = next(
        (each.destination for each in notify.list_destinations(ask.app, ask.person) if each.destination.name == name), None
    )
    if old is None and _one(form, "known"):
        raise UsageError("It was removed meanwhile.", "Go back to the list.")
    if old is not None and not _one(form, "known"):
        raise UsageError(
            f"There is a destination {name[:63]!r} already.", "Go back and choose another name, or change that one."
        )
    made, typed = destination_from(form, ask.words.language, old)
    notify.add_destination(ask.app, ask.person, made, typed)
    return f"/notify/{made.name}"


def destination_from(form: Form, language: str, old: Destination | None = None) -> tuple[Destination, dict[str, str]]:
    """What a form says, and the secrets that were typed; a secret that was not typed stays. Raises UsageError."""
    named = _one(form, "channel")
    if named not in set(Channel):
        raise UsageError(f"There is no channel {named[:40]!r}.", "Go back and choose one.")
    channel = Channel(named)
    kind = CHANNELS[channel]
    options, typed = {}, {}
    for option, about in kind.options.items():
        if about.secret:
            if given := _one(form, f"secret-{option}"):
                typed[option] = given
            elif old is not None and option in old.options:
                options[option] = old.options[option]
        elif option in FILES and old is not None and option in old.options:
            options[option] = old.options[option]
        elif given := _one(form, f"option-{option}"):
            options[option] = given
    if given := _one(form, "secret"):
        typed[""] = given
    made = Destination(
        name=_one(form, "name"),
        channel=channel,
        address=_one(form, "address"),
        secret=old.secret if old is not None else "",
        options=options,
        networks=tuple(_words(_one(form, "networks"))),
        chosen=_filter(form),
        title=_one(form, "title"),
        body=form.get("body", [""])[0].strip("\r\n"),
        group_seconds=_seconds(_one(form, "group_seconds"), kind.group_seconds),
        group_by=_one(form, "group_by"),
        language=_one(form, "language") or language,
        link=_one(form, "link"),
        paused=old.paused if old is not None else False,
    )
    return made, typed


def _filter(form: Form) -> NoticeFilter:
    level, finding = _one(form, "severity") or "medium", _one(form, "finding_severity") or "critical"
    occasions = form.get("on", [])
    if level not in LEVELS or finding not in LEVELS or not set(occasions) <= {o.value for o in CHOICES}:
        raise UsageError("The filter is not understood.", "Go back and choose again.")
    globs = {name: tuple(_words(_one(form, name))) for name in GLOBS}
    return NoticeFilter(
        occasions=tuple(Occasion(o) for o in occasions),
        severity=Severity[level.upper()],
        finding_severity=Severity[finding.upper()],
        **globs,
    )


def _page(
    ask: Ask,
    destination: Destination | None,
    listed: notify.Listed | None = None,
    answer: notify.Tried | None = None,
    problem: PeridermError | None = None,
) -> str:
    kind = CHANNELS[destination.channel] if destination is not None else None
    may_change = ask.person.may(Permission.ADMIN) and ask.person.within(Permission.ADMIN) is None
    name = destination.name if destination is not None else ""
    return render(
        "destination.html",
        ask,
        destination=destination,
        listed=listed,
        kind=kind,
        kept=references(destination) if destination is not None else {},
        files=FILES,
        answer=answer,
        problem=problem,
        channels=[(channel, CHANNELS[channel]) for channel in Channel],
        occasions=CHOICES,
        levels=LEVELS,
        globs=GLOBS,
        log=notify.list_deliveries(ask.app, ask.person, Query(kind=name, limit=MOST_SHOWN)).items if name else (),
        may_change=may_change,
        confirmed=confirmed(ask.app, ask.person),
        owner=not own_password(ask),
    )


def _seconds(text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise UsageError("The time to collect is no number.", "Give seconds, 0 to 3600.")
    return int(text)


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0].strip()
