"""Each kind of comparison in our language, or the reason why there is none."""

from __future__ import annotations

import pytest

from periderm.engines.runtime.rules.complete import complete
from periderm.engines.runtime.rules.pack import language
from periderm.formats.falco_rules.comparing import compared
from periderm.formats.falco_rules.grammar import Compare, parse
from periderm.model.errors import FormatError

# Falco's comparison, facts for which it is true, facts for which it is not.
CASES: list[tuple[str, dict[str, object], dict[str, object]]] = [
    ("evt.type in (open, openat)", {"kind": "open"}, {"kind": "exec"}),
    ("evt.type != execve", {"kind": "open"}, {"kind": "exec"}),
    ("proc.name = sh", {"kind": "exec", "exe": "/bin/sh"}, {"kind": "exec", "exe": "/bin/ash"}),
    ("proc.name = a23456789012345", {"name": "a23456789012345678"}, {"name": "a2345678901234"}),
    ("proc.name in (sh, bash)", {"name": "bash"}, {"name": "zsh"}),
    ("proc.pname exists", {"parent": "x"}, {}),
    ('proc.pname != "<NA>"', {"parent": "x"}, {}),
    ("proc.cmdline contains -jar", {"argv": ("java", "-jar")}, {"argv": ("java",)}),
    ("proc.cmdline icontains JAR", {"argv": ("java", "-JaR")}, {"argv": ("java",)}),
    ("proc.args startswith '-c id'", {"argv": ("sh", "-c", "id")}, {"argv": ("sh", "id")}),
    ("proc.exe = /bin/x", {"argv": ("/bin/x",)}, {"argv": ()}),
    ("proc.aname = cron", {"ancestors": ("sh", "cron")}, {"ancestors": ("sh",)}),
    ("proc.aname[2] = cron", {"ancestors": ("sh", "cron")}, {"ancestors": ("cron",)}),
    ("proc.aname[0] = cron", {"name": "cron"}, {"ancestors": ("cron",)}),
    ("fd.name startswith /etc", {"kind": "open", "path": "/etc/a"}, {"kind": "exec", "path": "/etc/a"}),
    ("fd.name pmatch (/etc, /opt/*/x)", {"kind": "open", "path": "/opt/a/x/y"}, {"kind": "open", "path": "/etcetera"}),
    ("fd.name glob '/home/*/.ssh/*'", {"kind": "open", "path": "/home/a/.ssh/k"}, {"kind": "open", "path": "/home/a/b/.ssh/k"}),
    ("fd.name regex '/proc/[0-9]+/mem'", {"kind": "open", "path": "/proc/12/mem"}, {"kind": "open", "path": "/x/proc/12/mem"}),
    ("fd.directory = /etc", {"kind": "open", "path": "/etc/a"}, {"kind": "open", "path": "/etc/a/b"}),
    ("fd.filename in (a, b)", {"kind": "open", "path": "/etc/a"}, {"kind": "open", "path": "/etc/c"}),
    ("fd.sport in (22, 4444)", {"kind": "connect", "port": 22}, {"kind": "connect", "port": 23}),
    ("fd.port = 22", {"kind": "accept", "peer_port": 22}, {"kind": "open", "port": 22}),
    ("fd.snet in (10.0.0.0/8)", {"kind": "connect", "address": "10.1.1.1"}, {"kind": "connect", "address": "11.1.1.1"}),
    ("fd.typechar = 4", {"kind": "connect", "address": "1.1.1.1"}, {"kind": "connect", "address": "::1"}),
    ("fd.num >= 0", {"kind": "open"}, {"kind": "open", "result": -2}),
    ("fd.num in (0, 1)", {"kind": "dup", "number": 1}, {"kind": "dup", "number": 2}),
    ("evt.is_open_write = true", {"kind": "open", "writes": True}, {"kind": "open"}),
    ("evt.arg.flags contains O_CREAT", {"kind": "open", "creates": True}, {"kind": "open"}),
    ("evt.arg.mode contains S_ISUID", {"kind": "chmod", "makes_setuid": True}, {"kind": "chmod"}),
    ("evt.arg.request in (PTRACE_ATTACH, PTRACE_SEIZE)", {"kind": "ptrace", "number": 16}, {"kind": "ptrace", "number": 1}),
    ("evt.arg.domain = AF_PACKET", {"kind": "socket", "number": 17}, {"kind": "socket", "number": 2}),
    ("evt.res = SUCCESS", {"kind": "open"}, {"kind": "open", "failed": True}),
    ("evt.rawres >= 0", {"result": 3}, {"result": -1}),
    ("user.name = root", {"user": 0}, {"user": 7}),
    ("user.uid != 0", {"user": 7}, {"user": 0}),
    ("proc.tty != 0", {"tty": True}, {}),
    ("container.id != host", {"container": "a"}, {}),
    ("container.id = 3ad7b26ded6d", {"container_id": "3ad7b26ded6dabcdef"}, {"container_id": "4"}),
    ("container.name = host", {}, {"container": "a"}),
    ("container.image.repository endswith /nginx", {"image": "a/nginx:1"}, {"image": "a/nginx2:1"}),
    ("container.privileged = true", {"privileged": True}, {"container": "a"}),
    ("thread.cap_effective contains CAP_SYS_ADMIN", {"caps": ("CAP_SYS_ADMIN",)}, {"caps": ()}),
    ("k8s.ns.name = shop", {"labels": {"io.kubernetes.pod.namespace": "shop"}}, {"labels": {}}),
    ("proc.name = val(proc.pname)", {"name": "a", "parent": "a"}, {"name": "a", "parent": "b"}),
    ("tolower(proc.name) = sh", {"name": "SH"}, {"name": "x"}),
    ("len(proc.name) > 3", {"name": "bash"}, {"name": "sh"}),
    ("proc.is_exe_upper_layer = true", {"kind": "exec", "upper": True}, {"kind": "exec"}),
]


@pytest.mark.parametrize(("text", "holds", "fails"), CASES, ids=[case[0] for case in CASES])
def test_comparisons_mean_the_same(text: str, holds: dict[str, object], fails: dict[str, object]) -> None:
    """True of what Falco means, and not of what lies beside it."""
    parsed = parse(text)
    assert isinstance(parsed, Compare)
    condition = language().compile(compared(parsed))
    assert condition.holds(complete(holds)), condition.text
    assert not condition.holds(complete(fails)), condition.text


REFUSED = [
    ("user.name = www-data", "inside of the image"),
    ("proc.env contains X", "environment"),
    ("proc.cwd = /", "resolved"),
    ("evt.type = read", "does not tell"),
    ("evt.res = ENOENT", "number"),
    ("evt.num > 5", "evt.num"),
    ("fd.type = pipe", "pipe"),
    ("evt.arg.flags contains O_TRUNC", "O_TRUNC"),
    ("evt.arg.mode contains S_IRUSR", "S_IRUSR"),
    ("fd.name bcontains CAFE", "bcontains"),
    ("fd.name glob '/a[bc]'", "glob"),
    ("b64(proc.args) = x", "b64"),
    ("proc.pid = x", "no number"),
    ("proc.tty = 3", "terminal"),
    ("some.field = x", "some.field"),
    ("proc.aname[x] = y", "proc.aname"),
    ("proc.name contains (a, b)", "2 values"),
    ("container.privileged = maybe", "neither"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_has_no_meaning_here_says_why(text: str, reason: str) -> None:
    """Nothing is guessed."""
    parsed = parse(text)
    assert isinstance(parsed, Compare)
    with pytest.raises(FormatError, match=reason):
        compared(parsed)
