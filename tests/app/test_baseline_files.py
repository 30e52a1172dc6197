"""Baselines carried in files."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.baseline_decisions import undo
from periderm.app.baseline_files import export_baseline, import_baseline, read_baseline
from periderm.app.baselines import normal, show_baseline
from periderm.model.errors import DeniedError, FormatError, NotFoundError, SignatureError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from tests.algorithms.test_signing import KEY, PUBLIC
from tests.baseline_story import SHOP, WEB, tell_baselines


@pytest.fixture
def shop(empty: Application) -> Application:
    """With baselines."""
    tell_baselines(empty)
    return empty


def test_what_is_exported_can_be_read_and_trusted(shop: Application) -> None:
    """It is plain YAML with a signature at its end; any change of it is noticed."""
    data = export_baseline(shop, LOCAL_ADMIN, "shop-web", KEY)
    assert data.startswith(b"# Periderm: what is normal for the workload shop-web")
    found, signer = read_baseline(data, [PUBLIC])
    assert found == show_baseline(shop, LOCAL_ADMIN, WEB)
    assert len(signer) == 64
    other = b"B" if data[-9:-8] == b"A" else b"A"
    for changed in (data.replace(b"tcp/80", b"tcp/81"), data.rpartition(b"# signature")[0], data[:-9] + other + data[-8:]):
        with pytest.raises(SignatureError):
            read_baseline(changed, [PUBLIC])
    assert read_baseline(data, ())[1] == ""


def test_an_import_is_a_decision_that_can_be_undone(shop: Application) -> None:
    """What is normal there is normal here too, for the workload that is named; first it can be tried."""
    given = read_baseline(export_baseline(shop, LOCAL_ADMIN, SHOP, KEY), [PUBLIC])
    tried = import_baseline(shop, LOCAL_ADMIN, given, workload="shop-web", dry_run=True)
    assert [e.behaviour.value for e in tried.added] == ["/srv/db"]
    assert show_baseline(shop, LOCAL_ADMIN, WEB).decisions == ()
    done = import_baseline(shop, LOCAL_ADMIN, given, workload="shop-web")
    assert "/srv/db" in {e.behaviour.value for e in normal(show_baseline(shop, LOCAL_ADMIN, WEB))}
    assert import_baseline(shop, LOCAL_ADMIN, given, workload="shop-web").added == ()
    undo(shop, LOCAL_ADMIN, WEB, done.decision, "not ours")
    assert "/srv/db" not in {e.behaviour.value for e in normal(show_baseline(shop, LOCAL_ADMIN, WEB))}


def test_into_an_empty_network(shop: Application) -> None:
    """By decision, or whole with all evidence."""
    data = export_baseline(shop, LOCAL_ADMIN, WEB)
    before = show_baseline(shop, LOCAL_ADMIN, WEB)
    shop.store.remove_baseline(WEB)
    assert len(import_baseline(shop, LOCAL_ADMIN, read_baseline(data, ())).added) == 4
    assert len(normal(show_baseline(shop, LOCAL_ADMIN, WEB))) == 4
    shop.store.remove_baseline(WEB)
    import_baseline(shop, LOCAL_ADMIN, read_baseline(data, ()), whole=True)
    assert show_baseline(shop, LOCAL_ADMIN, WEB) == before


def test_what_cannot_be_imported(shop: Application) -> None:
    """Another file, by somebody without the right, for a workload that there is not."""
    given = read_baseline(export_baseline(shop, LOCAL_ADMIN, WEB), ())
    with pytest.raises(FormatError):
        read_baseline(b"kind: policy", ())
    with pytest.raises(DeniedError):
        import_baseline(shop, Principal("user:reader", frozenset({Permission.READ})), given)
    with pytest.raises(NotFoundError):
        import_baseline(shop, LOCAL_ADMIN, given, workload="nothing")
