"""The sentence that says what happened."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from periderm.correlate import story
from periderm.correlate.incident import build
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.text import Text
from tests.correlate.cases import CAT, DROPPED_RUN, NGINX, SHADOW_READ, SHELL, SHELL_STARTED, STORY, alert

change = msgspec.structs.replace
PERL = change(NGINX, key=40, exe="/usr/bin/perl")
LIGHTTPD = change(NGINX, key=41, exe="/usr/sbin/lighttpd")
SUBSETS = [list(some) for size in range(1, 5) for some in itertools.combinations(STORY, size)]


@pytest.mark.parametrize("alerts", SUBSETS, ids=lambda alerts: "+".join(one.id for one in alerts))
def test_any_part_of_the_story_is_a_sentence(alerts: list[Alert]) -> None:
    """Every subset gives one sentence: one actor, one place, each deed once, one full stop."""
    summary = build("inc-1", alerts).summary
    assert summary.en.startswith("nginx in shop-web ")
    assert summary.zh.startswith("shop-web 中的 nginx ")
    assert summary.en.endswith(".")
    assert summary.en.count(" and ") == (1 if len(alerts) > 1 else 0)
    assert ("the kernel killed" in summary.en) == (DROPPED_RUN in alerts)
    assert "  " not in summary.en
    assert ",," not in summary.en


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ((SHELL, NGINX), Text("nginx", "nginx")),
        ((CAT,), Text("cat", "cat")),
        ((SHELL, PERL, LIGHTTPD), Text("lighttpd", "lighttpd")),
        ((SHELL, PERL), Text("perl", "perl")),
        ((SHELL,), Text("A session", "某个会话")),
        ((change(SHELL, how="exec"),), Text("An exec session", "一个 exec 会话")),
        ((change(SHELL, exe=""),), Text("A process", "某个进程")),
    ],
)
def test_who_began(line: tuple[ProcessRecord, ...], who: Text) -> None:
    """The server behind the shells is named; a shell of nobody is a session; nothing is invented."""
    assert story.actor(alert(1, (), line[0], "", *line), ()) == who


def test_the_server_that_an_alert_names_began() -> None:
    """The alert about a server's shell names the server, also when the lineage does not reach it any more."""
    orphan = change(SHELL_STARTED, detector="RUN-002", object="/usr/sbin/nginx", lineage=(SHELL,))
    assert story.actor(orphan, ()) == Text("nginx", "nginx")


def test_a_program_does_not_start_itself() -> None:
    """Where a start is the deed and nobody is known who did it, nobody is named."""
    alone = change(DROPPED_RUN, lineage=())
    assert story.actor(alone, ()) == Text("Something", "某个进程")
    by_exec = change(alone, process=change(alone.process, how="exec"))
    assert story.actor(by_exec, ()) == Text("An exec session", "一个 exec 会话")


def test_who_began_without_the_alert() -> None:
    """When the first alert is not at hand the oldest process of the tree is named."""
    assert story.actor(None, (NGINX, SHELL)) == Text("nginx", "nginx")
    assert story.actor(None, ()) == Text("A process", "某个进程")


def test_where_it_happened() -> None:
    """The container's name, or its short id, or the host."""
    assert story.where("shop-web", "abc") == Text("in shop-web", "shop-web 中的")
    assert story.where("", "a" * 64) == Text(f"in {'a' * 12}", f"{'a' * 12} 中的")
    assert story.where("", "") == Text("on the host", "主机上的")
    assert story.where("", "", "shop-1") == Text("on the host shop-1", "主机 shop-1 上的")
    assert story.where("shop-web", "abc", "shop-1") == Text("in shop-web", "shop-web 中的")


def test_of_many_machines_an_incident_says_which() -> None:
    """In its title and its sentence, whatever the machine calls itself."""
    on_host = [change(one, container_name="", container_id="") for one in STORY]
    made = build("inc-1", on_host, host="shop-1\x1b[2J")
    assert "on the host shop-1" in made.summary.en
    assert "the host shop-1" in made.title.en
    assert "主机 shop-1" in made.title.zh
    assert made.title.en.isprintable()


def test_repeated_deeds_are_said_once_and_many_are_counted() -> None:
    """The same deed twice is one phrase; past six the rest is a number."""
    twice = change(SHADOW_READ, id="alt-again", time=40)
    assert build("inc-1", [SHADOW_READ, twice]).summary.en == "nginx in shop-web read /etc/shadow."
    many = [change(SHADOW_READ, id=f"alt-{n}", time=n, object=f"/etc/{n}") for n in range(10)]
    assert build("inc-1", many).summary.en == (
        "nginx in shop-web read /etc/0, read /etc/1, read /etc/2, read /etc/3, read /etc/4 and did 5 more things."
    )


def test_a_weaker_word_for_the_same_deed_is_left_out() -> None:
    """Where a dropped program was also run from a temporary folder, the sentence says the first, and who killed it."""
    where_it_lay = change(DROPPED_RUN, id="alt-8", time=13, detector="RUN-008", techniques=("T1036.005",))
    dropped = change(DROPPED_RUN, process=change(DROPPED_RUN.process, killed=False))
    both = build("inc-1", [dropped, where_it_lay]).summary.en
    assert both == "nginx in shop-web ran /tmp/kworkerd (not from the image); the kernel killed it."
    alone = build("inc-1", [where_it_lay]).summary.en
    assert alone == "nginx in shop-web ran /tmp/kworkerd from a temporary folder; the kernel killed it."


def test_titles_say_the_span_or_the_worst_alert() -> None:
    """Two tactics or more give from-to; one gives the worst alert's title."""
    assert build("inc-1", STORY).title.zh == "shop-web 遭到攻击：从初始访问到影响"
    assert build("inc-1", [SHELL_STARTED]).title == Text("shop-web: Title 10", "shop-web：标题 10")
