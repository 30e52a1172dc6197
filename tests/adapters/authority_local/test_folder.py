"""The folder of the authorities' keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from periderm.adapters.authority_local.folder import LIST, AuthorityFolder, Kept
from periderm.model.errors import UsageError


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    """The list and the keys; nothing before the first."""
    folder = AuthorityFolder(str(tmp_path / "ca"))
    assert folder.stamp() == (0, 0)
    with folder.locked():
        assert folder.kept() is None
        folder.keep(Kept(("a", "b"), {"a": "pem"}))
        key = ec.generate_private_key(ec.SECP256R1())
        folder.put_key("a", key)
    assert folder.kept() == Kept(("a", "b"), {"a": "pem"})
    assert folder.key("a").private_numbers() == key.private_numbers()
    assert folder.stamp() != (0, 0)


def test_damage_is_said(tmp_path: Path) -> None:
    """A list, key or certificate that is none."""
    folder = AuthorityFolder(str(tmp_path / "ca"))
    with folder.locked():
        folder.write(LIST, b"{")
        folder.write("a.key", b"no key")
        folder.write("a.pem", b"no certificate")
    for read in (folder.kept, lambda: folder.key("a"), lambda: folder.certificate("a"), lambda: folder.key("b")):
        with pytest.raises(UsageError, match=r"[Rr]estore it"):
            read()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A name that leads elsewhere is refused."""
    folder = AuthorityFolder(str(tmp_path / "ca"))
    with folder.locked():
        (tmp_path / "elsewhere").write_text("x")
        (tmp_path / "ca" / "a.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        folder.key("a")
    folder.remove("a.key")
    folder.remove("a.key")
    assert (tmp_path / "elsewhere").exists()
