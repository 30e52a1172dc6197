"""How narrowly a workload could be run, with proof."""

from __future__ import annotations

import json

import pytest

from periderm.app.application import Application
from periderm.app.harden import Form, calls_with_start, documents, harden
from periderm.engines.runtime.scene import SHOP
from periderm.model.behaviour import Aspect
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.event import EventFlag, EventKind
from periderm.model.principal import LOCAL_ADMIN, Principal
from tests.app.test_preview_history import Past
from tests.hardened import NGINX, baseline, batch


class ShopsPast(Past):
    """Its server started five times, and once something called another system."""

    def __init__(self) -> None:
        super().__init__()
        self.batch = batch(
            {"kind": EventKind.EXEC, "text": NGINX, "count": 5},
            {"kind": EventKind.CONNECT, "text": "203.0.113.9", "port": 443, "family": 2, "exe": "/bin/nc"},
        )


def test_the_past_is_replayed_under_it(empty: Application) -> None:
    """Only the workload's containers are asked of history, and what would have been refused is named."""
    empty.store.put_baselines([baseline()])
    empty.store.put_assets([SHOP])
    past = ShopsPast()
    found = harden(empty, LOCAL_ADMIN, "shop", past, 7)
    assert found.proof is not None
    assert (found.proof.events, found.proof.hurt, found.proof.since) == (6, 1, 7)
    assert [(r.program, r.what) for r in found.proof.refused] == [("/bin/nc", "203.0.113.9 443")]
    assert past.asked[0].subjects == (SHOP.id,)
    assert not found.early
    assert calls_with_start(found.hardening) > len(found.hardening.system_calls or ())


def test_each_form_is_written_with_what_belongs_to_it(empty: Application) -> None:
    """A command line names the profile that is written beside it."""
    empty.store.put_baselines([baseline()])
    found = harden(empty, LOCAL_ADMIN, "shop", None, 0)
    assert found.proof is None
    names = {form: [document.name for document in documents(found, form)] for form in Form}
    assert names == {
        Form.SECCOMP: ["shop-seccomp.json"],
        Form.APPARMOR: ["periderm-shop"],
        Form.KUBERNETES: ["shop-security.yaml", "shop-seccomp.json"],
        Form.PODMAN: ["shop-run.sh", "shop-seccomp.json"],
        Form.DOCKER: ["shop-run.sh", "shop-seccomp.json"],
    }
    assert b"seccomp=shop-seccomp.json" in documents(found, Form.PODMAN)[0].content
    assert json.loads(documents(found, Form.SECCOMP)[0].content)["defaultAction"] == "SCMP_ACT_ERRNO"


def test_a_profile_of_nothing_is_refused(empty: Application) -> None:
    """Where no system calls and no programs were watched it says so; the other forms do without."""
    empty.store.put_baselines([baseline(without=(Aspect.SYSCALL, Aspect.PROGRAM))])
    found = harden(empty, LOCAL_ADMIN, "shop", None, 0)
    with pytest.raises(NotFoundError, match="No system calls"):
        documents(found, Form.SECCOMP)
    with pytest.raises(UsageError, match="No program"):
        documents(found, Form.APPARMOR)
    assert [document.name for document in documents(found, Form.DOCKER)] == ["shop-run.sh"]


def test_it_takes_the_right_to_read(empty: Application) -> None:
    """As everything that tells of workloads."""
    with pytest.raises(DeniedError):
        harden(empty, Principal("user:nobody", frozenset()), "shop", None, 0)


def test_calls_that_a_session_made_first_stay_allowed(empty: Application) -> None:
    """The kernel tells each call once for a container: who made it first may not be the only one."""
    empty.store.put_baselines([baseline()])
    empty.store.put_assets([SHOP])
    past = ShopsPast()
    session = EventFlag.EXEC_SESSION
    past.batch = batch(
        {"kind": EventKind.SYSCALL_USED, "arg0": 101, "flags": session, "exe": "/usr/bin/strace"},
        {"kind": EventKind.EXEC, "text": "/bin/bash", "flags": session},
    )
    found = harden(empty, LOCAL_ADMIN, "shop", past, 7)
    assert "ptrace" in (found.hardening.system_calls or ())
    assert any("ptrace" in note.text.en for note in found.hardening.notes)
    assert found.proof is not None
    assert [r.what for r in found.proof.refused] == ["/bin/bash"]
