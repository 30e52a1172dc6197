"""Finds public keys that may log in to the image by SSH: who holds the private part is in every container of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.errors import LimitError
from periderm.model.file_note import Note, NoteReader
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_READER = "IMG-071-keys"
_MOST_LINES = 10_000
# sshd(8), "AUTHORIZED_KEYS FILE FORMAT": options, type, key, comment.
_KEY = re.compile(
    # Commas stand between options, and what was taken is not given back: else a line of letters would take for ever.
    r"(?P<options>[\w-]++(?:=\"[^\"]{0,1000}+\")?(?:,[\w-]++(?:=\"[^\"]{0,1000}+\")?){0,31}\s++)?"
    r"(?P<type>ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\w{1,20}|sk-[\w@.-]{1,60})\s+AAAA[A-Za-z0-9+/=]{16,}(?:\s+(?P<comment>.{0,200}))?"
)
_KEY_TEXT = b"ssh-ed25519 " + b"AAAAC3NzaC1lZDI1NTE5" + b"AAAAIEb0Zk9yVGVzdHNPbmx5Tm90QVJlYWxLZXk0Nzc" + b" someone@home\n"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-071",
    title=Text("Let a key log in to the image", "镜像允许密钥登录"),
    message=Text("{path} lets {count} keys log in: {names}.", "{path} 允许 {count} 个密钥登录：{names}。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Delete the file in the build. What must be reached by SSH is given its keys when it starts.",
        "在构建中删除该文件。需要 SSH 访问时，应在启动时注入密钥。",
    ),
    techniques=("T1098.004",),
    references=("https://man.openbsd.org/sshd.8",),
    fires=(
        Example(GivenImage(layers=((GivenFile("root/.ssh/authorized_keys", _KEY_TEXT, 0o600),),)), "somebody's key"),
        Example(GivenImage(layers=((GivenFile("etc/ssh/authorized_keys/app", _KEY_TEXT),),)), "for all, by the server"),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("root/.ssh/authorized_keys", b"# none yet\n\n"),),)), "no key"),
        Example(GivenImage(layers=((GivenFile("root/.ssh/id_ed25519.pub", _KEY_TEXT),),)), "a key's public part"),
        Example(GivenImage(layers=((GivenFile("root/.ssh/known_hosts", b"host " + _KEY_TEXT),),)), "a server that is known"),
    ),
)


def _accept(path: str) -> bool:
    head, _, name = path.rpartition("/")
    return name in ("authorized_keys", "authorized_keys2") or head.endswith(("ssh/authorized_keys", ".d/keys"))


def _read(data: bytes, _path: str) -> Sequence[Note]:
    notes = []
    if data.count(b"\n") > _MOST_LINES:
        raise LimitError(f"it has more than {_MOST_LINES} lines.")
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        found = _KEY.match(line.strip()[:16_384]) if not line.lstrip().startswith("#") else None
        if found:
            forced = "command=" in (found["options"] or "")
            comment = (found["comment"] or "").strip()[:80]
            notes.append(Note("key", number, f"{found['type']} {comment}".strip(), {"forced": "1" if forced else ""}))
    return notes


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a file."""
    by_file: dict[tuple[str, str], list[Note]] = {}
    for noted in facts.noted:
        if noted.reader == _READER:
            by_file.setdefault((noted.path, noted.layer), []).append(noted.note)
    for (path, layer), keys in by_file.items():
        names = ", ".join(key.evidence for key in keys[:5])
        yield Hit(
            location=path,
            line=keys[0].line,
            evidence=names,
            layer=layer,
            values={"path": path, "count": str(len(keys)), "names": names},
            severity=Severity.LOW if all(key.values["forced"] for key in keys) else None,
        )


DETECTOR = Detector(
    SPEC,
    judge,
    readers=(
        NoteReader(
            id=_READER,
            read=_read,
            names=("authorized_keys", "authorized_keys2"),
            folders=("etc/ssh/authorized_keys", "etc/dropbear"),
            accept=_accept,
        ),
    ),
)
