"""What lies beside the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.app.beside import Named, read_exemptions, read_policy, read_statements
from periderm.model.errors import FormatError, NotFoundError, RuleError

DOCUMENTS = LocalDocuments()
EXCEPTIONS = "exceptions:\n  - {reason: r, owner: o, expires: 2999-01-01, scope: {findings: [CVE-1]}}\n"


def test_the_usual_place(tmp_path: Path) -> None:
    """A file in the folder's `.periderm` is read without being named; without one there is nothing."""
    named = Named(folder=str(tmp_path))
    assert read_exemptions(DOCUMENTS, named) == ()
    assert read_policy(DOCUMENTS, named) is None
    assert read_statements(DOCUMENTS, named) == ()
    (tmp_path / ".periderm").mkdir()
    (tmp_path / ".periderm" / "exceptions.yaml").write_text(EXCEPTIONS)
    (tmp_path / ".periderm" / "licences.yaml").write_text("licences:\n  allowed: [MIT]\n")
    (exemption,) = read_exemptions(DOCUMENTS, named)
    assert (exemption.reason, exemption.scope.findings) == ("r", ("CVE-1",))
    policy = read_policy(DOCUMENTS, named)
    assert policy is not None
    assert policy.allowed == ("MIT",)


def test_named_files_must_be_there(tmp_path: Path) -> None:
    """A file that was named and is missing or wrong is never passed over: the gate would be another."""
    gone = str(tmp_path / "gone")
    with pytest.raises(NotFoundError):
        read_exemptions(DOCUMENTS, Named(exceptions=gone))
    with pytest.raises(NotFoundError):
        read_policy(DOCUMENTS, Named(licences=gone))
    with pytest.raises(NotFoundError):
        read_statements(DOCUMENTS, Named(vex=(gone,)))
    (tmp_path / "odd").write_text("exceptions: [{}]")
    with pytest.raises(RuleError):
        read_exemptions(DOCUMENTS, Named(exceptions=str(tmp_path / "odd")))
    with pytest.raises(FormatError):
        read_statements(DOCUMENTS, Named(vex=(str(tmp_path / "odd"),)))
