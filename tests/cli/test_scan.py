"""`periderm scan`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import pytest

import periderm
from periderm.app.write_report import FORMS
from periderm.cli.main import run
from periderm.cli.output import width
from periderm.model.report import Report
from periderm.model.text import Text
from tests.cli.conftest import Periderm
from tests.formats.disk.disks import ext4
from tests.images import AWS_KEY, base_layer, config_of, docker_archive, member, tar


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own state is used or written."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PERIDERM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)


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


def test_a_target_without_its_kind_gets_the_line_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    """The commonest first mistake is answered with the command that was meant."""
    with pytest.raises(SystemExit) as ended:
        run(["scan", "shop.tar"])
    assert ended.value.code == 2
    assert "periderm scan image shop.tar" in capsys.readouterr().err


@pytest.mark.parametrize("columns", [60, 200])
def test_fits_the_window(
    archive: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    """Narrow and wide."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run(["scan", "image", archive, "--lang", "zh"]) == 0
    assert max(width(line) for line in capsys.readouterr().out.splitlines()) <= columns


@pytest.mark.parametrize("asked", [["--json"], ["--format", "json"]])
def test_json_is_the_report(archive: str, capsys: pytest.CaptureFixture[str], asked: list[str]) -> None:
    """JSON is the documented report, whole."""
    assert run(["scan", "image", archive, *asked]) == 0
    report = msgspec.json.decode(capsys.readouterr().out, type=Report)
    assert report.schema == "periderm.report/1"
    assert len(report.inventory.packages) == 2
    assert not any(package.files for package in report.inventory.packages)
    assert run(["scan", "image", archive, *asked, "--files"]) == 0
    report = msgspec.json.decode(capsys.readouterr().out, type=Report)
    assert any("bin/bash" in package.files for package in report.inventory.packages)


@pytest.mark.parametrize("form", FORMS)
def test_every_form(
    archive: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each form goes to standard output, or into a file while people see the table."""
    monkeypatch.setenv("GITHUB_SHA", "ce58")
    monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
    assert run(["scan", "image", archive, "--format", form]) == 0
    printed = capsys.readouterr().out
    assert printed
    assert AWS_KEY.decode() not in printed
    assert run(["scan", "image", archive, "--format", form, "--output", str(tmp_path / "report")]) == 0
    assert (tmp_path / "report").stat().st_size > 0
    assert "WHAT TO CHANGE" in capsys.readouterr().out


def test_several_files_of_one_scan(archive: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One scan writes as many forms as a pipeline wants, by name or by the file's ending."""
    given = ["--output", "gitlab=gl.json", "--output", "report.html", "--output", "report.sarif"]
    assert run(["scan", "image", archive, *given]) == 0
    assert "IMG-001" in capsys.readouterr().out
    assert json.loads((tmp_path / "gl.json").read_text())["scan"]["type"] == "container_scanning"
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
    assert json.loads((tmp_path / "report.sarif").read_text())["version"] == "2.1.0"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--output", "report"], "In which form"),
        (["--output", "json="], "names no file"),
        (["--output", "json=no/where/x"], "cannot be written"),
        (["--scanners", "packages,viruses"], "'viruses' is nothing"),
        (["--fail-on", "severity >= hihg"], "Did you mean 'high'?"),
        (["--exceptions", "gone.yaml"], "gone.yaml"),
    ],
)
def test_wrong_options(archive: str, capsys: pytest.CaptureFixture[str], given: list[str], said: str) -> None:
    """What cannot be done as it was asked is one sentence and status 2 (4 for a file that is not there)."""
    assert run(["scan", "image", archive, *given]) == (4 if "gone.yaml" in given else 2)
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


