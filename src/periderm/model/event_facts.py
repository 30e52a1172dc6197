"""What a rule may ask about a runtime event: the flat, typed names of runtime rules and of queries to history. Values only:
who makes them from an event is `engines.runtime.rules.facts`.
"""

from __future__ import annotations

import msgspec

from periderm.model.event import EventKind

# The words of `kind`: 'exec', 'open', 'process-vm' …
KINDS: dict[str, EventKind] = {k.name.lower().replace("_", "-"): k for k in EventKind if k is not EventKind.NONE}
WORDS: dict[EventKind, str] = {kind: word for word, kind in KINDS.items()}
FAMILIES: dict[int, str] = {1: "unix", 2: "ipv4", 10: "ipv6", 16: "netlink", 17: "packet"}
HOWS = ("entrypoint", "exec", "nsenter", "host", "")


class EventFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One event with what is known around it. What is not known is '', 0, -1, false or empty.

    What happened: `kind` is a word; `path` what was acted on as the kernel resolved it (`file` its last part, `folder` the
    rest), `raw` the same as the caller wrote it (rename, link: the other path). `address`, `port`, `peer_port`, `family`
    ('ipv4', 'ipv6', 'unix', …) and `transport` ('tcp', 'udp', 'raw', '') are a connection's. `writes`, `reads`, `creates`
    say how a file was opened. `mode` is the one that was asked for (chmod, mkdir, open);
    `makes_executable` and `makes_setuid` say what it adds (set-user-id or set-group-id). `number` the event's own number
    (request, command, signal, new user …), `target` the other process's pid, `result` 0 or the negative error number.

    Who: `exe` is the acting program's file; `name` its last part, seen through loaders and applets (`busybox sh` is 'sh');
    `argv` all arguments, `args` without the program's name, `line` them joined by blanks, `cmdline` `name` and `args`
    joined, `readings` the line and what it says once quotes, base64 and the like are undone. `script` is the script that
    runs. `user` and `group` are numbers; `caps` names like 'CAP_SYS_ADMIN'; `variables` those of the environment that
    change what programs load. `parent…` is the parent; `ancestors` all names above the process, the nearest first. `how` it
    came: 'entrypoint', 'exec', 'nsenter', 'host' or ''. `server` is the network server above it, `server_shell` a shell below
    one. `package` owns the program, `drifted` says that the image did not bring it, `package_manager` is the one above it.
    `session` is an announced session's id, `interactive` that a person types.

    Where: `contained` tells containers from the plain host; `container` is the container's name, `seconds` its age.
    """

    kind: str = ""
    path: str = ""
    file: str = ""
    folder: str = ""
    raw: str = ""
    address: str = ""
    port: int = 0
    peer_port: int = 0
    family: str = ""
    transport: str = ""
    writes: bool = False
    reads: bool = False
    creates: bool = False
    makes_executable: bool = False
    makes_setuid: bool = False
    mode: int = 0
    number: int = 0
    target: int = 0
    result: int = 0
    count: int = 1
    filesystem: str = ""

    exe: str = ""
    name: str = ""
    comm: str = ""
    argv: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    line: str = ""
    cmdline: str = ""
    readings: tuple[str, ...] = ()
    script: str = ""
    pid: int = 0
    user: int = 0
    group: int = 0
    born_user: int = -1
    caps: tuple[str, ...] = ()
    variables: dict[str, str] = {}
    tty: bool = False
    how: str = ""
    interactive: bool = False
    session: str = ""
    drifted: bool = False
    foreign: bool = False
    copied_shell: bool = False
    system_program: bool = False
    package: str = ""
    package_manager: str = ""
    listening: bool = False
    server: str = ""
    server_shell: bool = False
    feeder: str = ""
    fed: str = ""

    parent: str = ""
    parent_exe: str = ""
    parent_cmdline: str = ""
    ancestors: tuple[str, ...] = ()
    ancestor_exes: tuple[str, ...] = ()

    contained: bool = False
    container: str = ""
    container_id: str = ""
    image: str = ""
    repository: str = ""
    tag: str = ""
    digest: str = ""
    labels: dict[str, str] = {}
    privileged: bool = False
    entrypoint: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()
    runtime: str = ""
    workload: str = ""
    host: str = ""
    seconds: float = -1.0
    starting: bool = False
    building: bool = False

    failed: bool = False
    absent: bool = False
    upper: bool = False
    memory_backed: bool = False
    setuid_file: bool = False
    stdio_socket: bool = False
    came_in: bool = False
    killed: bool = False
    refused: bool = False
    compat32: bool = False
    io_uring: bool = False
