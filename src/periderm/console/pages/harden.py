"""How narrowly a workload could be run: what it needs under each measure, the replay of its past, and each form as a file."""

from __future__ import annotations

import msgspec

from periderm.app.harden import Form, Hardened, documents, harden
from periderm.app.hardening_words import MEASURES, needed
from periderm.console.download import Download
from periderm.console.render import Ask, render
from periderm.model.errors import NotFoundError, PeridermError
from periderm.model.hardening import Measure
from periderm.model.text import Text

DAY = 86_400 * 10**9
PASTS = (1, 7, 30)  # days that can be replayed
MOST_ROWS = 2_000_000  # of one page's replay; the command looks at ten times as many
MOST_REFUSED = 100
MEDIA = {".json": "application/json", ".yaml": "application/yaml", ".sh": "text/x-shellscript"}


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """One form as a text to read, or why there is none."""

    form: str
    name: str = ""
    text: str = ""
    beside: tuple[str, ...] = ()
    refusal: str = ""
    next_step: str = ""


def page(ask: Ask) -> str:
    """GET /baselines/{id}/harden"""
    days = _days(ask)
    hardened = _hardened(ask, days)
    proof = hardened.proof
    hurt = {m: sum(r.count for r in proof.refused if r.measure is m and not r.session) for m in Measure} if proof else {}
    return render(
        "harden.html",
        ask,
        hardened=hardened,
        hardening=hardened.hardening,
        proof=proof,
        name=hardened.hardening.name or hardened.hardening.workload_id,
        measures=[(MEASURES[m], needed(hardened.hardening, m), _notes(hardened, m), hurt.get(m, 0)) for m in Measure],
        labels=MEASURES,
        refused=proof.refused[:MOST_REFUSED] if proof else (),
        forms=[_written(hardened, form) for form in Form],
        days=days,
        pasts=PASTS,
    )


def download(ask: Ask) -> Download:
    """GET /baselines/{id}/harden/{form}/{name}: a form, or a file that belongs to it. Raises NotFoundError."""
    form = ask.parts["form"]
    if form not in tuple(Form):
        raise NotFoundError(f"There is no form {form[:40]!r}.", "Go back and choose one.")
    for document in documents(_hardened(ask, _days(ask)), Form(form)):
        if document.name == ask.parts["name"]:
            media = next((media for end, media in MEDIA.items() if document.name.endswith(end)), "text/plain")
            return Download(name=document.name, content=document.content, media=media)
    raise NotFoundError(f"The form {form!r} has no file {ask.parts['name'][:80]!r}.", "Go back and choose one.")


def _hardened(ask: Ask, days: int) -> Hardened:
    since = ask.app.clock.now() - days * DAY
    return harden(ask.app, ask.person, ask.parts["id"], ask.app.history, since, most=MOST_ROWS)


def _days(ask: Ask) -> int:
    told = ask.query.get("days", "")
    return next((days for days in PASTS if str(days) == told), PASTS[0])


def _notes(hardened: Hardened, measure: Measure) -> list[Text]:
    return [note.text for note in hardened.hardening.notes if note.measure is measure]


def _written(hardened: Hardened, form: Form) -> Written:
    try:
        first, *others = documents(hardened, form)
    except PeridermError as error:
        return Written(form=form.value, refusal=error.what, next_step=error.next_step)
    text = first.content.decode("utf-8", "replace")
    return Written(form=form.value, name=first.name, text=text, beside=tuple(other.name for other in others))
