"""Build files on their way through a scan."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from periderm.engines.image.facts import ImageFacts
from periderm.flow import config_files
from periderm.flow.config_files import READER, READERS, facts_of, findings, read_build_file
from periderm.model.errors import FormatError
from periderm.model.file_note import Note, NotedFile
from periderm.model.finding import FindingKind
from periderm.model.image import ImageConfig
from periderm.model.report import Scanner
from periderm.model.severity import Severity
from tests.flow.trees import examined


def noted(text: str, path: str = "Dockerfile") -> list[NotedFile]:
    """The notes of a file, as a scan carries them."""
    return [NotedFile(reader=READER, path=path, layer="", note=note) for note in read_build_file(text.encode(), path)]


def test_which_files_are_read() -> None:
    """By name, by the name's beginning, by suffix; and only build files."""
    reader, part = READERS
    assert part.wants("infra/db.yml")
    assert not part.wants("compose.yaml")
    for path in ("Dockerfile", "a/Dockerfile.dev", "x.dockerfile", ".github/workflows/a.yml", "compose.yaml", ".gitlab-ci.yml"):
        assert reader.wants(path), path
    for path in ("values.yaml", "Dockerfile.md", "node_modules/a/Dockerfile", "README"):
        assert not reader.wants(path), path
    assert reader.source_only


def test_notes_become_findings() -> None:
    """Kind, place, line, weakness, change; the same place has the same id when lines above come and go."""
    (one,), missed = findings(noted("FROM debian\nUSER 1\n"), "asset", 5, lambda _: False)
    assert (one.kind, one.detector, one.location, one.line, one.first_seen) == (
        FindingKind.CONFIGURATION,
        "CFG-001",
        "Dockerfile",
        1,
        5,
    )
    assert one.severity is Severity.MEDIUM
    assert one.weaknesses == ("CWE-829",)
    assert "VERSION" in one.remediation.en
    assert missed == ()
    (moved,), _ = findings(noted("# x\n\nFROM debian\nUSER 1\n"), "asset", 9, lambda _: False)
    assert (moved.id, moved.line) == (one.id, 3)


def test_two_alike_in_one_file_are_two() -> None:
    """They are told apart by their number."""
    found, _ = findings(noted("FROM debian AS a\nFROM debian AS a\nUSER 1\n"), "x", 0, lambda _: False)
    ids = [one.id for one in found if one.detector == "CFG-001"]
    assert len(set(ids)) == 2


def test_what_lies_beside_decides() -> None:
    """`.dockerignore` beside or above, a file of variables; nothing outside the tree is asked for."""
    asked: list[str] = []

    def exists(path: str) -> bool:
        asked.append(path)
        return path == "a/.dockerignore"

    text = "FROM a:1\nCOPY . /x\nUSER 1\n"
    assert "CFG-022" in {one.detector for one in findings(noted(text), "x", 0, lambda _: False)[0]}
    assert "CFG-022" not in {one.detector for one in findings(noted(text, "a/b/Dockerfile"), "x", 0, exists)[0]}
    assert not any(path.startswith(("..", "/")) for path in asked)
    compose = "services:\n  a:\n    image: x:1\n    env_file: ../.env\n"
    assert "CFG-054" in {one.detector for one in findings(noted(compose, "d/compose.yaml"), "x", 0, {".env"}.__contains__)[0]}
    assert "CFG-054" not in {one.detector for one in findings(noted(compose, "d/compose.yaml"), "x", 0, lambda _: False)[0]}


def test_notes_of_others_and_of_unknown_detectors_are_left_alone() -> None:
    """A result that was kept by another version names what is no more."""
    strange = [
        NotedFile(reader=READER, path="a", layer="", note=Note("CFG-9999")),
        NotedFile(reader="x", path="a", layer="", note=Note("CFG-001")),
    ]
    assert findings(strange, "x", 0, lambda _: True) == ((), ())


def test_too_many_are_told() -> None:
    """What is left out of a file is said."""
    text = "".join(f"FROM a{number} AS s{number}\n" for number in range(200)) + "USER 1\n"
    found, missed = findings(noted(text), "x", 0, lambda _: False)
    assert len([one for one in found if one.detector == "CFG-001"]) == 100
    assert "100 more" in missed[0].en


@pytest.mark.parametrize(
    ("data", "path"), [(b"FROM a\0", "Dockerfile"), (b"a: [", "compose.yaml"), (b"nothing\n", "Containerfile")]
)
def test_damage(data: bytes, path: str) -> None:
    """It is told as such, and as 'not examined' by the scan."""
    with pytest.raises(FormatError):
        read_build_file(data, path)


def test_empty_and_strange_documents() -> None:
    """Nothing, a list, a word; GitLab's header stands in front of the pipeline."""
    assert facts_of(b"", ".gitlab-ci.yml") is None
    assert read_build_file(b"- a\n", "compose.yaml") == ()
    assert read_build_file(b"word\n", "action.yml") == ()
    found = facts_of(b"spec:\n  inputs: {a: {}}\n---\nj:\n  script: [x]\n", ".gitlab-ci.yml")
    assert found is not None
    assert "j" in found.tree.pairs


