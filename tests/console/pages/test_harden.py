"""How narrowly a workload could be run, in the console."""

from __future__ import annotations

import json

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.harden import Form
from periderm.console.pages.harden import download, page
from periderm.console.render import Ask
from periderm.engines.runtime.scene import SHOP
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.errors import NotFoundError
from tests.app.test_harden import ShopsPast
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.hardened import baseline

PATH = f"/baselines/{SHOP.workload_id}/harden"
PARTS = {"id": SHOP.workload_id}


def with_past(ask: Ask) -> Ask:
    """The same with a history in which one thing would have been refused."""
    return msgspec.structs.replace(ask, app=msgspec.structs.replace(ask.app, history=ShopsPast()))


@pytest.fixture
def shop(empty: Application) -> Application:
    """With a baseline and a container."""
    empty.store.put_baselines([baseline()])
    empty.store.put_assets([SHOP])
    return empty


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("CAP_NET_BIND_SERVICE", "One of 6 events would have been refused", "203.0.113.9 443", "itself")),
        ("zh", ("6 个事件中有 1 个会被拒绝", "只读根文件系统", "自身")),
    ],
)
def test_each_measure_stands_with_what_its_replay_says(
    shop: Application, ask: Asks, language: str, words: tuple[str, ...]
) -> None:
    """What it needs, why, and what of its past each measure would have refused."""
    text = page(with_past(ask(PATH, language, parts=PARTS)))
    for word in words:
        assert word in texts(text)


def test_each_form_can_be_read_and_kept(shop: Application, ask: Asks) -> None:
    """The file behind each link is the one that is shown; a form or file that there is not is told."""
    asked = with_past(ask(PATH, parts=PARTS, query={"days": "7"}))
    text = page(asked)
    links = [str(a["href"]) for a in all_of(text, "a") if "download" in a]
    assert {link.split("/")[4] for link in links} == {form.value for form in Form}
    for link in links:
        _, _, _, _, form, name = link.partition("?")[0].split("/")
        found = download(msgspec.structs.replace(asked, parts={**PARTS, "form": form, "name": name}))
        assert found.name == name
        assert found.content
    seccomp = msgspec.structs.replace(asked, parts={**PARTS, "form": "seccomp", "name": "shop-seccomp.json"})
    assert json.loads(download(seccomp).content)["defaultAction"] == "SCMP_ACT_ERRNO"
    for bad in ({"form": "tar", "name": "x"}, {"form": "seccomp", "name": "../x"}):
        with pytest.raises(NotFoundError):
            download(msgspec.structs.replace(asked, parts={**PARTS, **bad}))


def test_what_cannot_be_written_says_why(empty: Application, ask: Asks) -> None:
    """Without system calls there is no profile, and without a history no proof; both are said."""
    empty.store.put_baselines([baseline(without=(Aspect.SYSCALL,))])
    text = texts(page(ask(PATH, parts=PARTS)))
    assert "No system calls of 'shop' were watched." in text
    assert "No history is kept here" in text


def test_hostile_names_stay_text(empty: Application, ask: Asks) -> None:
    """A program whose path is markup."""
    empty.store.put_baselines([baseline(Behaviour(Aspect.WRITE, "/bin/<b>x", "/srv/<script>alert(1)</script>"))])
    text = page(ask(PATH, parts=PARTS))
    assert "<script>alert" not in text
    assert all_of(text, "b") == [b for b in all_of(text, "b") if b.get("class")]
