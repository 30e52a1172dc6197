"""Machines that join: who did and how it stands with them, tokens by which one may, this server's doors and authorities."""

from __future__ import annotations

from collections.abc import Mapping

from periderm.app import fleet, machines
from periderm.app.confirming import confirmed
from periderm.app.fleet import TOKEN_SECONDS
from periderm.console.pages.plain import own_password
from periderm.console.render import Ask, render
from periderm.model.errors import PeridermError, UsageError

HOURS = (1, 24, 168, 720)
MOST_TOKENS = 100

Form = Mapping[str, list[str]]


def page(ask: Ask) -> str:
    """GET /machines"""
    return _machines(ask)


def token_from(ask: Ask, form: Form) -> str:
    """Makes a join token, and shows it this once with the command that takes it up."""
    name, hours = _one(form, "name"), _one(form, "hours") or str(TOKEN_SECONDS // 3600)
    if hours not in {str(each) for each in HOURS}:
        raise UsageError("That is no time that a token can be good for.", "Go back and choose one.")
    again = _one(form, "again") == "yes"
    text, _ = fleet.make_join_token(ask.app, ask.person, name=name, seconds=int(hours) * 3600, again=again)
    return _machines(ask, token=text)


def revoke_token_from(ask: Ask, _: Form) -> str:
    """Nobody joins by it any more."""
    fleet.revoke_join_token(ask.app, ask.person, ask.parts["id"])
    return "/machines#tokens"


def revoke_from(ask: Ask, form: Form) -> str:
    """Shows a machine out. Its name is typed first: it has to join again afterwards."""
    node = next((each for each in fleet.list_nodes(ask.app, ask.person) if each.node_id == ask.parts["id"]), None)
    if node is not None and _one(form, "name") != node.name:
        raise UsageError("The name that was typed is not the machine's.", "Go back and type it as it is shown.")
    fleet.revoke_node(ask.app, ask.person, ask.parts["id"])
    return "/machines"


def roll_from(ask: Ask, _: Form) -> str:
    """A new authority issues from now on."""
    fleet.roll_authority(ask.app, ask.person)
    return "/machines#authorities"


def retire_from(ask: Ask, _: Form) -> str:
    """An older authority is trusted no more; never one that machines depend on."""
    fleet.retire_authority(ask.app, ask.person, ask.parts["id"])
    return "/machines#authorities"


def _machines(ask: Ask, *, token: str = "") -> str:
    text = ask.query.get("text", "")[:200]
    skip = ask.query.get("skip", "")
    skipped = int(skip) if skip.isascii() and skip.isdigit() and len(skip) < 8 else 0
    tokens = fleet.list_join_tokens(ask.app, ask.person)[:MOST_TOKENS]
    problem = ""
    try:
        doors = machines.show_doors(ask.app, ask.person)
    except PeridermError as error:  # a damaged authority: machines and tokens are shown all the same
        doors, problem = machines.Doors(), f"{error.what} {error.next_step}"
    return render(
        "machines.html",
        ask,
        machines=machines.list_machines(ask.app, ask.person, text, skipped),
        tokens=tokens,
        doors=doors,
        problem=problem,
        token=token,
        joins=ask.app.authority is not None and bool(ask.app.settings.agents),
        agents=ask.app.settings.agents,
        text=text,
        skip=skipped,
        step=machines.MOST_SHOWN,
        hours=HOURS,
        confirmed=confirmed(ask.app, ask.person),
        owner=not own_password(ask),
    )


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0].strip()
