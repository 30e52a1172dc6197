"""What a workload does, as the smallest thing that can be normal or not: one program, one aspect, one value. Judges nothing.

The same nouns serve every source: kernel events today; parameters and sequences of API calls are further aspects.
"""

from __future__ import annotations

import enum

import msgspec


class Dimension(enum.StrEnum):
    """What a baseline looks at. `API` is for what traces and logs tell; nothing fills it yet."""

    PROCESS = "process"
    FILE = "file"
    NETWORK = "network"
    PRIVILEGE = "privilege"
    RESOURCE = "resource"
    SEQUENCE = "sequence"
    API = "api"


class Aspect(enum.StrEnum):
    """One question that a dimension asks of a program, and how its answer is written.

    `program` of a Behaviour is the absolute path of the acting program inside its container, seen through no link; a script
    is 'INTERPRETER SCRIPT'. Paths in values are absolute; `*` stands for any part of one path segment, a last segment `**` for
    everything below. A user is 'NUMBER'. A peer is an address, a CIDR block or '*'.
    """

    PROGRAM = "program"  # '' : that it runs at all
    USER = "user"  # the effective user id it was started with
    PARENT = "parent"  # the program that started it; 'runtime' for the container runtime, 'init' on a plain host
    ARGUMENTS = "arguments"  # the shape of its arguments: '-c * --port N'
    READ = "read"
    WRITE = "write"
    CREATE = "create"
    EXECUTE = "execute"  # code that it mapped or interpreted: a library, a script
    CHANGE = "change"  # 'VERB PATH': rename, unlink, chmod, chown, link, symlink, mkdir, truncate, mount …
    CONNECT = "connect"  # 'tcp/5432 PEER', 'udp/53 PEER', 'unix PATH'
    ACCEPT = "accept"  # 'tcp/80 PEER'
    LISTEN = "listen"  # 'tcp/80', 'unix PATH'
    RESOLVE = "resolve"  # a name in lower case; its first labels may be '*'
    SOCKET = "socket"  # 'netlink/raw', 'packet/raw' … what is neither of the three above
    CAPABILITY = "capability"  # 'CAP_NET_ADMIN' was used
    BECOME = "become"  # 'user 33', 'group 33', 'capabilities CAP_…'
    NAMESPACE = "namespace"  # 'setns net', 'unshare user', 'chroot', 'pivot-root'
    SYSCALL = "syscall"  # a system call's name; `program` is '' (the whole container)
    ACT = "act"  # 'ptrace', 'bpf', 'module', 'memfd', 'keyctl' … calls that few programs need
    CPU = "cpu"  # percent of one core; these four hold quantiles (ResourceUse), no entries
    MEMORY = "memory"  # bytes resident
    FILES = "files"  # open file descriptors
    CHILDREN = "children"  # processes started in a minute
    CHAIN = "chain"  # 'GRANDPARENT > PARENT' of the program
    CALLS = "calls"  # 'KIND > KIND > KIND': three rare calls after one another in one process


ASPECTS: dict[Dimension, tuple[Aspect, ...]] = {
    Dimension.PROCESS: (Aspect.PROGRAM, Aspect.USER, Aspect.PARENT, Aspect.ARGUMENTS),
    Dimension.FILE: (Aspect.READ, Aspect.WRITE, Aspect.CREATE, Aspect.EXECUTE, Aspect.CHANGE),
    Dimension.NETWORK: (Aspect.CONNECT, Aspect.ACCEPT, Aspect.LISTEN, Aspect.RESOLVE, Aspect.SOCKET),
    Dimension.PRIVILEGE: (Aspect.CAPABILITY, Aspect.BECOME, Aspect.NAMESPACE, Aspect.SYSCALL, Aspect.ACT),
    Dimension.RESOURCE: (Aspect.CPU, Aspect.MEMORY, Aspect.FILES, Aspect.CHILDREN),
    Dimension.SEQUENCE: (Aspect.CHAIN, Aspect.CALLS),
    Dimension.API: (),
}
DIMENSION_OF: dict[Aspect, Dimension] = {aspect: dimension for dimension, several in ASPECTS.items() for aspect in several}


class Behaviour(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """One thing that a program does. As an entry of a baseline or in a decision, `program` and `value` may be patterns."""

    aspect: Aspect
    program: str
    value: str = ""

    @property
    def dimension(self) -> Dimension:
        """The dimension that its aspect belongs to."""
        return DIMENSION_OF[self.aspect]
