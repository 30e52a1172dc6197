"""The console's assets and sessions."""

from __future__ import annotations

from starlette.applications import Starlette

from periderm.app.application import Application
from periderm.console import assets
from periderm.engines.runtime.scene import SHOP
from periderm.model.query import Query
from periderm.server.create import create_server
from tests import hardened
from tests.server.client import HOST, Client


def test_assets_are_immutable_and_compressed(person: Client, built: assets.Assets) -> None:
    """Their names tell their content."""
    path = built.addresses["console.css"]
    plain, small = person.get(path), person.get(path, accept_encoding="gzip, br")
    assert plain.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in plain.headers["cache-control"]
    assert small.headers["content-encoding"] == "gzip"
    assert len(small.body) < len(plain.body)
    assert person.get("/static/..%2f..%2fpyproject.toml").status == 404
    assert person.get("/favicon.ico").headers["location"] == built.addresses["mark.svg"]


def test_a_session_of_another_server_is_none(server: Starlette, told: Application) -> None:
    """A made-up cookie."""
    client = Client(create_server(told, "t", built=assets.Assets({"console.css": "", "console.js": "", "mark.svg": ""}, {})))
    assert client.get("/", cookie="periderm_8843=guess", host=HOST).status == 401
    client.close()


def test_a_file_is_kept_and_never_shown(empty: Application, person: Client, stranger: Client) -> None:
    """As an attachment with a plain name; only for people who are signed in; a file that there is not is a page."""
    empty.store.put_baselines([hardened.baseline()])
    path = f"/baselines/{SHOP.workload_id}/harden/docker/shop-run.sh"
    answer = person.get(path)
    assert answer.status == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="shop-run.sh"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert b"docker run" in answer.body
    assert stranger.get(path).status == 401
    told = [(e.action, e.subject, e.detail) for e in empty.store.audit_entries(Query()).items]
    assert ("export", path, "shop-run.sh") in told
    assert person.get(path + "x").status == 404
