"""An AppArmor profile for a container: which programs it may start, what it may write, which powers it keeps.

Reading stays free: a baseline does not hold every file that a program of the image reads. Source: apparmor.d(5); the denials
of kernel files are those of docker-default (moby, profiles/apparmor/template.go).
"""

from __future__ import annotations

import re

from periderm.formats.hardening.named import slug
from periderm.model.hardening import Hardening

_SPECIAL = re.compile(r'([\\"?\[\]{}^])')
_SEPARATE = re.compile(r"[\x00-\x1f\x7f]")
_HEAD = """\
# {name}: made by periderm from what it was seen to do.
#include <tunables/global>

profile {profile} flags=(attach_disconnected,mediate_deleted) {{
  # Reading and loading what the image brought.
  /{{,**}} r,
  /{{,usr/}}lib{{,32,64,x32}}/** mr,

  # What the runtime does before the workload starts, and what a process needs of itself.
  signal (receive) peer=unconfined,
  signal (send, receive) peer={profile},
  ptrace (read) peer={profile},
  unix peer=(label={profile}),
  /dev/{{null,zero,full,random,urandom,tty,ptmx}} rw,
  /dev/pts/* rw,
  /proc/*/{{fd/,task/*/attr/,attr/}}** rw,
  owner /proc/*/{{oom_score_adj,comm}} rw,
  deny /proc/sys/** wklx,
  deny /proc/{{kcore,kmem,mem,sysrq-trigger}} rwklx,
  deny /sys/[^f]*/** wklx,
  deny /sys/f[^s]*/** wklx,
  deny /sys/fs/[^c]*/** wklx,
  deny /sys/fs/c[^g]*/** wklx,
  deny /sys/kernel/security/** rwklx,
  deny mount,
"""


def profile_name(hardening: Hardening) -> str:
    """What `--security-opt apparmor=` and Kubernetes call it."""
    return f"periderm-{slug(hardening.name)}"


def write(hardening: Hardening) -> bytes:
    """The profile as text for `apparmor_parser -r`."""
    profile = profile_name(hardening)
    lines = [_HEAD.format(profile=profile, name=_SEPARATE.sub("?", hardening.name))]
    lines.append("  # Programs that it was seen to start, or that the image promises.")
    lines += [f"  {_path(program)} mrix," for program in dict.fromkeys(f for p in hardening.programs for f in _files(p))]
    lines += [f"  {_path(library)} mr," for library in hardening.libraries if library.startswith("/")]
    folders = [place.path for place in hardening.writable]
    lines.append("\n  # What it writes.")
    for path in hardening.writes:
        lines.append(f"  {_path(path)} rwkl,")
    for folder in folders:
        lines.append(f"  {_path(folder)}/{{,**}} rwkl,")
    lines.append("\n  # Sockets and powers.")
    lines += [f"  network {family}," for family in ("inet", "inet6", "unix", "netlink")]
    if hardening.capabilities is None:
        lines.append("  capability,")
    else:
        lines += [f"  capability {name.removeprefix('CAP_').lower()}," for name in hardening.capabilities]
    return ("\n".join(lines) + "\n}\n").encode("utf-8", "backslashreplace")


def _files(program: str) -> list[str]:
    """The file of a program; of 'INTERPRETER SCRIPT' both, since the script is what is executed first."""
    return [f"/{part}" for part in f" {program}".split(" /")[1:]]


def _path(pattern: str) -> str:
    """A path or pattern in AppArmor's words, quoted; `*` and a last `**` mean the same there."""
    plain = _SEPARATE.sub("?", _SPECIAL.sub(r"\\\1", pattern))
    return f'"{plain}"' if re.search(r"[^\w/.*+:@%=~-]", plain) else plain