@pytest.mark.parametrize("kind", ["source", "pipeline"])
def test_a_scan_of_a_folder(tmp_path: Path, kind: str) -> None:
    """Both find the same in build files; damage is 'not examined'; a pipeline looks at nothing else."""
    (tmp_path / "Dockerfile").write_text("FROM debian\nUSER 1\n")
    (tmp_path / "compose.yml").write_text("a: [")
    (tmp_path / "requirements.txt").write_text("flask==1.0\n")
    result = examined(tmp_path, kind)
    assert [(one.location, one.line) for one in result.findings if one.detector == "CFG-001"] == [("Dockerfile", 1)]
    assert any("compose.yml" in told for told in result.inventory.not_examined)
    assert bool(result.inventory.packages) is (kind == "source")


def test_a_secret_is_told_once(tmp_path: Path) -> None:
    """By the search for secrets, which knows its kind; a password that it does not know is told by the build file's check."""
    token = "ghp_" + "".join(chr(97 + (7 * n) % 26) + str(n % 10) for n in range(18))
    (tmp_path / "Dockerfile").write_text(f"FROM a:1\nENV GITHUB_TOKEN={token}\nENV DB_PASSWORD=Tr0ub4dor9\nUSER 1\n")
    found = examined(tmp_path, "source").findings
    alone = {one.line for one in found if one.detector == "CFG-034"}
    secrets = " ".join(one.evidence for one in found if one.kind is FindingKind.SECRET)
    for line in (2, 3):
        assert (line in alone) is not (f"line {line}:" in secrets)


def test_a_scan_without_configuration_reads_none(tmp_path: Path) -> None:
    """Who asks for secrets alone gets no word on build files."""
    (tmp_path / "Dockerfile").write_text("FROM debian\n")
    result = examined(tmp_path, "source", frozenset({Scanner.SECRETS, Scanner.PACKAGES}))
    assert [one for one in result.findings if one.detector.startswith("CFG-")] == []


def test_a_root_file_system_is_not_judged_by_its_build_files(tmp_path: Path) -> None:
    """What lies in an image was not built by it."""
    (tmp_path / "Dockerfile").write_text("FROM debian\n")
    assert [one for one in examined(tmp_path, "folder").findings if one.detector.startswith("CFG-")] == []


def test_nothing_is_loaded_before_the_first_file() -> None:
    """A scan that meets no build file pays nothing for them."""
    code = (
        "import sys, periderm.flow.scan; "
        "print([m for m in sys.modules if m == 'yaml' or "
        "m.startswith(('periderm.engines.config.detectors', 'periderm.formats.containerfile'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_catalogue_is_found_by_the_test_of_examples() -> None:
    """Late names, and no others."""
    assert config_files.DETECTORS
    with pytest.raises(AttributeError):
        _ = config_files.NOTHING  # type: ignore[attr-defined]  # asked for because it is not there
    assert ImageFacts(config=ImageConfig()).noted == ()


_BAD = "services:\n  db:\n    image: x:1\n    privileged: true\n"


def where_privileged(folder: Path) -> list[str]:
    """The files in which a scan finds a privileged service."""
    return sorted(one.location for one in examined(folder, "pipeline").findings if one.detector == "CFG-041")


def test_what_compose_takes_in_is_judged(tmp_path: Path) -> None:
    """Under whatever name it lies, through several files and in a circle; what nobody takes in is not judged, nor is anything
    outside of the folder."""
    root = tmp_path / "shop"
    (root / "infra").mkdir(parents=True)
    (tmp_path / "outside.yml").write_text(_BAD)
    (root / "compose.yaml").write_text(
        "include: [infra/db.yml, ../outside.yml, gone.yml]\nservices:\n  w:\n    extends: {file: base.yaml, service: db}\n"
    )
    (root / "infra/db.yml").write_text("include: [{path: [deep.yml]}]\n" + _BAD)
    (root / "infra/deep.yml").write_text("include: [db.yml]\n" + _BAD)
    (root / "base.yaml").write_text(_BAD)
    (root / "other.yml").write_text(_BAD)
    assert where_privileged(root) == ["base.yaml", "infra/db.yml", "infra/deep.yml"]


def test_damage_counts_only_where_it_is_taken_in(tmp_path: Path) -> None:
    """A template that looks like services is nobody's; one that is included, and cannot be read or is too large, is told."""
    (tmp_path / "chart.yml").write_text("services: [\n{{ if }}\n")
    (tmp_path / "large.yml").write_bytes(b"services: {}\n" + b"#" * (1 << 20))
    (tmp_path / "compose.yaml").write_text("services:\n  a:\n    image: x:1\n")
    assert examined(tmp_path, "pipeline").inventory.not_examined == ()
    (tmp_path / "compose.yaml").write_text("include: [chart.yml, large.yml]\n")
    told = " ".join(examined(tmp_path, "pipeline").inventory.not_examined)
    assert "chart.yml was not read" in told
    assert "large.yml was not read: it is larger" in told
