"""`periderm scan`."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest

from periderm.cli.main import run
from periderm.cli.output import Output, width
from periderm.cli.scan import grouped, table, wrap
from periderm.model.envelope import ScanResult
from periderm.model.finding import Finding, FindingKind
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.images import AWS_KEY, base_layer, docker_archive, member, tar


@pytest.fixture
def archive(tmp_path: Path) -> str:
    """An image with a secret and a hostile name."""
    layer = tar([("app/key", AWS_KEY), (member("opt/\x1b]0;owned\x07", mode=0o4755), b"x")])
    return str(docker_archive(tmp_path / "a.tar", [base_layer(), layer]))


def test_table(archive: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Facts, each finding with what to change beside it, a sum; nothing foreign reaches the terminal raw."""
    assert run(["scan", "image", archive]) == 0
    out = capsys.readouterr().out
    assert "Debian GNU/Linux 12 (bookworm) · 2 packages" in out
    assert "AWS access key id" in out
    assert "Revoke the key" in out
    assert "IMG-001" in out
    assert "\x1b" not in out
    assert AWS_KEY.decode() not in out


def test_json_is_the_scan_result(archive: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints the value that travels between the product's processes."""
    assert run(["scan", "image", archive, "--json"]) == 0
    result = msgspec.json.decode(capsys.readouterr().out, type=ScanResult)
    assert result.inventory is not None
    assert len(result.inventory.packages) == 2


@pytest.mark.parametrize(("level", "status"), [("critical", 1), ("low", 1)])
def test_fail_on(archive: str, level: str, status: int) -> None:
    """--fail-on tells a pipeline by the exit status."""
    assert run(["scan", "image", archive, "--fail-on", level]) == status


def test_fail_on_is_quiet_below(tmp_path: Path) -> None:
    """What is milder does not fail."""
    clean = str(docker_archive(tmp_path / "b.tar", [base_layer()]))
    assert run(["scan", "image", clean, "--fail-on", "critical"]) == 0


def test_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`scan fs` looks into a folder; `scan image` on a folder says so."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "key").write_bytes(AWS_KEY)
    assert run(["scan", "fs", str(tmp_path / "root")]) == 0
    assert "IMG-001" in capsys.readouterr().out
    assert run(["scan", "image", str(tmp_path / "root")]) == 2
    assert "scan fs" in capsys.readouterr().err


def test_bad_input_is_one_sentence(tmp_path: Path, archive: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Damage and other files exit with 3, what is missing with 4, each with what to do and no traceback."""
    cut = tmp_path / "cut.tar"
    cut.write_bytes(Path(archive).read_bytes()[:3000])
    for path, status in ((str(cut), 3), (sys.executable, 3), (str(tmp_path / "gone.tar"), 4), ("podman:no-such-image-here", 4)):
        assert run(["scan", "image", path]) == status
        err = capsys.readouterr().err
        assert err.startswith("periderm: ")
        assert "Traceback" not in err
        assert err.count("\n") <= 2
    assert run(["scan", "image", str(cut), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "FormatError"


def test_needs_no_root(archive: str) -> None:
    """An archive is scanned by a user without any rights; root becomes nobody for it (after what is needed is loaded)."""
    assert run(["scan", "image", archive]) == 0
    if os.geteuid() != 0:
        return
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 -- nobody must get in
        copy = os.path.join(folder, "a.tar")
        Path(copy).write_bytes(Path(archive).read_bytes())
        os.seteuid(65534)
        try:
            status = run(["scan", "image", copy])
        finally:
            os.seteuid(0)
    assert status == 0


def finding(number: int, kind: FindingKind = FindingKind.CONFIGURATION) -> Finding:
    """One of many alike."""
    return Finding(
        id=str(number),
        detector="IMG-016",
        kind=kind,
        severity=Severity.LOW,
        asset_id="a",
        title=Text("t", "t"),
        message=Text("m", "m"),
        remediation=Text("r", "r"),
        location=str(number),
    )


def test_alike_become_one_row() -> None:
    """Many of one kind are one row with their number, unless all are asked for, or they are secrets."""
    many = [finding(n) for n in range(9)]
    assert [more for _, more in grouped(many, whole=False)] == [8]
    assert len(list(grouped(many, whole=True))) == 9
    assert len(list(grouped([finding(n, FindingKind.SECRET) for n in range(9)], whole=False))) == 9


@pytest.mark.parametrize(
    "text", ["one two three four five", "x" * 100, "镜像中的进程以 root 运行：没有设置用户。" * 3, "", "a" * 20 + " b"]
)
@pytest.mark.parametrize("columns", [10, 23])
def test_wrap(text: str, columns: int) -> None:
    """No line is wider than the window's share, and nothing is lost but spaces at the breaks."""
    lines = wrap(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_columns_line_up() -> None:
    """Continuation lines begin under their own column."""
    out = io.StringIO()
    table(
        ["SEVERITY", "FINDING", "WHAT TO CHANGE"],
        [("H high", "word " * 30, "change " * 30)],
        Output(out=out, err=io.StringIO()),
    )
    lines = out.getvalue().splitlines()
    assert len({line.index("change") for line in lines[1:]}) == 1
    assert all(width(line) <= 120 for line in lines)
