"""The queue of scans in the console."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.console.pages.queue import cancel_from, page, retry_from
from periderm.model.envelope import ScanRequest
from periderm.model.queue import Asked, JobState
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts


def fill(app: Application, number: int = 4) -> None:
    """Jobs of each state."""
    now = app.clock.now()
    for n in range(number):
        app.store.put_scan_request(
            ScanRequest(
                image_digest=f"sha256:{n}", source="podman:x", reference=f"web:{n}", node_id="", requested=now + n,
                asked=list(Asked)[n % 5], asked_by="registry shop",
            )
        )  # fmt: skip


def test_an_empty_queue(ask: Asks) -> None:
    """Says so in both languages."""
    assert "Nothing waits" in texts(page(ask("/queue")))
    assert "没有等待扫描" in texts(page(ask("/queue", "zh")))


def test_each_state_is_told(empty: Application, ask: Asks) -> None:
    """How far one is, why another failed and when it is tried again, how many workers a third has cost; each can be taken
    out, and what failed be tried again."""
    fill(empty)
    now = empty.clock.now()
    assert empty.store.take_scan("w", now + 10**12, now) is not None
    empty.store.renew_scan("sha256:0", "w", now + 10**12, doing="web:0: 12 MiB", done=0.25)
    empty.store.put_back_scan("sha256:1", not_before=now + 60 * 10**9, problem="<i>away</i>")
    empty.store.give_up_scan("sha256:2", "3 workers died", deaths=3)
    text = page(ask("/queue"))
    told = texts(text)
    for words in ("being scanned", "web:0: 12 MiB", "tried again", "in 1 min", "given up", "3 workers died", "registry shop"):
        assert words in told
    assert "<i>away" not in text
    actions = [f.get("action") for f in all_of(text, "form") if f.get("method") == "post"]
    assert actions.count("/queue/sha256%3A2/retry") == 1
    assert sum(a.endswith("/cancel") for a in actions if a) == 4


def test_what_failed_is_tried_again_and_what_waits_taken_out(empty: Application, ask: Asks) -> None:
    """By the forms of the page."""
    fill(empty, 2)
    empty.store.give_up_scan("sha256:1", "it failed")
    assert retry_from(ask("/queue/x/retry", parts={"id": "sha256:1"})) == "sha256:1"
    job = empty.store.scan_job("sha256:1")
    assert job is not None
    assert job.state is JobState.WAITING
    cancel_from(ask("/queue/x/cancel", parts={"id": "sha256:0"}))
    assert empty.store.scan_job("sha256:0") is None


def test_many_jobs_come_in_pages(empty: Application, ask: Asks) -> None:
    """As they will be taken."""
    fill(empty, 150)
    text = page(ask("/queue"))
    assert len(all_of(text, "tr")) == 101
    assert len(all_of(page(ask("/queue", query={"text": "web:149"})), "tr")) == 2
