"""What every program of every container does, whatever the image: what the loader, the C library and the runtime ask for at
each start. Data only; kept so narrow that none of it is worth an attacker's while.
"""

from __future__ import annotations

from periderm.model.behaviour import Aspect, Behaviour

ANY = "**"  # any program

_READ = """
/ /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/stdin
/etc/ld.so.cache /etc/ld.so.preload /etc/ld-musl-x86_64.path /etc/localtime /etc/timezone /etc/locale.alias /etc/locale.conf
/etc/host.conf /etc/hosts /etc/hostname /etc/resolv.conf /etc/gai.conf /etc/services /etc/protocols /etc/nsswitch.conf
/etc/ssl/openssl.cnf /usr/lib/ssl/openssl.cnf /etc/os-release /usr/lib/os-release /etc/mime.types /etc/terminfo/** /etc/inputrc
/usr/share/zoneinfo/** /usr/lib/locale/** /usr/share/locale/** /usr/share/terminfo/** /usr/share/i18n/**
/usr/lib/x86_64-linux-gnu/gconv/** /usr/lib/aarch64-linux-gnu/gconv/** /usr/lib64/gconv/** /usr/lib/gconv/**
/usr/lib/*-linux-gnu/libnss_*.so.* /usr/lib64/libnss_*.so.* /usr/lib/*-linux-gnu/libgcc_s.so.* /usr/lib64/libgcc_s.so.*
/proc/cpuinfo /proc/filesystems /proc/loadavg /proc/meminfo /proc/mounts /proc/stat /proc/uptime /proc/version /proc/cmdline
/proc/self /proc/self/auxv /proc/self/cgroup /proc/self/cmdline /proc/self/comm /proc/self/fd /proc/self/fd/* /proc/self/limits
/proc/self/loginuid /proc/self/maps /proc/self/mountinfo /proc/self/mounts /proc/self/oom_score_adj /proc/self/setgroups
/proc/self/smaps_rollup /proc/self/stat /proc/self/statm /proc/self/status /proc/self/task /proc/self/task/**
/proc/sys/kernel/cap_last_cap /proc/sys/kernel/ngroups_max /proc/sys/kernel/osrelease /proc/sys/kernel/pid_max
/proc/sys/kernel/random/boot_id /proc/sys/kernel/random/uuid /proc/sys/kernel/threads-max /proc/sys/net/core/somaxconn
/proc/sys/net/ipv6/conf/all/disable_ipv6 /proc/sys/vm/max_map_count /proc/sys/vm/overcommit_memory /proc/sys/fs/nr_open
/proc/net/if_inet6 /sys/devices/system/cpu /sys/devices/system/cpu/** /sys/devices/system/node /sys/devices/system/node/**
/sys/devices/system/clocksource/**
/sys/fs/cgroup/** /sys/kernel/mm/transparent_hugepage/* /sys/kernel/mm/hugepages /sys/kernel/mm/hugepages/**
"""
_WRITE = """
/dev/null /dev/tty /dev/full /dev/stdout /dev/stderr /dev/pts/* /proc/self/fd/* /proc/self/comm /proc/self/oom_score_adj
/proc/self/task/*/comm /proc/self/timerslack_ns
"""


def _values(text: str) -> tuple[str, ...]:
    """In a container the kernel tells a process's own folder by the number that it has there."""
    words = text.split()
    return (*words, *(word.replace("/proc/self", "/proc/*", 1) for word in words if word.startswith("/proc/self/")))


ALWAYS: tuple[Behaviour, ...] = (
    Behaviour(Aspect.SOCKET, ANY, "netlink/raw"),  # getaddrinfo asks which addresses there are
    *(
        Behaviour(aspect, ANY, value)
        for aspect, text in ((Aspect.READ, _READ), (Aspect.WRITE, _WRITE))
        for value in _values(text)
    ),
)
