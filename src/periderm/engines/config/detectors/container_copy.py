"""Container files that bring in files that they should not, or from where nobody checks them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.images import is_commit
from periderm.model.build_file import FileKind, Instruction
from periderm.model.severity import Severity
from periderm.model.text import Text

_REMOTE = re.compile(r"(?i)https?://|git@|git://|ftp://|ssh://")
_GIT = re.compile(r"(?i)(?:\.git(?:[#?]|$)|^git@|^git://|^ssh://)")
_ARCHIVE = re.compile(r"(?i)\.(?:tar|tgz|tbz2?|txz|tar\.\w{1,4}|tar\.zst|gz|xz|bz2)(?:$|\*)|\*$|\$")
_HIGH, _MEDIUM, _LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
_SECRET_FILES = (
    (re.compile(r"(?:^|/)id_(?:rsa|dsa|ecdsa|ed25519)$"), _HIGH),
    (re.compile(r"(?:^|/)\.ssh(?:/\*?)?$"), _HIGH),
    (re.compile(r"(?:^|/)\.(?:aws|azure|kube|gnupg|docker)(?:/(?:credentials|config(?:\.json)?|\*))?/?$"), _HIGH),
    (re.compile(r"(?:^|/)(?:\.netrc|_netrc|\.git-credentials|\.pgpass|\.my\.cnf|\.htpasswd|\.vault-token)$"), _HIGH),
    (re.compile(r"(?:^|/)\.env(?:\.(?:production|prod|local|secret|staging))?$"), _HIGH),
    (re.compile(r"(?:^|/)(?:[\w.-]*-)?(?:service[-_]?account|credentials|client_secret)[\w-]*\.json$"), _HIGH),
    (
        re.compile(
            r"(?:^|/)(?:[\w.-]*(?:private|server|tls|ssl)[\w.-]*)\.key$|(?:^|/)\*?\.key$|(?:^|/)privkey\.pem$|\.(?:p12|pfx|jks|kdbx)$"
        ),
        _MEDIUM,
    ),
    (re.compile(r"(?:^|/)terraform\.tfstate(?:\.backup)?$"), _HIGH),
    (re.compile(r"(?:^|/)(?:\.npmrc|\.pypirc|\.yarnrc\.yml)$"), _LOW),
)
# The folder that is sent to the builder is the file's own, or one above it.
_IGNORES = tuple(f"{up}.{name}ignore" for up in ("", "../", "../../", "../../../") for name in ("docker", "container"))


def _final(facts: Facts, one: Instruction) -> bool:
    return facts.container is not None and any(stage.number == one.stage for stage in facts.container.lineage())


def _sources(one: Instruction) -> tuple[str, ...]:
    """What is copied; here-documents are none."""
    return tuple(word for word in one.words[:-1] if not word.startswith("<<"))


def _remote(facts: Facts) -> Iterator[Hit]:
    for one in facts.instructions("ADD"):
        if one.flag("checksum"):
            continue
        for source in _sources(one):
            if not _REMOTE.match(source):
                continue
            if _GIT.search(source):
                _, _, ref = source.partition("#")
                found = re.search(r"[?&](?:commit|checksum)=([0-9a-f]+)", source)
                if is_commit(ref.partition(":")[0]) or (found and is_commit(found[1])):
                    continue
            change = Text(
                f"Write `ADD --checksum=sha256:… {source[:120]} …`.", f"写成 `ADD --checksum=sha256:… {source[:120]} …`。"
            )
            severity = Severity.HIGH if source.lower().startswith(("http://", "ftp://", "git://")) else None
            yield Hit(line=one.line, values={"source": source}, change=change, severity=severity)


def _add(facts: Facts) -> Iterator[Hit]:
    for one in facts.instructions("ADD"):
        sources = _sources(one)
        if sources and not any(_REMOTE.match(s) or _ARCHIVE.search(s) for s in sources) and not one.heredocs:
            yield Hit(line=one.line, values={"source": sources[0]})


def _secret_files(facts: Facts) -> Iterator[Hit]:
    for one in facts.instructions("COPY", "ADD"):
        if one.flag("from"):
            continue
        for source in _sources(one):
            path = posixpath.normpath(source)
            severity = next((found for pattern, found in _SECRET_FILES if pattern.search(path)), None)
            if severity is not None:
                lower = severity if _final(facts, one) else min(severity, Severity.LOW)
                yield Hit(line=one.line, values={"file": path}, severity=lower)


def _context(facts: Facts) -> Iterator[Hit]:
    name = posixpath.basename(facts.path)
    for one in facts.instructions("COPY", "ADD"):
        whole = any(source in (".", "./", "/", "*", "./*") for source in _sources(one))
        if whole and not one.flag("from") and one.flag("exclude") is None and _final(facts, one):
            yield Hit(line=one.line, unless=(*_IGNORES, f"{name}.dockerignore"))
            return


DETECTORS = (
    check(
        "CFG-019",
        Severity.MEDIUM,
        FileKind.CONTAINER,
        _remote,
        title=("Get files from the network without a checksum", "从网络获取文件而无校验和"),
        says=("{source} is taken as it is on the day of the build.", "{source} 按构建当天的内容直接使用。"),
        change=("Add `--checksum=sha256:…`.", "加上 `--checksum=sha256:…`。"),
        techniques=("T1195.002", "T1105"),
        weaknesses=("CWE-494",),
        references=("https://docs.docker.com/reference/dockerfile/",),
        fires=(
            ("FROM a:1\nADD https://x.example/a.tgz /a\n", "no checksum"),
            ("FROM a:1\nADD https://x.example/a.git#main /a\n", "a branch"),
        ),
        quiet=(
            ("FROM a:1\nADD --checksum=sha256:" + "0" * 64 + " https://x.example/a.tgz /a\n", "a checksum"),
            ("FROM a:1\nADD https://x.example/a.git#" + "0" * 40 + " /a\n", "a commit"),
        ),
    ),
    check(
        "CFG-020",
        Severity.INFORMATIONAL,
        FileKind.CONTAINER,
        _add,
        title=("Put files in with ADD", "用 ADD 放入文件"),
        says=(
            "ADD of {source} unpacks archives and follows addresses; COPY does neither.",
            "对 {source} 使用 ADD 会解压归档并访问网址；COPY 不会。",
        ),
        change=("Write COPY.", "改用 COPY。"),
        weaknesses=("CWE-1357",),
        fires=(("FROM a:1\nADD src /src\n", "a folder"),),
        quiet=(("FROM a:1\nADD rootfs.tar.xz /\n", "an archive that is to be unpacked"), ("FROM a:1\nCOPY src /src\n", "COPY")),
    ),
    check(
        "CFG-021",
        Severity.HIGH,
        FileKind.CONTAINER,
        _secret_files,
        title=("Put a secret file into an image", "把密钥文件放进镜像"),
        says=(
            "{file} is copied into a layer, where everyone who has the image can read it.",
            "{file} 被复制进镜像层，拿到镜像的人都能读取。",
        ),
        change=(
            "Use `RUN --mount=type=secret,id=NAME` in the build, and give the file to the container when it starts.",
            "构建时使用 `RUN --mount=type=secret,id=NAME`，运行时再把文件交给容器。",
        ),
        techniques=("T1552.001",),
        weaknesses=("CWE-538",),
        references=("https://docs.docker.com/build/building/secrets/",),
        fires=(
            ("FROM a:1\nCOPY id_rsa /root/.ssh/id_rsa\n", "a private key"),
            ("FROM a:1\nCOPY .env .\n", "variables with secrets"),
            ("FROM a:1\nADD .npmrc /\n", "access to packages"),
        ),
        quiet=(
            ("FROM a:1\nCOPY .env.example .\n", "a template"),
            ("FROM a:1\nCOPY ca.pem public.key.md /c/\n", "public parts"),
            ("FROM a:1 AS b\nFROM a:1\nCOPY --from=b /x/.env /x\n", "from a stage"),
        ),
    ),
    check(
        "CFG-022",
        Severity.LOW,
        FileKind.CONTAINER,
        _context,
        title=("Put the whole folder into an image", "把整个文件夹放进镜像"),
        says=(
            "The whole folder is copied, and no .dockerignore keeps .git, .env and keys out.",
            "整个文件夹都被复制，且没有 .dockerignore 排除 .git、.env 和密钥。",
        ),
        change=(
            "Add a .dockerignore with `.git`, `.env*`, `*.key`, or copy by name.",
            "添加含 `.git`、`.env*`、`*.key` 的 .dockerignore，或按名称复制。",
        ),
        techniques=("T1552.001",),
        weaknesses=("CWE-538",),
        fires=(("FROM a:1\nCOPY . /app\n", "everything"),),
        quiet=(
            ("FROM a:1\nCOPY src package.json /app/\n", "by name"),
            ("FROM a:1 AS b\nCOPY . /s\nFROM c:1\nCOPY --from=b /s/x /x\n", "in a stage that is thrown away"),
        ),
    ),
)
