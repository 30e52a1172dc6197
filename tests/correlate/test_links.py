"""Which findings of the image bear on an attack, and why."""

from __future__ import annotations

import msgspec
import pytest

from periderm.correlate import chain, links, tree
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import ImageConfig, ImageInventory, OsRelease
from periderm.model.incident import FindingLink
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.correlate.cases import DROPPED_RUN, SECRET, SHADOW_READ, SHELL_STARTED, STORY, alert

change = msgspec.structs.replace


def linked(finding: Finding, *alerts: Alert, earlier: tuple[FindingLink, ...] = ()) -> list[tuple[str, str]]:
    """(alert id, English reason) of the links that a finding gets."""
    merged = chain.merge(alerts)
    steps = chain.order(merged, (), frozenset())
    processes = tree.processes(merged, steps, (), frozenset())
    return [(link.alert_id, link.why.en) for link in links.link([finding], steps, processes, earlier)]


def configuration(title: str, location: str = "") -> Finding:
    """A weakness of the image's configuration."""
    return change(SECRET, kind=FindingKind.CONFIGURATION, title=Text(title, title), location=location)


def test_a_secret_is_linked_to_the_step_that_read_it() -> None:
    """The finding at a path is linked to the alert about that path, with or without a leading slash."""
    for location in ("etc/shadow", "/etc/shadow"):
        (found,) = linked(change(SECRET, location=location), *STORY)
        assert found[0] == SHADOW_READ.id
        assert "/etc/shadow" in found[1]
    assert linked(SECRET, SHELL_STARTED) == []


def test_a_secret_in_the_environment_bears_on_all() -> None:
    """Whoever runs anything in the container has it."""
    assert [alert_id for alert_id, _ in linked(change(SECRET, location="env:TOKEN"), SHELL_STARTED)] == [""]


def test_root_matters_when_root_acted() -> None:
    """The finding that the image runs as root is linked only if a process was root."""
    finding = configuration("Run as root")
    assert linked(finding, SHELL_STARTED)[0][1].startswith("The image runs as root")
    user = [change(p, user_id=33) for p in (SHELL_STARTED.process, *SHELL_STARTED.lineage)]
    assert linked(finding, change(SHELL_STARTED, process=user[0], lineage=tuple(user[1:]))) == []


def test_set_uid_files_matter_when_privileges_were_raised() -> None:
    """A set-uid file is linked to a step of privilege escalation, or to the step that ran it."""
    finding = configuration("Ship a set-user-id file", "usr/bin/pkexec")
    raised = change(DROPPED_RUN, techniques=("T1068",))
    assert [alert_id for alert_id, _ in linked(finding, SHELL_STARTED, raised)] == [raised.id]
    assert linked(finding, SHELL_STARTED) == []
    pkexec = ProcessRecord(key=60, parent=11, pid=60, exe="/usr/bin/pkexec")
    ran = alert(60, ("T1059.004",), pkexec, "/bin/sh", pkexec)
    assert [alert_id for alert_id, _ in linked(finding, ran)] == [ran.id]


def test_the_shell_of_the_image_matters_when_a_shell_acted() -> None:
    """The finding that the image holds a shell is linked to the first step in which a shell acted."""
    finding = configuration("Tell that the image holds a shell", "usr/bin/dash")
    assert [alert_id for alert_id, _ in linked(finding, *STORY)] == [SHELL_STARTED.id]
    assert linked(finding, SHADOW_READ) == []


def test_sshd_matters_when_it_took_part() -> None:
    """The SSH server of the image is linked only if it is among the processes."""
    finding = configuration("Contain an SSH server")
    sshd = ProcessRecord(key=70, parent=1, pid=70, exe="/usr/sbin/sshd", user_id=7)
    assert linked(finding, SHELL_STARTED) == []
    assert len(linked(finding, change(SHELL_STARTED, lineage=(sshd,)))) == 1


def test_a_vulnerable_package_matters_when_its_program_took_part() -> None:
    """The package of the server that was used is linked to the initial access."""
    finding = change(SECRET, kind=FindingKind.VULNERABILITY, package="nginx")
    assert [alert_id for alert_id, _ in linked(finding, *STORY)] == [SHELL_STARTED.id]
    assert linked(change(finding, package="zlib1g"), *STORY) == []
    assert linked(change(finding, package=""), *STORY) == []


def test_what_was_not_examined_explains_nothing() -> None:
    """A gap of the scan is no cause."""
    assert linked(change(SECRET, kind=FindingKind.NOT_EXAMINED), *STORY) == []


def test_links_are_bounded_worst_first_and_kept() -> None:
    """The worst findings come first, at most MAX_LINKS, and a link whose finding is not at hand stays."""
    merged = chain.merge(STORY)
    steps = chain.order(merged, (), frozenset())
    many = [change(SECRET, id=f"fnd-{n:03}", severity=Severity(1 + n % 5)) for n in range(90)]
    found = links.link(many, steps, (), ())
    assert len(found) == links.MAX_LINKS
    severities = [Severity(1 + int(link.finding_id[4:]) % 5) for link in found]
    assert severities == sorted(severities, reverse=True)
    old = FindingLink(finding_id="fnd-old", why=Text("w", "w"))
    assert old in links.link([SECRET], steps, (), (old,))
    fixed = FindingLink(finding_id=SECRET.id, why=Text("w", "w"))
    assert links.link([change(SECRET, location="other")], steps, (), (fixed,)) == ()


@pytest.mark.parametrize("paths", [("etc/shadow",), ("/etc/shadow",)])
def test_secret_paths_come_from_findings_and_inventory(paths: tuple[str, ...]) -> None:
    """Both sources count, relative, and an empty location is no path."""
    inventory = ImageInventory(
        digest="",
        reference="",
        source="",
        config=ImageConfig(),
        os=OsRelease(),
        packages=(),
        executables=(),
        secret_paths=paths,
    )
    assert links.secret_paths([], inventory) == {"etc/shadow"}
    assert links.secret_paths([SECRET, change(SECRET, location="")], None) == {"etc/shadow"}
