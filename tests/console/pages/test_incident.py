"""One incident."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.export_incident import IncidentExport
from periderm.app.respond import order
from periderm.console.pages.incident import export, page
from periderm.model.errors import NotFoundError
from periderm.model.incident import IncidentState
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.text import Text
from tests.console.conftest import Asks
from tests.console.markup import all_of, read, texts
from tests.story import INCIDENT_ID


def draw(ask: Asks, language: str = "en") -> str:
    """The page of the story's incident."""
    return page(ask(f"/incidents/{INCIDENT_ID}", language, parts={"id": INCIDENT_ID}))


def test_it_reads_in_the_order_of_a_worried_person(told: Application, ask: Asks) -> None:
    """What happened; why it is that bad; the chain; processes; what made it possible; what can be done and who
    does it; all in time."""
    text = draw(ask)
    sections = [a.get("id") for a in all_of(text, "section")]
    assert sections == ["why", "chain", "tree", "findings", "responses", "handling", "timeline", "traces", "similar"]
    assert text.index("lead-small") < text.index('id="why"')


def test_the_picture_has_a_table_beside_it(told: Application, ask: Asks) -> None:
    """Whoever cannot see it reads the same: every mark's number is a row."""
    text = draw(ask)
    marks = {a["href"] for a in all_of(text, "a") if (a.get("href") or "").startswith("#step-")}
    rows = {f"#{r['id']}" for r in all_of(text, "tr") if (r.get("id") or "").startswith("step-")}
    assert rows == {f"#step-{n}" for n in range(1, 5)}
    assert marks >= rows
    assert any(a.get("role") == "group" and a.get("aria-labelledby") for a in all_of(text, "svg"))


def test_all_links_inside_of_the_page_lead_somewhere(told: Application, ask: Asks) -> None:
    """From the shell to the image's finding by following marks."""
    text = draw(ask)
    ids = {attributes["id"] for _, attributes in read(text).elements if "id" in attributes}
    inner = {a["href"][1:] for a in all_of(text, "a") if (a.get("href") or "").startswith("#")}
    assert inner <= ids
    assert "finding-1" in ids


def test_the_tree_marks_what_changed(told: Application, ask: Asks) -> None:
    """The dropped file, not in the image, killed."""
    said = texts(draw(ask))
    assert "killed + not in the image" in said
    assert "from the package lighttpd" in said
    assert "./kworkerds --coin monero" in {c.get("data-copy") for c in all_of(draw(ask), "code")}


def test_responses_say_what_they_hit_and_how_they_are_undone(told: Application, ask: Asks) -> None:
    """Before anybody clicks; what is refused says why."""
    said = texts(draw(ask))
    assert "2 other containers of the workload go on." in said
    assert "Can be taken back: Resume the container." in said
    assert "Cannot be taken back." in said
    assert "It is the container's first process" in said
    order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    assert "ordered · Pause the container" in texts(draw(ask))


def test_the_same_by_api_and_command_line(told: Application, ask: Asks) -> None:
    """Everything on screen has an address, a call and a line."""
    said = texts(draw(ask))
    assert f"/api/v1/incidents/{INCIDENT_ID}" in said
    assert f"periderm incidents {INCIDENT_ID}" in said


def test_it_is_chinese_in_chinese(told: Application, ask: Asks) -> None:
    """Also the words of alerts, effects and tactics."""
    said = texts(draw(ask, "zh"))
    for words in (
        "为什么是“严重”",
        "按攻击顺序看发生了什么",
        "影响",
        "内核在其启动时已将其终止。",
        "冻结 shop-01 上 shop-web-1",
    ):
        assert words in said


def test_an_unknown_incident_is_told(empty: Application, ask: Asks) -> None:
    """By its name."""
    with pytest.raises(NotFoundError):
        draw(ask)


def test_those_like_it_are_named_with_what_they_share(told: Application, ask: Asks) -> None:
    """With how like they are, and how they ended; without any it says so."""
    assert "No other incident is like this one." in texts(draw(ask))
    one = told.store.incident(INCIDENT_ID)
    assert one is not None
    title = Text("<i>old</i>", "<i>旧</i>")
    told.store.put_incident(msgspec.structs.replace(one, id="inc-2", state=IncidentState.FALSE_ALARM, title=title))
    for language, words in (("en", ("100 %", "false alarm", "detector")), ("zh", ("100 %", "误报", "检测器"))):
        text = draw(ask, language)
        assert "/incidents/inc-2" in {a.get("href") for a in all_of(text, "a")}
        assert all_of(text, "i") == [a for a in all_of(text, "i") if a.get("class")]
        for word in words:
            assert word in texts(text)


def test_it_is_exported_whole(told: Application, ask: Asks) -> None:
    """By the link that the page has."""
    assert f"/incidents/{INCIDENT_ID}/export" in {a.get("href") for a in all_of(draw(ask), "a")}
    found = export(ask(f"/incidents/{INCIDENT_ID}/export", parts={"id": INCIDENT_ID}))
    assert found.plain_name == f"incident-{INCIDENT_ID}.json"
    assert msgspec.json.decode(found.content, type=IncidentExport).story.incident.id == INCIDENT_ID
