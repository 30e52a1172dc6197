"""What is no service of the plain host though it runs there: ad hoc work, and what daemons start that run anything for others.

Names and places only. What an actor becomes by it, `actors` says.
"""

from __future__ import annotations

import functools

from periderm.engines.baseline import families as kinds
from periderm.engines.baseline.families import base, families, script
from periderm.engines.baseline.places import HOME, place, writable
from periderm.engines.baseline.programs import CONTAINER_RUNTIMES

# Programs that only run another one, so that by themselves they are nobody's service.
_WRAPPERS = frozenset(
    {
        *(
            "timeout",
            "nohup",
            "setsid",
            "env",
            "nice",
            "ionice",
            "chrt",
            "taskset",
            "stdbuf",
            "time",
            "xargs",
            "watch",
            "flock",
        ),
        *("flock", "script", "unbuffer", "strace", "ltrace", "gdb", "perf", "sleep", "tail", "cat", "tee", "find", "prlimit"),
    }
)
# Daemons and tools that run whatever they are given: what is below them differs from one time to the next.
_LAUNCHERS = CONTAINER_RUNTIMES | frozenset(
    {
        *("cron", "crond", "atd", "anacron", "fcron", "run-parts", "at", "batch", "systemd-run"),
        *("gitlab-runner", "gitlab-ci-multi-runner", "Runner.Listener", "Runner.Worker", "buildkite-agent", "act_runner"),
        *("forgejo-runner", "woodpecker-agent", "drone-runner", "drone-agent", "circleci-agent", "teamcity-agent", "nomad"),
        *("buildkitd", "bazel", "make", "gmake", "ninja", "cmake", "gradle", "mvn", "cargo", "npm", "yarn", "pnpm", "tox"),
        *("apt", "apt-get", "apt.systemd.daily", "aptitude", "unattended-upgrade", "unattended-upgrades", "dpkg", "dnf", "yum"),
        *("rpm", "zypper", "apk", "pacman", "snapd", "flatpak", "packagekitd", "needrestart", "update-initramfs"),
        *("salt-minion", "puppet", "chef-client", "ansible-playbook", "amazon-ssm-agent", "ssm-agent-worker", "waagent"),
        *("ssm-session-worker", "ssm-document-worker", "google_osconfig_agent", "qemu-ga", "cloud-init", "walinuxagent"),
    }
)


@functools.lru_cache(maxsize=4096)
def nameless(program: str) -> bool:
    """A program without a file, or from where everybody may write: what it is called says nothing of what it is."""
    return writable(program.partition(" ")[0])


@functools.lru_cache(maxsize=4096)
def ad_hoc(program: str) -> bool:
    """As the topmost program this is something that somebody started by hand, or that was left over by who did: a shell or an
    interpreter without a script of the system's, or a program that only runs another."""
    if base(program) in _WRAPPERS:
        return True
    if not families(program) & {kinds.SHELL, kinds.INTERPRETER}:
        return False
    name = script(program)
    return not name or writable(name) or place(name) == HOME


@functools.lru_cache(maxsize=4096)
def launches(program: str) -> bool:
    """Whether it is there to run what it is given."""
    return base(program) in _LAUNCHERS or base(script(program)) in _LAUNCHERS
