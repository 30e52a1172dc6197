"""The one deliberate step before a response: a dry run that says what it will hit, and the form that orders it; the same for
taking one back."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from periderm.app.effects import show_effect
from periderm.app.incidents import read_incident
from periderm.app.offers import UNDO, WORDS, wish_for
from periderm.app.respond import order
from periderm.app.respond_to import MOST_PACKETS, Wish, order_response, undo_response
from periderm.console.render import Ask, render
from periderm.model.effect import EffectRecord, EffectState, Held
from periderm.model.errors import UsageError

TIMES = (0, 900, 3600, 8 * 3600, 86400, 7 * 86400)  # seconds that a response may hold; 0 until it is taken back
TIMED = ("pause-container", "isolate-container", "quarantine-file")
LONGEST = 1000
MOST_KEPT = 50


def process_key(text: str) -> int:
    """The key of a process as an address or a form says it. Raises UsageError."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        raise UsageError("The process is not a number.", "Go back to the incident and choose again.")
    return int(text)


def page(ask: Ask) -> str:
    """GET /incidents/{id}/respond"""
    incident = read_incident(ask.app, ask.person, ask.parts["id"])
    kind, key = ask.query.get("kind", ""), process_key(ask.query.get("process", ""))
    wish = None
    if kind in WORDS:
        wish = wish_from(ask, incident.id, kind, ask.query)
        record = order_response(ask.app, ask.person, wish, dry_run=True)
    else:
        record = order(ask.app, ask.person, incident.id, kind, process_key=key, dry_run=True)
    return render(
        "respond.html",
        ask,
        incident=incident,
        kind=kind,
        key=key,
        wish=wish,
        record=record,
        possible=record.state is EffectState.DRY_RUN,
        undo={**UNDO, "pause-container": "resume-container", "resume-container": "pause-container"}.get(kind, ""),
        times=TIMES if kind in WORDS and kind in TIMED else (),
        most_packets=MOST_PACKETS,
    )


def one(ask: Ask) -> str:
    """GET /responses/{id}"""
    records = show_effect(ask.app, ask.person, ask.parts["id"])
    last = records[-1]
    held = isinstance(last.effect, Held) and last.state is EffectState.APPLIED
    return render("response.html", ask, records=records, last=last, held=held)


def order_from(ask: Ask, given: Mapping[str, str]) -> EffectRecord:
    """Orders what the form of the page asks for. Raises UsageError where no reason is given."""
    incident_id, kind = ask.parts["id"], given.get("kind", "")
    reason = reason_from(given)
    if kind in WORDS:
        wish = msgspec.structs.replace(wish_from(ask, incident_id, kind, given), reason=reason)
        return order_response(ask.app, ask.person, wish)
    return order(ask.app, ask.person, incident_id, kind, process_key=process_key(given.get("process", "")), reason=reason)


def undo_from(ask: Ask, given: Mapping[str, str]) -> EffectRecord:
    """Takes back what the page shows. Raises UsageError where no reason is given."""
    return undo_response(ask.app, ask.person, ask.parts["id"], reason_from(given))


def wish_from(ask: Ask, incident_id: str, kind: str, given: Mapping[str, str]) -> Wish:
    """What the address or the form says. Raises UsageError."""
    if any(len(value) > LONGEST * 4 for value in given.values()):
        raise UsageError("A field of the form is too long.", "Shorten it.")
    key = process_key(given.get("process", ""))
    wish = wish_for(ask.app, ask.person, incident_id, kind, process_key=key, path=given.get("path", ""))
    keep = tuple(part for part in re.split(r"[,\s]+", given.get("keep", "")) if part)[:MOST_KEPT]
    seconds, packets = _number(given.get("seconds", "")), _number(given.get("packets", ""))
    return msgspec.structs.replace(wish, keep=keep, seconds=seconds, packets=packets)


def reason_from(given: Mapping[str, str]) -> str:
    """The reason of the form. Raises UsageError if there is none."""
    reason = given.get("reason", "").strip()
    if not reason or len(reason) > LONGEST:
        raise UsageError("A response needs a reason.", "Go back, and say in a sentence why.")
    return reason


def _number(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise UsageError("A field of the form is not a number.", "Go back and choose again.")
    return int(text)
