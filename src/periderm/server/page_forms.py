"""What the console's forms do: each takes who asks and the form, does it, and says the address to go on to.

Reads no request and draws nothing but what is named in `SHOWN`; a new form is a line in `FORMS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from periderm.app import exemptions, incidents, scan_again
from periderm.console.pages import (
    account,
    all_matching,
    baselines,
    destination,
    exceptions,
    false_alarm,
    machines,
    notify,
    owners,
    people,
    policies,
    queue,
    registries,
    search,
    sessions,
    settings,
    triage,
)
from periderm.console.pages import respond as respond_page
from periderm.console.render import Ask
from periderm.model.errors import UsageError
from periderm.model.incident import IncidentState

MOST_CHOSEN = 1000  # fields of one form

Form = Mapping[str, list[str]]
Act = Callable[[Ask, Form], str]


def change_states(ask: Ask, form: Form) -> str:
    """Says of one or many incidents where people are with them. Raises UsageError, NotFoundError."""
    state = form.get("state", [""])[0]
    if state not in {s.value for s in IncidentState}:
        raise UsageError(f"There is no state {state[:40]!r}.", "Go back and choose one.")
    for incident_id in form.get("id", [])[:MOST_CHOSEN]:
        incidents.change_state(ask.app, ask.person, incident_id, IncidentState(state))
    return own_address(form.get("back", ["/incidents"])[0])


def triage_act(ask: Ask, form: Form) -> str:
    """Assigns, comments, dates, accepts, closes: one or many."""
    triage.act_from(ask, form)
    return own_address(form.get("back", ["/triage"])[0])


def order(ask: Ask, form: Form) -> str:
    """Orders a response that was shown before."""
    record = respond_page.order_from(ask, first_of_each(form))
    return f"/incidents/{quote(record.effect.incident_id, safe='')}#responses"


def undo(ask: Ask, form: Form) -> str:
    """Takes back a response that holds."""
    record = respond_page.undo_from(ask, first_of_each(form))
    return f"/responses/{quote(record.effect.id, safe='')}"


def announce(ask: Ask, form: Form) -> str:
    """Announces a session."""
    return f"/sessions#{quote(sessions.announce_from(ask, first_of_each(form)))}"


def end_session(ask: Ask, _: Form) -> str:
    """Ends an announced session."""
    return f"/sessions#{quote(sessions.end_from(ask))}"


def add_exception(ask: Ask, form: Form) -> str:
    """Adds an exception that was shown before with what it hides."""
    added = exemptions.add_exemption(ask.app, ask.person, exceptions.exemption_from(first_of_each(form)))
    return f"/exceptions#{added.id}"


def remove_exception(ask: Ask, _: Form) -> str:
    """What it hid counts again."""
    exemptions.remove_exemption(ask.app, ask.person, ask.parts["id"])
    return "/exceptions"


def scan_image(ask: Ask, _: Form) -> str:
    """Puts an image in the queue again."""
    state = scan_again.scan_again(ask.app, ask.person, ask.parts["id"])
    return f"/images/{quote(state.digest, safe=':')}"


def look_at_registry(ask: Ask, _: Form) -> str:
    """Asks for a look at a watched registry."""
    return f"/registries/{quote(registries.look_from(ask), safe='')}"


def retry_scan(ask: Ask, _: Form) -> str:
    """Tries a scan again that failed."""
    queue.retry_from(ask)
    return "/queue"


def cancel_scan(ask: Ask, _: Form) -> str:
    """Takes a scan out of the queue."""
    queue.cancel_from(ask)
    return "/queue"


FORMS: tuple[tuple[str, Act], ...] = (
    ("/views", search.save_from),
    ("/views/{id}/remove", lambda ask, form: own_address(search.remove_from(ask, form))),
    ("/incidents/state", change_states),
    ("/incidents/all", all_matching.incidents_from),
    ("/findings/all", all_matching.findings_from),
    ("/triage", triage_act),
    ("/tickets", triage.ticket_from),
    ("/incidents/{id}/respond", order),
    ("/incidents/{id}/false-alarm", false_alarm.say_from),
    ("/responses/{id}/undo", undo),
    ("/sessions", announce),
    ("/sessions/{id}/end", end_session),
    ("/images/{id}/scan", scan_image),
    ("/registries/{id}/look", look_at_registry),
    ("/queue/{id}/retry", retry_scan),
    ("/queue/{id}/cancel", cancel_scan),
    ("/notify", destination.put_from),
    ("/notify/{id}/pause", notify.pause_from),
    ("/notify/{id}/remove", notify.remove_from),
    ("/deliveries/retry-all", notify.retry_all_from),
    ("/deliveries/{id}/retry", notify.retry_from),
    ("/exceptions", add_exception),
    ("/exceptions/{id}/remove", remove_exception),
    ("/baselines/{id}/decide", baselines.decide_from),
    ("/baselines/{id}/relearn", baselines.relearn_from),
    ("/baselines/{id}/enforce", policies.enforce_from),
    ("/policies/{id}/alert", policies.alert_again_from),
    ("/baselines/{id}/release", baselines.release_from),
    ("/baselines/{id}/undo", baselines.undo_from),
    ("/people/{id}/change", people.change_from),
    ("/people/{id}/disable", people.disable_from),
    ("/people/{id}/reset", people.reset_from),
    ("/people/{id}/sign-out", people.end_all_from),
    ("/tokens/{id}/revoke", people.revoke_from),
    ("/people/{id}/remove", people.remove_from),
    ("/settings/{id}/change", settings.change_from),
    ("/settings/{id}/undo", settings.undo_from),
    ("/settings/{id}/reset", settings.reset_from),
    ("/machines/{id}/revoke", machines.revoke_from),
    ("/join-tokens/{id}/revoke", machines.revoke_token_from),
    ("/authorities/roll", machines.roll_from),
    ("/authorities/{id}/retire", machines.retire_from),
    ("/owners/fetch", owners.fetch_from),
    ("/owners/remove", owners.remove_from),
    ("/owners/rules/remove", owners.remove_rule_from),
    ("/groups", people.group_from),
    ("/groups/{id}/remove", people.remove_group_from),
    ("/sign-ins/{id}/end", people.end_from),
    ("/account/password", account.password_from),
    ("/account/codes", account.begin_codes_from),
    ("/account/codes/end", account.end_codes_from),
    ("/account/tokens/{id}/revoke", account.revoke_from),
    ("/account/sign-ins/end-others", account.end_others_from),
    ("/account/sign-ins/{id}/end", account.end_from),
)
# Forms that are answered by a page: what the form would do, before it is done.
SHOWN: tuple[tuple[str, Act], ...] = (
    ("/baselines/{id}/preview", baselines.preview_from),
    ("/notify/{id}/test", destination.try_from),
    ("/people", people.add_from),
    ("/join-tokens", machines.token_from),
    ("/people/{id}/link", people.link_from),
    ("/account/codes/confirm", account.confirm_codes_from),
    ("/account/tokens", account.token_from),
    ("/owners/import", owners.import_from),
    ("/owners/schedule", owners.schedule_from),
    ("/owners/rules", owners.rule_from),
)
# Forms that a file comes with, and how many bytes they may have.
UPLOADS = {"/owners/import": 2 * owners.MOST_TYPED + (64 << 10)}  # chosen, or as it was shown


def first_of_each(form: Form) -> dict[str, str]:
    """A form's fields where each can be given once."""
    return {name: values[0] for name, values in form.items()}


def own_address(back: str) -> str:
    """An address of this console, or its start page: a form never leads elsewhere."""
    fits = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable() and len(back) < 2000
    return back if fits else "/"
