"""Packs in force: each changes alone, a bad one changes nothing, signatures hold."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from periderm.adapters.rule_files import LocalRuleFiles
from periderm.algorithms import signing
from periderm.flow.rule_packs import PAYLOAD_TYPE, LoadedRules, RulePacks, usable
from periderm.model.errors import RuleError

PACK = """\
kind: runtime
name: shop
version: 1.0.0
rules:
  - id: {id}
    condition: kind == 'exec' && name == '{name}'
    severity: high
    tests:
      - {{given: {{kind: exec, exe: /bin/{name}}}, fires: true}}
      - {{given: {{kind: exec, exe: /bin/ls}}, fires: false}}
"""


def pack(identity: str = "shop-nc", name: str = "nc") -> str:
    """A small pack with tests."""
    return PACK.format(id=identity, name=name)


@pytest.fixture(scope="session")
def keys() -> tuple[bytes, bytes]:
    """A private and a public key, as openssl makes them."""
    made = subprocess.run(
        [shutil.which("openssl") or "openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True
    )
    public = subprocess.run(["openssl", "pkey", "-pubout"], input=made.stdout, capture_output=True, check=True)
    return made.stdout, public.stdout


def force(found: LoadedRules | None) -> dict[str, str]:
    """Rule ids and their severities."""
    assert found is not None
    return {d.spec.id: d.spec.severity.name for d in found.detectors}


def test_a_folder_is_loaded_and_looked_at_again(tmp_path: Path) -> None:
    """New, changed and removed files take effect; nothing is said while nothing changes."""
    packs = RulePacks(LocalRuleFiles(str(tmp_path)))
    assert force(packs.look()) == {}
    assert packs.look() is None
    (tmp_path / "a.yaml").write_text(pack())
    assert force(packs.look()) == {"shop-nc": "HIGH"}
    assert packs.look() is None
    (tmp_path / "a.yaml").write_text(pack().replace("severity: high", "severity: low"))
    assert force(packs.look()) == {"shop-nc": "LOW"}
    (tmp_path / "a.yaml").unlink()
    assert force(packs.look()) == {}


BAD = {
    "no YAML": ("kind: [", "line"),
    "an unknown fact": (pack().replace("name ==", "nome =="), "a.yaml:6:"),
    "no test": (pack().partition("    tests:")[0], "has no test"),
    "a test that fails": (pack().replace("/bin/ls", "/usr/bin/nc"), "fires, and should not"),
    "another kind": ("policy: []", "kind gate"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_pack_leaves_the_old_one_in_force(tmp_path: Path, name: str) -> None:
    """Also after a restart; the reason names the place. Other packs are not touched."""
    text, reason = BAD[name]
    memory = str(tmp_path / "kept")
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "a.yaml").write_text(pack())
    (folder / "b.yaml").write_text(pack("other", "ncat"))
    packs = RulePacks(LocalRuleFiles(str(folder), memory=memory))
    before = force(packs.look())
    (folder / "a.yaml").write_text(text)
    for again in (packs, RulePacks(LocalRuleFiles(str(folder), memory=memory))):
        found = again.look()
        assert force(found) == before == {"shop-nc": "HIGH", "other": "HIGH"}
        assert found is not None
        state = found.states[0]
        assert state.old
        assert state.rules == 1
        assert reason in state.problem


def test_a_bad_pack_from_the_start_has_nothing_in_force(tmp_path: Path) -> None:
    """And it says so."""
    (tmp_path / "a.yaml").write_text(BAD["no test"][0])
    found = RulePacks(LocalRuleFiles(str(tmp_path))).look()
    assert found is not None
    assert found.detectors == ()
    assert not found.states[0].old


def test_one_id_belongs_to_one_pack(tmp_path: Path) -> None:
    """The second file with it is refused, and told which has it."""
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(pack())
    found = RulePacks(LocalRuleFiles(str(tmp_path))).look()
    assert found is not None
    assert [d.spec.id for d in found.detectors] == ["shop-nc"]
    assert "a.yaml already" in found.states[1].problem


def signed(folder: Path, key: bytes, text: str, kind: str = PAYLOAD_TYPE) -> None:
    """The pack as an envelope."""
    (folder / "a.yaml.dsse").write_bytes(signing.sign(text.encode(), kind, key))


def test_signed_packs(tmp_path: Path, keys: tuple[bytes, bytes]) -> None:
    """Only what a trusted key signed is used where that is asked for; the plain file beside it must be the same."""
    folder, public = tmp_path / "rules", tmp_path / "key.pem"
    folder.mkdir()
    public.write_bytes(keys[1])
    packs = RulePacks(LocalRuleFiles(str(folder), str(public)), require=True)
    (folder / "a.yaml").write_text(pack())
    found = packs.look()
    assert force(found) == {}
    assert found is not None
    assert "not signed" in found.states[0].problem
    signed(folder, keys[0], pack())
    found = packs.look()
    assert force(found) == {"shop-nc": "HIGH"}
    assert found is not None
    assert [(s.file, s.signed) for s in found.states] == [("a.yaml.dsse", True)]
    (folder / "a.yaml").write_text(pack(name="ncat"))
    found = packs.look()
    assert found is not None
    assert "changed after it was signed" in found.states[0].problem
    assert found.states[0].old


def test_foreign_signatures_are_refused(tmp_path: Path, keys: tuple[bytes, bytes]) -> None:
    """No key, another key, another payload type."""
    other = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True).stdout
    folder, public = tmp_path / "rules", tmp_path / "key.pem"
    folder.mkdir()
    public.write_bytes(keys[1])
    cases: Mapping[str, tuple[bytes, str, str]] = {
        "no key": (keys[0], PAYLOAD_TYPE, ""),
        "another key": (other, PAYLOAD_TYPE, str(public)),
        "another type": (keys[0], "application/x", str(public)),
        "no such key file": (keys[0], PAYLOAD_TYPE, str(tmp_path / "nothing")),
    }
    for name, (key, kind, trusted) in cases.items():
        signed(folder, key, pack(), kind)
        found = RulePacks(LocalRuleFiles(str(folder), trusted)).look()
        assert found is not None
        assert found.detectors == (), name
        assert found.states[0].problem, name


def test_a_pack_of_many_faults_says_how_many() -> None:
    """The first with its place, and the number of them."""
    with pytest.raises(RuleError, match=r"p\.yaml:5:.*\(2 such faults\.\)"):
        usable(BAD["no test"][0].encode(), "p.yaml")
