"""Facts out of a condition: what is found is right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from periderm.engines.runtime.rules.complete import complete
from periderm.engines.runtime.rules.pack import language
from periderm.engines.runtime.rules.witness import quiet_beside, witness
from tests.engines.runtime.rules.events import CONDITIONS

FOUND = [
    "kind == 'exec' && name in ['nc', 'ncat'] && contained",
    "kind == 'open' && writes && path.startsWith('/etc/') && path.endsWith('.conf') && user != 0",
    "kind == 'exec' && '-e' in argv && parent == 'nginx'",
    "kind == 'exec' && args.join(' ').contains('-c id')",
    "kind == 'exec' && (contained ? tty : user == 7)",
    "kind == 'connect' && inNetwork(address, '10.0.0.0/8') && port > 1024",
    "kind == 'exec' && size(ancestors) > 1 && ancestors[1] == 'cron'",
    "kind == 'exec' && ancestors.exists(a, a.startsWith('php'))",
    "kind == 'exec' && ['/tmp/', '/dev/shm/'].exists(f, exe.startsWith(f)) && !(name == 'x')",
    "kind == 'exec' && name.matches('^python[0-9.]*$')",
    "kind == 'open' && glob(path, '/home/*/.ssh/**')",
    "labels['io.kubernetes.pod.namespace'] == 'shop' && kind == 'exec'",
    "'CAP_SYS_ADMIN' in caps && kind == 'exec' && package != ''",
]


@pytest.mark.parametrize("text", FOUND)
def test_usual_conditions(text: str) -> None:
    """Facts on which it fires, and facts beside them on which it does not."""
    condition = language().compile(text)
    facts = witness(condition)
    assert facts is not None
    assert condition.holds(complete(facts))
    quiet = quiet_beside(condition, facts)
    assert quiet is not None
    assert not condition.holds(complete(quiet))


def test_nothing_where_there_is_nothing() -> None:
    """A contradiction has no witness, what is always true nothing beside it."""
    assert witness(language().compile("kind == 'exec' && kind == 'open'")) is None
    assert witness(language().compile("false")) is None
    assert quiet_beside(language().compile("true"), {"kind": "exec"}) is None


@settings(max_examples=150, deadline=None)
@given(CONDITIONS)
def test_what_is_found_is_right(text: str) -> None:
    """Of any condition; it may find nothing, and it always ends."""
    condition = language().compile(text)
    facts = witness(condition)
    if facts is not None:
        assert condition.holds(complete(facts))
