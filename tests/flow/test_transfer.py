"""Promises of what is carried between networks: the same in gives the same out, and nothing that was not signed is given."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.signing import key_id, sign
from periderm.flow import transfer
from periderm.flow.transfer import LIST, Content, pack, unpack
from periderm.formats.intoto import PAYLOAD_TYPE, subjects
from periderm.formats.intoto import statement as told
from periderm.model.errors import FormatError, LimitError, SignatureError
from periderm.model.transfer import Part
from tests.building import KEY, OTHER, OTHER_PUBLIC, PUBLIC

DIGEST = "sha256:" + "a" * 64
CONTENTS = (
    Content(f"results/{'a' * 64}.json.zst", Part.RESULT, b"{}" * 100, DIGEST),
    Content("verdicts.json.zst", Part.VERDICTS, b"[]"),
)


def packed(contents: tuple[Content, ...] = CONTENTS, key: bytes = KEY) -> bytes:
    """An archive."""
    return pack(contents, key, source="dev", exported=5, product="periderm 1", by="me")


def opened(data: bytes, *keys: bytes) -> list[tuple[str, bytes]]:
    """All that is in it."""
    return [(member.name, content) for member, content in unpack(data, keys or (PUBLIC,)).contents()]


def test_what_is_packed_is_unpacked() -> None:
    """With who signed, and the same bytes each time."""
    assert opened(packed()) == [(c.name, c.data) for c in CONTENTS]
    assert packed() == packed()
    found = unpack(packed(key=OTHER), [PUBLIC, OTHER_PUBLIC])
    assert (found.signer, found.manifest.source, found.manifest.exported) == (key_id(OTHER_PUBLIC), "dev", 5)
    assert opened(packed(())) == []


@given(st.lists(st.binary(max_size=2000), max_size=4, unique=True))
def test_any_content(data: list[bytes]) -> None:
    """Comes back in its order."""
    contents = tuple(Content(f"bills/{n:064x}.cdx.json.zst", Part.BILL, d, DIGEST) for n, d in enumerate(data))
    assert [content for _, content in opened(packed(contents))] == data


def test_an_unknown_signer() -> None:
    """Is nobody, whatever is in it."""
    with pytest.raises(SignatureError):
        unpack(packed(key=OTHER), [PUBLIC])
    with pytest.raises(SignatureError):
        unpack(packed(), [])
    with pytest.raises(SignatureError):
        unpack(packed(), [b"junk", PUBLIC])


def members(data: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
    """The parts of an archive."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        found = []
        for info in archive:
            file = archive.extractfile(info)
            assert file is not None
            found.append((info, file.read()))
        return found


def rebuilt(parts: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """An archive of parts."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for info, data in parts:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _renamed(parts: list[tuple[tarfile.TarInfo, bytes]], name: str, kind: bytes = tarfile.REGTYPE) -> None:
    parts[1][0].name, parts[1][0].type = name, kind


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.__setitem__(1, (parts[1][0], parts[1][1] + b"x")),
        lambda parts: parts.__setitem__(1, (parts[1][0], parts[2][1])),
        lambda parts: parts.pop(),
        lambda parts: parts.append(parts[1]),
        lambda parts: parts.reverse(),
        lambda parts: parts.__setitem__(slice(1, 3), parts[2:0:-1]),
        lambda parts: _renamed(parts, "../../etc/passwd"),
        lambda parts: _renamed(parts, parts[1][0].name, tarfile.DIRTYPE),
        lambda parts: parts.clear(),
    ],
)
def test_tampering(change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> None:
    """Changed, exchanged, taken away, added, moved, renamed, another kind of file, nothing."""
    parts = members(packed())
    change(parts)
    with pytest.raises((FormatError, SignatureError)):
        opened(rebuilt(parts))


@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_truncated(kept: float) -> None:
    """Is told wherever it ends; only the zeros at the end of a tar are nothing."""
    whole = packed().rstrip(b"\0")
    with pytest.raises((FormatError, SignatureError)):
        opened(whole[: int(len(whole) * kept)])


def signed_list(**fields: object) -> bytes:
    """An archive whose list is signed and says what it likes; empty members follow."""
    listed = {"source": "dev", "exported": 5, "product": "p", "members": [], **fields}
    names = listed["members"] if isinstance(listed["members"], list) else []
    about = [s for m in names for s in subjects((m["name"],), f"sha256:{m['sha256']}")] or list(subjects((), DIGEST))
    envelope = sign(told(about, transfer.PREDICATE, listed), PAYLOAD_TYPE, KEY)
    return rebuilt([(tarfile.TarInfo(LIST), envelope), *((tarfile.TarInfo(m["name"]), b"") for m in names)])


def listed(name: str, size: int = 0) -> dict[str, object]:
    """A member of a list."""
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    return {"name": name, "part": "bill", "size": size, "sha256": empty, "image": DIGEST}


@pytest.mark.parametrize("name", ["../x.json.zst", "/etc/passwd", "results/../../x.json.zst", "a\0b", "", "x" * 300])
def test_path_tricks_of_a_trusted_signer(name: str) -> None:
    """Even whoever signs may not choose where something lies."""
    with pytest.raises((FormatError, ValueError)):
        opened(signed_list(members=[listed(name)]))


def test_bombs() -> None:
    """Sizes that nobody takes, one member or all together; and content that is more than it says."""
    with pytest.raises(LimitError):
        unpack(signed_list(members=[listed("verdicts.json.zst", 1 << 40)]), [PUBLIC])
    many = [listed(f"bills/{n:064x}.cdx.json.zst", transfer.LARGEST_MEMBER) for n in range(17)]
    with pytest.raises(LimitError):
        unpack(signed_list(members=many), [PUBLIC])
    with pytest.raises(FormatError):
        unpack(signed_list(members=[listed("verdicts.json.zst", -1)]), [PUBLIC])


def test_a_signature_for_another_use() -> None:
    """A statement that the same key signed for something else is no export."""
    envelope = sign(told(subjects((), DIGEST), "urn:other", {}), PAYLOAD_TYPE, KEY)
    with pytest.raises(SignatureError, match="no export"):
        unpack(rebuilt([(tarfile.TarInfo(LIST), envelope)]), [PUBLIC])
    with pytest.raises(FormatError):
        unpack(signed_list(members="many"), [PUBLIC])
