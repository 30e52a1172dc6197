"""Promises of an import: nothing before all was checked, nothing older over newer, no exception from whoever may not, and what
came from elsewhere says so."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.algorithms.documents import to_json
from periderm.algorithms.signing import key_id
from periderm.app.application import Application
from periderm.app.export_results import export_results
from periderm.app.images import show_image
from periderm.app.import_results import Imported, import_results
from periderm.app.keep_report import keep_report
from periderm.flow.transfer import Content, pack
from periderm.model.envelope import ScanResult
from periderm.model.errors import DeniedError, FormatError, SignatureError, UsageError
from periderm.model.exception import Exemption, Scope
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.transfer import Part
from tests.app.test_export_results import DAY, NAME, filled, whole
from tests.building import KEY, OTHER_PUBLIC, PUBLIC, VERDICT
from tests.story import FixedClock, application

FIRST = "sha256:" + "1" * 64


def exported(app: Application, folder: Path) -> bytes:
    """What an app exports."""
    out = folder / "x.export"
    export_results(app, LOCAL_ADMIN, LocalDocuments(), (), KEY, out=str(out), source="dev")
    return out.read_bytes()


def production(folder: Path, clock: FixedClock | None = None) -> Application:
    """An empty store of another network."""
    (folder / "production").mkdir(exist_ok=True)
    return application(folder / "production", clock or FixedClock())


def outcomes(done: Imported) -> list[tuple[str, str]]:
    """What happened to each result, verdict and exception."""
    return [(s.part.value, s.outcome) for s in done.steps if s.part in (Part.RESULT, Part.VERDICTS, Part.EXCEPTIONS)]


def test_what_was_judged_there_shows_here(tmp_path: Path) -> None:
    """With the network, the signer and the verdict; twice is once."""
    data, app = exported(filled(tmp_path / "dev"), tmp_path), production(tmp_path)
    done = import_results(app, LOCAL_ADMIN, data, [PUBLIC], exception_keys=[PUBLIC])
    assert outcomes(done) == [("result", "added"), ("result", "added"), ("verdicts", "added"), ("exceptions", "added")]
    story = show_image(app, LOCAL_ADMIN, FIRST)
    assert story.carried is not None
    assert (story.carried.source, story.carried.signer) == ("dev", key_id(PUBLIC))
    assert [(v.source, v.passed) for v in story.verdicts] == [("dev", True)]
    assert story.state.name == NAME
    assert story.total == len(whole(FIRST).findings)
    (exception,) = app.store.exemptions()
    assert (exception.source, exception.owner, exception.reason) == ("import:dev", "me", "why")
    assert exception.id != "exc-mine"
    again = import_results(app, LOCAL_ADMIN, data, [PUBLIC], exception_keys=[PUBLIC])
    assert {outcome for _, outcome in outcomes(again)} == {"unchanged"}
    assert len(app.store.transfers()) == 1


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    """And says the same."""
    data, app = exported(filled(tmp_path / "dev"), tmp_path), production(tmp_path)
    dry = import_results(app, LOCAL_ADMIN, data, [PUBLIC], dry_run=True)
    assert app.store.inventory_digests() == []
    assert app.store.transfers() == []
    assert dry.steps == import_results(app, LOCAL_ADMIN, data, [PUBLIC]).steps


def test_exceptions_only_from_whoever_may(tmp_path: Path) -> None:
    """A trusted exporter is not trusted with exceptions by that."""
    data, app = exported(filled(tmp_path / "dev"), tmp_path), production(tmp_path)
    done = import_results(app, LOCAL_ADMIN, data, [PUBLIC], exception_keys=[OTHER_PUBLIC])
    assert ("exceptions", "refused") in outcomes(done)
    assert app.store.exemptions() == []


def test_an_unknown_signer_or_a_changed_byte_stores_nothing(tmp_path: Path) -> None:
    """Not even the parts that are whole."""
    data, app = exported(filled(tmp_path / "dev"), tmp_path), production(tmp_path)
    with pytest.raises(SignatureError):
        import_results(app, LOCAL_ADMIN, data, [OTHER_PUBLIC])
    with pytest.raises(UsageError):
        import_results(app, LOCAL_ADMIN, data, [])
    end = len(data.rstrip(b"\0")) - 10  # in the last part: all others come first
    with pytest.raises((SignatureError, FormatError)):
        import_results(app, LOCAL_ADMIN, data[:end] + bytes([data[end] ^ 1]) + data[end + 1 :], [PUBLIC])
    assert app.store.inventory_digests() == []
    assert app.store.transfers() == []


def test_a_replay_is_refused(tmp_path: Path) -> None:
    """An older export after a newer one, and one of the future."""
    clock = FixedClock()
    dev, app = filled(tmp_path / "dev", clock), production(tmp_path, FixedClock(clock.time + DAY))
    old = exported(dev, tmp_path)
    clock.time += 1000
    new = exported(dev, tmp_path)
    import_results(app, LOCAL_ADMIN, new, [PUBLIC])
    with pytest.raises(DeniedError, match="replay"):
        import_results(app, LOCAL_ADMIN, old, [PUBLIC])
    clock.time += 30 * DAY
    with pytest.raises(DeniedError, match="future"):
        import_results(app, LOCAL_ADMIN, exported(dev, tmp_path), [PUBLIC])


def test_what_is_newer_here_stays(tmp_path: Path) -> None:
    """A scan of this network after that of the other is not overwritten; and after a scan here the mark is gone."""
    data, app = exported(filled(tmp_path / "dev"), tmp_path), production(tmp_path)
    import_results(app, LOCAL_ADMIN, data, [PUBLIC])
    keep_report(app, LOCAL_ADMIN, whole(FIRST, time=app.clock.now() - 1))
    assert show_image(app, LOCAL_ADMIN, FIRST).carried is None
    done = import_results(app, LOCAL_ADMIN, data, [PUBLIC])
    assert outcomes(done)[0] == ("result", "kept")
    assert done.steps[0].why.en


def result(digest: str, inside: str = "") -> bytes:
    """A result of an image; `inside` is what its inventory claims."""
    inventory = whole(inside or digest).inventory
    return to_json(ScanResult(image_digest=digest, node_id="n", time=5, seconds=1.0, findings=(), inventory=inventory))


def archive(*contents: Content) -> bytes:
    """Signed by a trusted key."""
    return pack(contents, KEY, source="dev", exported=7, product="p", by="me")


def part(kind: Part, data: bytes, name: str = "", image: str = FIRST) -> Content:
    """One member."""
    return Content(name or f"results/{'1' * 64}.json.zst", kind, data, image)


@pytest.mark.parametrize(
    "bad",
    [
        part(Part.RESULT, result("sha256:" + "3" * 64, FIRST)),
        part(Part.RESULT, result("not-a-digest")),
        part(Part.RESULT, b"{}"),
        part(Part.RESULT, b"\xff\xff"),
        part(Part.VERDICTS, b'[{"type":"verdict","image_digest":"../x","passed":true,"time":1}]', "verdicts.json.zst"),
        part(Part.VERDICTS, b"[" * 10_000, "verdicts.json.zst"),
        part(Part.ATTESTATIONS, b"x", image="../../x"),
        part(Part.BILL, b"x", image=""),
    ],
)
def test_what_a_trusted_signer_may_not_say(tmp_path: Path, bad: Content) -> None:
    """A result about something else, names that lead out, what cannot be read: an error, and nothing is stored."""
    app = production(tmp_path)
    with pytest.raises(FormatError):
        import_results(app, LOCAL_ADMIN, archive(part(Part.VERDICTS, to_json([VERDICT]), "others.json.zst"), bad), [PUBLIC])
    assert app.store.verdicts(VERDICT.image_digest) == []


def test_exceptions_keep_the_rules(tmp_path: Path) -> None:
    """One for everything, one that is over or never ends: refused one by one, the good one is taken."""
    app = production(tmp_path)
    now = app.clock.now()
    good = Exemption(id="a", reason="r", owner="o", expires=now + DAY, scope=Scope(findings=("X",)))
    bad = (
        msgspec.structs.replace(good, id="b", scope=Scope()),
        msgspec.structs.replace(good, id="c", expires=now - 1),
        msgspec.structs.replace(good, id="d", expires=now + 9_999 * DAY),
        msgspec.structs.replace(good, id="e", owner=" "),
    )
    data = archive(part(Part.EXCEPTIONS, to_json([good, *bad]), "exceptions.json.zst"))
    done = import_results(app, LOCAL_ADMIN, data, [], exception_keys=[PUBLIC])
    assert [s.outcome for s in done.steps] == ["added", *["refused"] * 4]
    assert [e.reason for e in app.store.exemptions()] == ["r"]
