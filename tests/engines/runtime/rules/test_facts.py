"""Facts of an event: all of them, lazily, from the row and from what is known around it."""

from __future__ import annotations

from periderm.engines.runtime.detectors import kernel_module
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.rules.facts import CAPABILITIES, MAKERS, Facts, capabilities, image_name, of_event, whole
from periderm.engines.runtime.rules.needs import ALL_KINDS
from periderm.engines.runtime.rules.pack import Counts
from periderm.engines.runtime.scene import HOST, SHOP, batch_of, connects, image, opens, row, runs
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.event_facts import EventFacts


def last(*events: Event) -> EventFacts:
    """All facts of the last event, through the engine."""
    seen: list[EventFacts] = []

    def judge(context: Context) -> Verdict | None:
        seen.append(whole(Facts(context)))
        return None

    every = Detector(spec=kernel_module.DETECTOR.spec, interests=(Interest(kinds=tuple(ALL_KINDS)),), judge=judge)
    engine = RuntimeEngine(HOST, (every,))
    engine.learn_image(image("/usr/sbin/nginx", "/bin/busybox"))
    engine.feed(batch_of(events))
    return seen[-1]


def test_every_fact_has_a_maker() -> None:
    """And there is no maker without a fact, but the helper that several use."""
    assert set(MAKERS) - {"command"} == set(EventFacts.__struct_fields__)
    assert Counts().failed == {}


def test_an_exec_in_a_container() -> None:
    """Who, what, where, by whom."""
    facts = last(
        runs(2, 1, "/usr/sbin/nginx", "nginx"),
        runs(3, 2, "/bin/busybox", "sh", "-c", "id 'x'", flags=EventFlag.TTY, caps=1 << 21 | 1),
    )
    assert (facts.kind, facts.exe, facts.name, facts.file, facts.folder) == ("exec", "/bin/busybox", "sh", "busybox", "/bin")
    assert (facts.argv, facts.args, facts.cmdline) == (("sh", "-c", "id 'x'"), ("-c", "id 'x'"), "sh -c id 'x'")
    assert (facts.parent, facts.ancestors, facts.server, facts.server_shell) == ("nginx", ("nginx",), "nginx", True)
    assert (facts.container, facts.image, facts.repository, facts.tag) == ("shop", "localhost/shop:1", "localhost/shop", "1")
    assert (facts.tty, facts.interactive, facts.contained, facts.host, facts.drifted) == (True, True, True, "", False)
    assert facts.caps == ("CAP_CHOWN", "CAP_SYS_ADMIN")
    assert facts.seconds == 600.0


def test_an_open_a_connection_and_a_mode() -> None:
    """What each kind tells; the acting program comes from the row, its arguments from its start."""
    opened = last(
        runs(2, 1, "/usr/bin/vi", "vi", "/x", on=HOST), row(EventKind.OPEN, 2, "/etc/x", exe="/usr/bin/vi", arg0=0o102, on=HOST)
    )
    assert (opened.writes, opened.reads, opened.creates, opened.line, opened.name) == (True, True, True, "vi /x", "vi")
    assert (opened.host, opened.how, opened.container) == ("host", "host", "")
    connected = last(runs(2, 1, "/usr/bin/x", "x"), connects(2, "::1", 4444))
    assert (connected.address, connected.port, connected.family, connected.transport) == ("::1", 4444, "ipv6", "tcp")
    changed = last(row(EventKind.CHMOD, 2, "/tmp/x", arg0=0o104755))
    assert (changed.mode, changed.makes_executable, changed.makes_setuid) == (0o4755, True, True)
    mounted = last(row(EventKind.MOUNT, 2, "/mnt", argv=("ext4",)))
    assert mounted.filesystem == "ext4"


def test_an_event_alone() -> None:
    """As it is read back from history: the row's own facts, and no error for the rest."""
    facts = whole(of_event(runs(2, 1, "/usr/bin/nc", "nc", "-l", on=SHOP)))
    assert (facts.name, facts.line, facts.contained, facts.parent, facts.seconds) == ("nc", "nc -l", True, "", 600.0)
    assert whole(of_event(opens(2, "/etc/shadow", on=HOST))).path == "/etc/shadow"


def test_capabilities_and_images() -> None:
    """Bits become names; references become repository and tag."""
    assert (capabilities(-1), capabilities(0), capabilities(1 << 40)) == ((), (), ("CAP_CHECKPOINT_RESTORE",))
    assert len(CAPABILITIES) == 41
    assert image_name("localhost:5000/a/b") == ("localhost:5000/a/b", "")
    assert image_name("r.example.org:5000/a:1.2@sha256:ab") == ("r.example.org:5000/a", "1.2")


def test_a_fact_is_made_once_and_an_unknown_one_is_none() -> None:
    """What is asked for twice is not made twice."""
    facts = of_event(runs(2, 1, "/usr/bin/nc", "nc"))
    assert facts.argv is facts.argv
    assert not hasattr(facts, "nothing")
