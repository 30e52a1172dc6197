"""What a person does with packs: lint, test, list, try, sign, verify."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.adapters.history_parquet.limits import Limits
from periderm.adapters.rule_files import LocalRuleFiles
from periderm.app import rules as app
from periderm.engines.runtime import DETECTORS
from periderm.engines.runtime.scene import HOST, START, batch_of, runs
from periderm.flow.rule_packs import RulePacks
from periderm.model.errors import NotFoundError, RuleError, SignatureError, UsageError
from periderm.model.event_query import EventQuery
from tests.algorithms.test_signing import KEY, PUBLIC
from tests.flow.test_rule_packs import pack

DOCUMENTS = LocalDocuments()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A good pack."""
    path = tmp_path / "a.yaml"
    path.write_text(pack())
    return path


def test_lint(file: Path, tmp_path: Path) -> None:
    """Good, doubtful, unreadable: one remark each with its place, and none stops the others."""
    (tmp_path / "b.yaml").write_text(pack().replace("name ==", "nome =="))
    (tmp_path / "c.yaml").write_text("kind: [")
    good, wrong, broken = app.lint_packs(DOCUMENTS, [str(file), str(tmp_path / "b.yaml"), str(tmp_path / "c.yaml")], 0)
    assert (good.failed, good.rules, good.remarks) == (False, 1, ())
    assert wrong.failed
    assert (wrong.rules, wrong.remarks[0].line, wrong.remarks[0].column) == (-1, 6, 34)
    assert "Did you mean 'name'" in wrong.remarks[0].what
    assert broken.failed
    with pytest.raises(NotFoundError):
        app.lint_packs(DOCUMENTS, [str(tmp_path / "nothing")], 0)


def test_tests(file: Path) -> None:
    """How many there are and which fail."""
    assert [(t.rules, t.tests, t.failures) for t in app.test_packs(DOCUMENTS, [str(file)])] == [(1, 2, ())]
    file.write_text(pack().replace("/bin/ls", "/opt/nc"))
    (tested,) = app.test_packs(DOCUMENTS, [str(file)])
    assert [(f.rule, f.what) for f in tested.failures] == [("shop-nc", "fires, and should not")]
    file.write_text("kind: runtime\nnome: x")
    with pytest.raises(RuleError):
        app.test_packs(DOCUMENTS, [str(file)])


def test_list(file: Path, tmp_path: Path) -> None:
    """The product's own, then the packs', also those that are off; refused packs say why."""
    (tmp_path / "b.yaml").write_text("kind: runtime\nrules: 1\n")
    file.write_text(pack().replace("    severity", "    enabled: false\n    severity"))
    listed = app.list_rules(RulePacks(LocalRuleFiles(str(tmp_path)), keep=False))
    assert len(listed.rules) == len(DETECTORS) + 1
    own = listed.rules[-1]
    assert (own.id, own.source, own.version, own.enabled) == ("shop-nc", "a.yaml", "1.0.0", False)
    assert [bool(state.problem) for state in listed.packs] == [False, True]


def test_try_on_history(file: Path, tmp_path: Path) -> None:
    """What lies in the store is judged, within the time that was asked for."""
    history = ParquetHistory(str(tmp_path / "history"), Limits(30, 1 << 30, 0))
    history.append(batch_of((runs(2, 1, "/bin/nc", "nc", on=HOST), runs(3, 1, "/bin/nc", "nc", at=9000))))
    history.flush()
    read = app.read_pack(DOCUMENTS, str(file))
    everything = app.try_on_history(read, history, EventQuery())
    assert (everything.events, everything.rules[0].events) == (2, 2)
    late = app.try_on_history(read, history, EventQuery(since=START + 1000 * 10**9))
    assert (late.events, late.rules[0].containers) == (1, {"shop": 1})
    history.close()


def test_sign_and_verify(file: Path, tmp_path: Path) -> None:
    """Only a pack that works is signed, and only who is trusted is believed."""
    key, public = tmp_path / "key.pem", PUBLIC
    key.write_bytes(KEY)
    path = app.sign_pack(DOCUMENTS, str(file), str(key))
    assert path == f"{file}.dsse"
    assert len(app.verify_pack(DOCUMENTS, path, [public]).rules) == 1
    Path(path).write_bytes(Path(path).read_bytes().replace(b'"payload":"', b'"payload":"AAAA'))
    with pytest.raises(SignatureError):
        app.verify_pack(DOCUMENTS, path, [public])
    with pytest.raises(UsageError, match="signed already"):
        app.sign_pack(DOCUMENTS, path, str(key))
    file.write_text(pack().partition("    tests")[0])
    with pytest.raises(RuleError, match="has no test"):
        app.sign_pack(DOCUMENTS, str(file), str(key))
