"""The console's pages: each is drawn in both languages, and an empty one teaches."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.model.notice import Channel, Destination
from periderm.server.page_table import PAGES
from tests.baseline_story import WEB, tell_baselines
from tests.correlate.test_slimming import use
from tests.scanned import digest
from tests.server.client import Client
from tests.story import INCIDENT_ID

IDS = {
    "/incidents": INCIDENT_ID,
    "/findings": "fnd-shell",
    "/assets": "con-web1",
    "/images": digest(0),
    "/vulnerabilities": "CVE-2099-1001",
    "/detectors": "RUN-002",
    "/responses": "eff-kill",
    "/registries": "shop",
    "/baselines": WEB,
    "/exposure": "vulnerable",
    "/notify": "ops",
}


def address(path: str) -> str:
    """A page's address with an id of the story."""
    for prefix, name in IDS.items():
        if path.startswith(prefix):
            path = path.replace("{id}", name)
    if path == "/exceptions/preview":
        return f"{path}?findings=CVE-2099-1001&reason=checked&owner=ada&expires=2027-06-30"
    return path + ("?kind=pause-container" if path.endswith("/respond") else "")


@pytest.mark.parametrize("path", [p for p, _ in PAGES])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_drawn_in_both_languages(scanned: Application, person: Client, path: str, language: str) -> None:
    """With the language named for screen readers, and nothing left untranslated."""
    tell_baselines(scanned)
    scanned.store.put_files_in_use(msgspec.structs.replace(use("usr/bin/perl"), image_digest=digest(0)))
    scanned.store.put_destination(Destination(name="ops", channel=Channel.SLACK, secret="env:HOOK"))
    answer = person.get(address(path), accept_language=language)
    assert answer.status == 200
    assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}"' in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


LISTS = (
    *("/", "/incidents", "/findings", "/assets", "/gaps", "/responses"),
    *("/registries", "/queue"),
    *("/images", "/vulnerabilities", "/packages", "/exceptions"),
    *("/policies", "/coverage", "/events", "/sessions", "/baselines"),
)


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_store_teaches(empty: Application, person: Client, path: str) -> None:
    """An empty page says what is so, or the command that fills it."""
    text = person.get(path).text
    assert 'class="empty"' in text or "Nothing needs you now." in text
