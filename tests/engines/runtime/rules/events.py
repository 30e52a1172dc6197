"""Random conditions and random events over the same words, so that they meet often."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st

from periderm.engines.runtime.scene import HOST, SHOP, row
from periderm.model.event import Event, EventFlag, EventKind

PROGRAMS = (
    "/bin/sh", "/usr/bin/bash", "/bin/busybox", "/lib64/ld-linux-x86-64.so.2", "/usr/sbin/nginx", "/tmp/x", "/opt/é/Tool",
    "/usr/bin/python3.11", "/a\nb/nc", "/gone (deleted)", "", "relative/run",
)  # fmt: skip
PATHS = (
    *PROGRAMS, "/etc/shadow", "/etc/passwd", "/home/a/.ssh/id_rsa", "/var/log/k.log", "/x\n/etc/shadow", "/tmp/\udc80z",
    "/proc/1/root/etc/shadow", "/ſecret", "10.0.0.7", "::1",
)  # fmt: skip
ARGUMENTS = (
    "sh",
    "-c",
    "bash",
    "busybox",
    "nc",
    "id; id",
    "/tmp/x",
    "-sh",
    "",
    "python3.11",
    "http://a/b",
    "É",
    "x=1\ny",
    "--",
)
TEXTS = (
    "sh", "bash", "nc", "nginx", "x", "/tmp/", "/etc/shadow", "shadow", "SH", "é", "a b", "id", "-c", "sh -c", "/", "z",
    ".log", "busybox sh", "id; id", " ", "k", "s", "tool", "/usr/bin", "/etc", "10.0.0.7", "run", "gone", "python3.11",
    "bash -c",
)  # fmt: skip
REGEXES = (
    "^/etc/", "shadow$", "^(ba)?sh$", "[a-z]+\\.log$", "^python[0-9.]*$", "^.$", "x|y", "(?i)SECRET", "^/tmp/.+", "s h|sh -c",
    "^[^/]+$", "\\bid\\b", "^/home/[^/]+/\\.ssh/", "a?", "(nc|sh)( |$)", "^.sh", "\\s-c", "k", "(?i)k\\.LOG", "[^x]h$", "^nc?$",
)  # fmt: skip
GLOBS = ("/etc/*", "/etc/**", "*sh", "**/shadow", "/home/*/.ssh/**", "?h", "/tmp/*", "*", "/home/**/id_rsa", "/**/etc/shadow")
FACTS = (
    "path", "raw", "file", "folder", "exe", "name", "line", "cmdline", "script", "address", "container", "repository", "host",
    "filesystem", "package", "parent", "args.join(' ')", "name.lowerAscii()", "path.upperAscii()", "comm",
)  # fmt: skip
FLAGS = (
    "upper", "tty", "contained", "writes", "reads", "creates", "drifted", "foreign", "memory_backed", "setuid_file", "failed",
    "interactive", "makes_executable", "makes_setuid", "starting", "copied_shell", "stdio_socket", "came_in", "privileged",
)  # fmt: skip
KINDS = ("exec", "open", "connect", "chmod", "mount", "rename", "accept", "exit", "dup", "mkdir")


def quoted(text: str) -> str:
    """As a literal of the rule language."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_text = st.sampled_from(TEXTS).map(quoted)
_fact = st.sampled_from(FACTS)
_leaves = st.one_of(
    st.sampled_from(FLAGS),
    st.sampled_from(KINDS).map(lambda k: f"kind == '{k}'"),
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=3).map(lambda ks: f"kind in {ks!r}"),
    st.builds("{} == {}".format, _fact, _text),
    st.builds("{1} != {0}".format, _fact, _text),
    st.builds("{} in [{}, {}]".format, _fact, _text, _text),
    st.builds("{}.{}({})".format, _fact, st.sampled_from(("startsWith", "endsWith", "contains")), _text),
    st.builds("{}.matches({})".format, _fact.filter(lambda f: "(" not in f), st.sampled_from(REGEXES).map(quoted)),
    st.builds("glob({}, {})".format, _fact, st.sampled_from(GLOBS).map(quoted)),
    st.builds("{} in {}".format, _text, st.sampled_from(("argv", "args", "ancestors", "readings"))),
    st.builds(
        "{}.exists(v, v{})".format,
        st.sampled_from(("argv", "args", "readings")),
        st.one_of(_text.map(" == {}".format), _text.map(".startsWith({})".format), _text.map(".endsWith({})".format)),
    ),
    st.builds("argv[{}] == {}".format, st.integers(0, 2), _text),
    st.builds("[{}, {}].exists(p, {}.startsWith(p))".format, _text, _text, _fact),
    st.builds("port {} {}".format, st.sampled_from(("==", "<", ">=", "!=", ">")), st.sampled_from((0, 22, 4444, 65000))),
    st.just("port in [22, 4444]"),
    st.builds("{} == {}".format, st.sampled_from(FLAGS), st.sampled_from(("true", "false"))),
    st.builds("mode {} {}".format, st.sampled_from((">", "==", ">=")), st.sampled_from((0, 0o755, 0o4755))),
    st.sampled_from(
        ("true", "false", "user == 0", "seconds > 10.0", "1 / 0 == 1", "size(argv) > 1", "inNetwork(address, '10.0.0.0/8')")
    ),
)
CONDITIONS = st.recursive(
    _leaves,
    lambda inner: st.one_of(
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    ),
    max_leaves=7,
)

_flags = st.lists(
    st.sampled_from(
        (EventFlag.UPPER, EventFlag.TTY, EventFlag.SCRIPT, EventFlag.MEMORY_BACKED, EventFlag.SETUID_FILE, EventFlag.FAILED,
         EventFlag.STDIO_SOCKET, EventFlag.FOREIGN, EventFlag.EXEC_SESSION)
    ),
    max_size=3,
).map(lambda flags: EventFlag(sum({int(f) for f in flags})))  # fmt: skip


@st.composite
def events(draw: st.DrawFn) -> Event:
    """One event; its process and parent are a few numbers, so that processes have a past."""
    kind = draw(
        st.sampled_from(
            (EventKind.EXEC, EventKind.EXEC, EventKind.OPEN, EventKind.CONNECT, EventKind.CHMOD, EventKind.MOUNT,
             EventKind.RENAME, EventKind.FORK, EventKind.EXIT, EventKind.ACCEPT, EventKind.DUP)
        )
    )  # fmt: skip
    path = draw(st.sampled_from(PATHS))
    exe = path if kind is EventKind.EXEC and draw(st.booleans()) else draw(st.sampled_from(PROGRAMS))
    argv = tuple(draw(st.lists(st.sampled_from(ARGUMENTS), max_size=4))) if kind in (EventKind.EXEC, EventKind.MOUNT) else ()
    made = row(
        kind,
        draw(st.integers(1, 3)),
        path,
        parent=draw(st.integers(1, 3)),
        on=draw(st.sampled_from((HOST, SHOP))),
        exe=exe,
        argv=argv,
        raw=draw(st.sampled_from(PATHS)),
        flags=draw(_flags),
        arg0=draw(st.sampled_from((0, 1, 2, 0o100, 0o101, 0o4755, 0o755))),
        arg1=draw(st.sampled_from((0, 0o755, 0o6000))),
        ret=draw(st.sampled_from((0, 0, -2))),
        port=draw(st.sampled_from((0, 22, 4444, 65000))),
        family=draw(st.sampled_from((0, 2, 10))),
        comm=draw(st.sampled_from(("sh", "nginx"))),
    )
    return msgspec.structs.replace(made, time=made.time + draw(st.integers(0, 10**9)))
