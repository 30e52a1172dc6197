"""What every plug of the notifier port does: takes a message, also a hostile one, also twice, and refuses in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from periderm.adapters.notifier_lines import Lines
from periderm.adapters.notifier_net.alertmanager import Alertmanager
from periderm.adapters.notifier_net.chat import Chat
from periderm.adapters.notifier_net.http import Http
from periderm.adapters.notifier_net.mail import Mail
from periderm.adapters.notifier_net.syslog import Syslog
from periderm.adapters.notifier_net.webhook import Webhook
from periderm.model.errors import NotifierError
from periderm.model.notice import Channel
from periderm.ports.notifier import Notifier
from tests.told import KEY, LOOPBACK, hostile_notice, message, notice, place

CHATS = (Channel.SLACK, Channel.TEAMS, Channel.FEISHU, Channel.DINGTALK, Channel.WECOM)
# By the address of a place on loopback and a folder.
PLUGS: dict[str, Callable[[str, Path], Notifier]] = {
    "webhook": lambda url, _: Webhook(Http(url, LOOPBACK), KEY),
    "webhook ocsf": lambda url, _: Webhook(Http(url, LOOPBACK), KEY, ocsf=True),
    "alertmanager": lambda url, _: Alertmanager(Http(url, LOOPBACK)),
    "lines": lambda _, folder: Lines(str(folder / "told.jsonl")),
    "lines csv": lambda _, folder: Lines(str(folder / "told.csv"), form="csv"),
    "lines ocsf": lambda _, folder: Lines(str(folder / "told.jsonl"), form="ocsf"),
} | {chat.value: lambda url, _, chat=chat: Chat(Http(url, LOOPBACK), chat, "signing") for chat in CHATS}  # type: ignore[misc]


@pytest.mark.parametrize("name", PLUGS)
def test_a_message_is_taken_also_twice(name: str, tmp_path: Path) -> None:
    """The answer is one short line; the same message again is no failure."""
    with place(lambda _: (200, {"code": 0, "errcode": 0})) as there:
        plug = PLUGS[name](there.url, tmp_path)
        for told in (message(), message(), message(hostile_notice(), notice(subject_id="inc-2"))):
            answer = plug.deliver(told)
            assert len(answer) <= 200
            assert "\n" not in answer


NOWHERE: dict[str, Callable[[int, Path], Notifier]] = {
    "webhook": lambda port, _: Webhook(Http(f"http://127.0.0.1:{port}/", LOOPBACK), KEY),
    "chat": lambda port, _: Chat(Http(f"http://127.0.0.1:{port}/", LOOPBACK), Channel.SLACK),
    "alertmanager": lambda port, _: Alertmanager(Http(f"http://127.0.0.1:{port}/", LOOPBACK)),
    "mail": lambda port, _: Mail("127.0.0.1", port, "a@b.test", "c@d.test", networks=LOOPBACK),
    "syslog": lambda port, _: Syslog("tcp", "127.0.0.1", port, networks=LOOPBACK),
    "lines": lambda _, folder: Lines(str(folder / "no" / "file")),
}


@pytest.mark.parametrize("name", NOWHERE)
def test_nobody_there_is_a_failure_that_may_pass(name: str, tmp_path: Path) -> None:
    """In words, with a next step; never another kind of error."""
    with place() as there:
        port = there.port
    with pytest.raises(NotifierError) as refused:
        NOWHERE[name](port, tmp_path).deliver(message())
    assert refused.value.again
    assert refused.value.next_step
