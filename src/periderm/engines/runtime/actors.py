"""By which right somebody changes a system: package manager, image build, start script, person, intruder.

Detectors of persistence and of tampered files share it: each says how bad its deed is by whom. It judges no deed itself.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, lower
from periderm.engines.runtime.process import Process
from periderm.model.event import EventFlag
from periderm.model.severity import Severity


class Actor(enum.Enum):
    """Who acts, the strongest word first."""

    RUNTIME = "runtime"  # the container runtime prepares a container
    PACKAGES = "packages"  # the system's package manager, or a script that it runs
    BUILD = "build"  # a step of an image build
    INTRUDER = "intruder"  # below a server's shell, or a program that nobody brought
    CONFIGURATION = "configuration"  # Ansible, cloud-init and their like
    START = "start"  # the container's own start script, in its first minute
    PERSON = "person"  # a terminal, or a session brought into the container
    SERVER = "server"  # a network server itself or what it started
    PROGRAM = "program"  # anything else


Grades = Mapping[Actor, Severity]

# Those that install what the distribution signs. pip and npm run anybody's scripts: they excuse nothing here.
SYSTEM_PACKAGES = frozenset(
    """
    dpkg dpkg-deb dpkg-preconfigure dpkg-reconfigure apt apt-get aptitude unattended-upgrade unattended-upgrades
    debconf rpm dnf dnf5 yum microdnf tdnf zypper apk pacman xbps-install opkg emerge debootstrap mmdebstrap snapd
    flatpak packagekitd update-passwd rpm-ostree transactional-update mkinitramfs update-initramfs ldconfig
    ldconfig.real systemd-sysusers
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_MANAGED = frozenset(
    """
    ansible ansible-playbook puppet chef-client chef-solo salt-minion salt-call cf-agent cloud-init ignition
    cloud-init-per waagent afterburn google_guest_agent systemd-firstboot
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_MANAGED_SCRIPT = re.compile(r"/\.ansible/tmp/ansible-|/ansible_[\w.]+_payload|/(?:cloud-init|puppet|salt-\w+|chef-\w+)$")


def actor(context: Context) -> Actor:
    """Who acts in this event. Found once for each context: every detector of files asks."""
    kept = vars(context)
    found: Actor | None = kept.get("actor")
    if found is None:
        found = kept["actor"] = _actor(context)
    return found


def _actor(context: Context) -> Actor:  # noqa: PLR0911 -- one answer a line
    process = context.process
    if process.runtime:
        return Actor.RUNTIME
    if packaged(context):
        return Actor.PACKAGES
    if context.building:
        return Actor.BUILD
    if intruding(context):
        return Actor.INTRUDER
    if any(_configures(p) for p in context.lineage[:8]):
        return Actor.CONFIGURATION
    if context.starting and not serving(process):
        return Actor.START
    if context.interactive:
        return Actor.PERSON
    if context.server is not None or serving(process) or programs.server(process.exe, process.argv):
        return Actor.SERVER
    return Actor.PROGRAM


def serving(process: Process) -> bool:
    """A network server at work, also in the container's first minute: it listens, or it is nothing else than a server. A
    language's runtime that does not listen yet may still be setting things up."""
    name = programs.server(process.exe, process.argv)
    return process.listening or (bool(name) and name not in programs.RUNTIMES_OF_SERVERS)


def intruding(context: Context) -> bool:
    """What speaks against a process whatever it does: a server's shell above it, or a program from nowhere."""
    process = context.process
    return context.server_shell or process.drifted or bool(process.flags & EventFlag.MEMORY_BACKED)


def packaged(context: Context) -> bool:
    """The system's package manager does it, by itself or by a maintainer's script. A shell that was opened out of a
    package manager (a pager, a hook) is somebody's own."""
    for process in context.lineage:
        if process.drifted or process.flags & EventFlag.MEMORY_BACKED:
            return False
        what = programs.command(process.exe, process.argv)
        if what.name in SYSTEM_PACKAGES or _script_name(what) in SYSTEM_PACKAGES:
            return True
        if programs.is_shell(what) and not programs.script(what) and not _one_command(what):
            return False
    return False


def _one_command(what: programs.Command) -> bool:
    return any(a.startswith("-") and not a.startswith("--") and "c" in a for a in what.arguments[:3])


def _script_name(what: programs.Command) -> str:
    """`perl /usr/sbin/adduser`, `python3 /usr/bin/dnf`: the script's name, if it lies where the system's programs lie."""
    if not (programs.interpreter(what.name) or programs.is_shell(what)):
        return ""
    script = programs.script(what)
    return programs.base(script) if script.startswith(("/usr/", "/bin/", "/sbin/")) else ""


def _configures(process: Process) -> bool:
    if process.drifted:
        return False
    what = programs.command(process.exe, process.argv)
    if what.name in _MANAGED:
        return True
    return bool(programs.interpreter(what.name)) and _MANAGED_SCRIPT.search(programs.script(what)) is not None


def grade(context: Context, grades: Grades) -> Severity | None:
    """How bad it is by whom, None if the table has nothing for this actor. A deed that failed counts one step less."""
    found = grades.get(actor(context))
    if found is None:
        return None
    return lower(found) if context.failed else found


def grades(
    intruder: Severity,
    *,
    person: Severity | None = None,
    server: Severity | None = None,
    program: Severity | None = None,
    start: Severity | None = None,
    configuration: Severity | None = None,
    build: Severity | None = None,
    packages: Severity | None = None,
) -> Grades:
    """A table for `grade`; who is not named does it by right."""
    named = {
        Actor.INTRUDER: intruder,
        Actor.PERSON: person,
        Actor.SERVER: server,
        Actor.PROGRAM: program,
        Actor.START: start,
        Actor.CONFIGURATION: configuration,
        Actor.BUILD: build,
        Actor.PACKAGES: packages,
    }
    return {who: severity for who, severity in named.items() if severity is not None}
