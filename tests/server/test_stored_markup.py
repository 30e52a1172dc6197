"""Every page of the console over a store in which every text is an attack: it stays text, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from periderm.app.accounts import put_group
from periderm.app.application import Application
from periderm.app.audit import note
from periderm.app.tokens import new_token
from periderm.console import assets
from periderm.model.asset import Ownership
from periderm.model.fleet import JoinedNode, JoinToken
from periderm.model.notice import Channel, Destination
from periderm.model.owner_table import OwnerRow, OwnerTable
from periderm.model.principal import LOCAL_ADMIN, Permission
from periderm.server.create import create_server
from periderm.server.page_table import PAGES
from tests import people
from tests.app.test_resource_uses import with_uses
from tests.baseline_story import tell_baselines
from tests.console.markup import read
from tests.correlate.test_slimming import use
from tests.others import tell_others
from tests.poisoned import ATTACK, with_poison
from tests.scanned import digest, tell_scans
from tests.server.client import HOST, Client
from tests.server.test_page_table import address
from tests.story import tell

# What our own templates are made of; anything else came from outside.
FORBIDDEN = {"img", "iframe", "object", "embed", "applet", "base", "audio", "video", "source", "frame", "foreignobject"}
UNSEEN = "\u202e\u2066\x00\x1b"  # what turns lines around, or is no text at all: shown as an escape
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data-href", "poster", "srcset"}


def tell_all(app: Application) -> None:
    """Something on every page."""
    for story in (tell, tell_scans, tell_baselines, tell_others, with_uses):
        story(app)
    app.store.put_files_in_use(msgspec.structs.replace(use("usr/bin/perl"), image_digest=digest(0)))
    app.store.put_destination(Destination(name="ops", channel=Channel.SLACK, secret="env:HOOK"))
    people.add(app, "eve", "viewer")
    people.add(app, "ci", "viewer", service=True)
    put_group(app, LOCAL_ADMIN, "web", ())
    new_token(app, LOCAL_ADMIN, "ci", "x", [Permission.READ], days=1)
    people.came_in(app, "eve")
    note(app, LOCAL_ADMIN, "export", ATTACK, ATTACK)
    app.store.put_joined_node(JoinedNode(node_id="nod-shop", name="shop-01", joined=1, version="1"))
    app.store.put_join_token(JoinToken(id="jtk-1", digest="", name="shop-02", expires=app.clock.now() * 2))
    owner = OwnerRow(name="shop*", ownership=Ownership("production", "shop", "team-shop"))
    app.store.put_owner_table(OwnerTable(id="cmdb", source="cmdb.csv", author="ada", rows=(owner,)))


def faults(tag: str, attributes: dict[str, str | None]) -> Iterator[str]:
    """What of an element no template of ours says."""
    if tag in FORBIDDEN or (tag == "script" and not (attributes.get("src") or "").startswith("/static/")):
        yield f"<{tag} {attributes}>"
    for name, value in attributes.items():
        told = value or ""
        if name.startswith("on") or name in ("style", "srcdoc"):
            yield f"<{tag} {name}={told[:60]!r}>"
        if (
            name in ADDRESSES
            and not own(told)
            and not (told.startswith("https://") and "noreferrer" in (attributes.get("rel") or ""))
        ):
            yield f"<{tag} {name}={told[:60]!r}> leads elsewhere"


def own(address: str) -> bool:
    """Whether an address stays with this console."""
    return address.startswith(("/", "#", "?")) and not address.startswith(("//", "/\\")) and address.isprintable()


@pytest.fixture
def poisoned(empty: Application, built: assets.Assets) -> Iterator[Client]:
    """Somebody who signed in and may see everything."""
    tell_all(empty)
    people.add(empty, "ada", "admin")
    secret, _ = people.came_in(empty, "ada")
    client = Client(create_server(with_poison(empty), "", built=built), origin=f"http://{HOST}")
    client.headers["cookie"] = f"periderm_{empty.settings.port}={secret}"
    yield client
    client.close()


def test_every_text_stays_text(poisoned: Client) -> None:
    """Each page is drawn, well-formed, with our own elements and addresses only; and most of them did show the attack."""
    shown, wrong = 0, []
    for path, _ in PAGES:
        for language in ("en", "zh"):
            answer = poisoned.get(address(path), accept_language=language)
            if answer.status not in (200, 404):
                wrong.append(f"{path}: {answer.status}")
                continue
            page = read(answer.text)
            wrong += [f"{path}: {sign!r} as it is" for sign in UNSEEN if sign in answer.text]
            shown += ATTACK[:12] in "".join(page.text)
            wrong += [f"{path}: {fault}" for tag, attributes in page.elements for fault in faults(tag, attributes)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert shown > len(PAGES), "hardly a page showed what was in the store"