def test_a_wrong_condition_is_pointed_at(archive: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The caret stands below the word."""
    assert run(["scan", "image", archive, "--fail-on", "fixed && severity >= hihg"]) == 2
    first, second = capsys.readouterr().err.splitlines()[:2]
    assert first == "  fixed && severity >= hihg"
    assert second.index("^") == first.index("hihg")


@pytest.mark.parametrize("condition", ["critical", "low", "severity >= high && kind == 'secret'"])
def test_fail_on(archive: str, condition: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--fail-on tells a pipeline by the exit status, and says what met it."""
    assert run(["scan", "image", archive, "--fail-on", condition]) == 1
    assert "IMG-001" in capsys.readouterr().err


def test_fail_on_is_quiet_below(tmp_path: Path) -> None:
    """What is milder does not fail."""
    clean = str(docker_archive(tmp_path / "b.tar", [base_layer()]))
    assert run(["scan", "image", clean, "--fail-on", "critical"]) == 0


def test_scanners(archive: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Only what was asked for is looked for; packages are always listed."""
    assert run(["scan", "image", archive, "--scanners", "packages", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["findings"] == []
    assert len(report["inventory"]["packages"]) == 2


def test_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`scan fs` looks into a folder; `scan image` on a folder says so."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "key").write_bytes(AWS_KEY)
    assert run(["scan", "fs", str(tmp_path / "root")]) == 0
    assert "IMG-001" in capsys.readouterr().out
    assert run(["scan", "image", str(tmp_path / "root")]) == 2
    assert "scan fs" in capsys.readouterr().err


def test_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`scan repo` reads lock files of a source folder; an address is not fetched offline."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "requirements.txt").write_text("requests==2.19.0\n")
    assert run(["scan", "repo", str(tmp_path / "app"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["kind"] == "source"
    assert [p["name"] for p in report["inventory"]["packages"]] == ["requests"]
    assert run(["scan", "repo", "https://git.invalid/x.git", "--offline"]) == 2


@pytest.mark.parametrize("form", ["cyclonedx", "spdx"])
def test_a_bill_of_materials_is_as_good(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    """The law of the round trip: what was written of an image is scanned again as that image, with the same
    vulnerabilities, priorities and plan."""
    layers = [base_layer(), tar([("app/requirements.txt", b"requests==2.19.0\njinja2==2.10\n")])]
    config = json.loads(config_of(layers, User="", ExposedPorts={"80/tcp": {}}))
    config["history"] = [
        {"created_by": "ADD file:1 in /"},
        {"created_by": 'CMD ["bash"]', "empty_layer": True},
        {"created_by": "COPY app /app"},
    ]
    archive = str(docker_archive(tmp_path / "a.tar", layers, config=json.dumps(config).encode()))
    assert run(["scan", "image", archive, "--output", f"{form}=bill.json", "--json"]) == 0
    image = json.loads(capsys.readouterr().out)
    assert run(["scan", "sbom", "bill.json", "--json"]) == 0
    bill = json.loads(capsys.readouterr().out)
    assert bill["inventory"]["digest"] == image["inventory"]["digest"]
    assert bill["inventory"]["os"] == image["inventory"]["os"]
    names = [[(p["purl"], p["layer"], p["source_version"]) for p in r["inventory"]["packages"]] for r in (image, bill)]
    assert names[0] == names[1]
    known = [[(f["id"], f["vulnerability"]) for f in r["findings"] if f["vulnerability"]] for r in (image, bill)]
    assert known[0]
    assert known[0] == known[1]
    # What stands in files (here: the image's configuration) is in no bill.
    of_packages = [step for step in image["plan"] if step["kind"] not in ("edit", "remove")]
    assert [step["removes"] for step in of_packages] == [step["removes"] for step in bill["plan"]]


def test_targets(capsys: pytest.CaptureFixture[str]) -> None:
    """A host needs no target, all others do."""
    assert run(["scan", "host", "x"]) == 2
    assert run(["scan", "image"]) == 2
    assert "needs a target" in capsys.readouterr().err


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
    assert run(["scan", "sbom", archive]) == 3
    capsys.readouterr()
    assert run(["scan", "image", str(cut), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "FormatError"


def test_needs_no_root(archive: str) -> None:
    """An archive is scanned by a user without any rights; root becomes nobody for it (after what is needed is loaded)."""
    assert run(["scan", "image", archive]) == 0
    if os.geteuid() != 0:
        return
    if not all(folder.stat().st_mode & 0o001 for folder in Path(periderm.__file__).resolve().parents):
        pytest.skip("the product's own files lie where only root may enter")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)  # noqa: S103 -- nobody must get in
        copy = os.path.join(folder, "a.tar")
        Path(copy).write_bytes(Path(archive).read_bytes())
        os.chdir(folder)
        os.seteuid(65534)
        try:
            status = run(["scan", "image", copy])
        finally:
            os.seteuid(0)
    assert status == 0


def test_loads_only_what_it_uses(archive: str) -> None:
    """A scan that prints a table loads no other form, no server, no store and no plots."""
    code = (
        "import sys\nfrom periderm.cli.main import run\n"
        f"status = run(['scan', 'image', {archive!r}, '--quiet'])\n"
        "heavy = ('starlette', 'uvicorn', 'sqlalchemy', 'jinja2', 'duckdb', 'lxml', 'periderm.formats.sarif',"
        " 'periderm.formats.cyclonedx', 'periderm.formats.spdx', 'periderm.formats.html_report', 'periderm.server')\n"
        "print(status, [m for m in heavy if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "0 []"


EXCEPTIONS = """exceptions:
  - reason: The key is a sample
    owner: team-shop
    expires: {day}
    scope:
      findings: [IMG-001]
"""


def test_exceptions_lie_beside_the_code(archive: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The usual file is found, takes the finding from the gate, and the finding is still told, with why."""
    (tmp_path / ".periderm").mkdir()
    (tmp_path / ".periderm" / "exceptions.yaml").write_text(EXCEPTIONS.format(day="2999-12-31"))
    assert run(["scan", "image", archive, "--fail-on", "critical", "--output", "report.sarif"]) == 0
    assert "One more is left out by an exception." in capsys.readouterr().out
    assert "The key is a sample" in (tmp_path / "report.sarif").read_text()
    (tmp_path / ".periderm" / "exceptions.yaml").write_text(EXCEPTIONS.format(day="2020-01-01"))
    assert run(["scan", "image", archive, "--fail-on", "critical"]) == 1
    assert "has expired and hides nothing" in capsys.readouterr().out


def test_a_wrong_exception_is_said_with_its_line(archive: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be meant stops the scan before it begins."""
    (tmp_path / "mine.yaml").write_text("exceptions:\n  - reason: x\n    ownr: y\n")
    assert run(["scan", "image", archive, "--exceptions", "mine.yaml"]) == 2
    assert "mine.yaml:3:" in capsys.readouterr().err


def test_vex_and_licences(archive: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A VEX statement takes a vulnerability away with its reason; a licence policy finds what it forbids."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "requirements.txt").write_text("requests==2.19.0\n")
    assert run(["scan", "repo", "app", "--json"]) == 0
    before = json.loads(capsys.readouterr().out)
    (known,) = [f["vulnerability"] for f in before["findings"] if f["vulnerability"]]
    statement = {
        "vulnerability": {"name": known["id"]},
        "products": [{"@id": known["purl"]}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
    }
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.invalid/vex",
        "author": "team",
        "timestamp": "2026-01-01T00:00:00Z",
        "version": 1,
        "statements": [statement],
    }
    (tmp_path / "vex.json").write_text(json.dumps(document))
    assert run(["scan", "repo", "app", "--json", "--vex", "vex.json"]) == 0
    after = json.loads(capsys.readouterr().out)
    assert [f["vulnerability"]["id"] for f in after["not_affected"]] == [known["id"]]
    assert not [f for f in after["findings"] if f["vulnerability"]]
    (tmp_path / "policy.yaml").write_text("licences:\n  forbidden: [permissive]\n  unknown: forbidden\n")
    assert run(["scan", "repo", "app", "--licence-policy", "policy.yaml", "--fail-on", "kind == 'licence'"]) == 1


def test_ignore_unfixed(archive: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody has mended is left out when asked, and counted."""
    assert run(["scan", "image", archive, "--json", "--ignore-unfixed"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert all(f["vulnerability"]["fixed_in"] for f in report["findings"] if f["vulnerability"])
    assert report["unfixed"] == 0


def test_what_the_sandbox_lacks_is_said_once(periderm: Periderm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel without a part of the sandbox is told beside the result, and `--require-sandbox` does not scan there."""
    from periderm.adapters.sandbox_linux.sandbox import LinuxSandbox

    monkeypatch.setattr(LinuxSandbox, "lacks", lambda _self: (Text("Landlock is missing.", "缺少 Landlock。"),))
    (tmp_path / "root").mkdir()
    (tmp_path / "root/file").write_text("x")
    status, _, said = periderm("scan", "fs", str(tmp_path / "root"))
    assert status == 0
    assert said.count("Landlock is missing.") == 1
    status, _, said = periderm("scan", "fs", str(tmp_path / "root"), "--require-sandbox", "--no-cache")
    assert status not in (0, 1)
    assert "Landlock" in said


def test_disks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A disk image and the folder where it is mounted; one of its file systems by name; only disks have any."""
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text('ID=debian\nPRETTY_NAME="Debian GNU/Linux 12"\n', encoding="utf-8")
    ext4(root, tmp_path / "disk", "-t", "ext4", "-L", "some-root", size="8M")
    for target, *more in (["disk"], ["root"], ["disk", "--partition", "some-root"]):
        assert run(["scan", "disk", target, *more]) == 0
        assert "Debian GNU/Linux 12" in capsys.readouterr().out
    assert run(["scan", "disk", "disk", "--partition", "9"]) not in (0, 1)
    assert "There are: 0" in capsys.readouterr().err
    assert run(["scan", "fs", "root", "--partition", "9"]) not in (0, 1)
    assert "Only a disk" in capsys.readouterr().err


def test_a_pipeline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder where the command runs, without its packages; lines for a workflow, a gate, exceptions of comments, and a
    code analyser's report in the same list."""
    (tmp_path / "Dockerfile").write_text("FROM debian\n# periderm:ignore=CFG-011 a jump host\nEXPOSE 22\nUSER 1\n")
    (tmp_path / "requirements.txt").write_text("flask==1.0\n")
    place = {"physicalLocation": {"artifactLocation": {"uri": "app.py"}, "region": {"startLine": 3}}}
    result = {"ruleId": "r", "level": "error", "message": {"text": "bad"}, "locations": [place]}
    given = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Tool"}}, "results": [result]}]}
    (tmp_path / "a.sarif").write_text(json.dumps(given))
    assert run(["scan", "pipeline", "--sarif", "a.sarif", "--format", "github", "--fail-on", "high"]) == 1
    out = capsys.readouterr().out
    assert "::error file=app.py,line=3,title=Tool/r" in out
    assert "::warning file=Dockerfile,line=1,title=CFG-001" in out
    assert "CFG-011" not in out
    assert run(["scan", "pipeline", "--json"]) == 0
    report = msgspec.json.decode(capsys.readouterr().out, type=Report)
    assert report.inventory.packages == ()
    assert [one.exemption.reason for one in report.exceptions] == ["a jump host"]
    assert [one.detector for one in report.excepted] == ["CFG-011"]


def test_a_repository_and_a_pipeline_name_findings_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """So that an exception by a finding's id holds for both."""
    (tmp_path / "Dockerfile").write_text("FROM debian\nUSER 1\n")
    ids = []
    for what in ("pipeline", "repo"):
        assert run(["scan", what, ".", "--scanners", "configuration", "--json"]) == 0
        report = msgspec.json.decode(capsys.readouterr().out, type=Report)
        ids.append({one.id for one in report.findings if one.detector == "CFG-001"})
    assert ids[0] == ids[1] != set()
