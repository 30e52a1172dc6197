"""Promises of the steps for files: one for each place, none for what is only information, the worst first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.edits import MOST_STEPS, with_edits, without_edits
from periderm.model.finding import Finding, FindingKind
from periderm.model.report import Place
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.vulnerability import ChangeKind, PlannedChange

PACKAGE = PlannedChange(kind=ChangeKind.UPGRADE, what=Text("Upgrade a.", "升级 a。"), packages=("pkg:npm/a@1",), risk=70.0)


def found(
    line: int,
    change: str = "Take it out.",
    *,
    kind: FindingKind = FindingKind.CONFIGURATION,
    severity: Severity = Severity.HIGH,
    path: str = "Dockerfile",
    detector: str = "CFG-001",
) -> Finding:
    """Something wrong at a line."""
    return Finding(
        id=f"fnd-{detector}-{path}-{line}-{kind}",
        detector=detector,
        kind=kind,
        severity=severity,
        asset_id="a",
        title=Text("Finds", "发现"),
        message=Text(f"{path} is bad.", f"{path} 有问题。"),
        remediation=Text(change, "请修改。"),
        location=path,
        line=line,
        evidence="FROM debian",
    )


def steps(*findings: Finding, before: tuple[PlannedChange, ...] = ()) -> tuple[PlannedChange, ...]:
    """The plan for findings that stand where they say."""
    return with_edits(before, findings, {f.id: Place(f.location, f.line) for f in findings})


def test_one_edit_for_one_line() -> None:
    """All that is wrong with a line is one step, which ends all of it and says each change once, the worst first."""
    (step,) = steps(
        found(3, "Write `USER 10001`.", severity=Severity.MEDIUM), found(3, "Take it out.", detector="CFG-002"), found(3)
    )
    assert (step.kind, step.path, step.line, step.now) == (ChangeKind.EDIT, "Dockerfile", 3, "FROM debian")
    assert step.what.en == "Take it out. Write `USER 10001`."
    assert len(step.removes) == 3
    assert step.risk == 150.0


def test_the_same_change_at_several_lines() -> None:
    """It is one step that names them; another change is another."""
    first, second = steps(found(3), found(9), found(5), found(7, "Another."))
    assert first.what == Text("Take it out. (lines 3, 5, 9)", "请修改。（第 3, 5, 9 行）")
    assert (first.line, len(first.removes), second.line) == (3, 3, 7)


def test_in_order_of_risk() -> None:
    """Between the steps for packages, by the same measure."""
    order = steps(found(1), found(2, "X.", severity=Severity.CRITICAL), before=(PACKAGE,))
    assert [step.risk for step in order] == [90.0, 70.0, 60.0]


def test_malware_goes_first() -> None:
    """Whoever is in there makes all else idle, however many packages are old."""
    much = PlannedChange(kind=ChangeKind.REBUILD, what=Text("x", "x"), risk=9000.0, packages=("p",))
    evil = found(0, kind=FindingKind.MALWARE, severity=Severity.CRITICAL, path="tmp/x")
    first, second = steps(evil, before=(much,))
    assert (first.kind, first.path, second) == (ChangeKind.REMOVE, "tmp/x", much)
    assert first.what.en == "tmp/x is bad. Take it out."


def test_what_makes_no_step() -> None:
    """What is only information, unknown, or was not examined."""
    quiet = [found(1, severity=Severity.INFORMATIONAL), found(2, severity=Severity.UNKNOWN)]
    assert steps(*quiet, found(3, kind=FindingKind.NOT_EXAMINED), found(4, kind=FindingKind.LICENCE)) == ()


def test_what_to_write() -> None:
    """Is told where it is known to the last letter, and not with a word that somebody has to fill in; not for secrets."""
    assert steps(found(1, "Write `127.0.0.1:80:80`, or leave it out."))[0].command == "Dockerfile: 127.0.0.1:80:80"
    assert steps(found(1, "Write `image: nginx:VERSION@sha256:…`."))[0].command == ""
    assert steps(found(1, "Take `x` out."))[0].command == ""
    secret = steps(found(1, "Write `x`.", kind=FindingKind.SECRET))[0]
    assert (secret.command, secret.now, secret.what.en) == ("", "", "Dockerfile is bad. Write `x`.")


def test_files_without_lines() -> None:
    """Two findings about a whole file are two steps."""
    first, second = steps(found(0), found(0, detector="CFG-002"))
    assert (first.what.en, first.now) == ("Dockerfile is bad. Take it out.", "")
    assert second.path == "Dockerfile"


def test_the_others_alone() -> None:
    """Steps for files can be taken away again."""
    assert without_edits(steps(found(1), before=(PACKAGE,))) == (PACKAGE,)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(Severity), st.sampled_from(["A-1", "B-2"])), max_size=40))
def test_each_finding_once(told: list[tuple[int, Severity, str]]) -> None:
    """Whatever was found: each that counts is ended by exactly one step, and risk falls from step to step."""
    several = list({f.id: f for line, severity, name in told for f in [found(line, severity=severity, detector=name)]}.values())
    plan = steps(*several)
    ended = [name for step in plan for name in step.removes]
    assert sorted(ended) == sorted(f.id for f in several if f.severity >= Severity.LOW)
    assert [s.risk for s in plan] == sorted((s.risk for s in plan), reverse=True)


def test_no_more_than_any_reads() -> None:
    """A file with thousands of mistakes makes so many steps at most."""
    assert len(steps(*(found(n, f"Change {n}.") for n in range(1, 2000)))) == MOST_STEPS
