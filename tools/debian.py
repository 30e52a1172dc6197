"""Finds and installs the Debian packages that requirements/debian.txt lists. Uses the standard library only, because it
runs before anything else is installed; knows nothing of Python packages.

    python3 tools/debian.py run test      install what is missing of both sections (root), or say what is missing
    python3 tools/debian.py --list run    print the names of a section
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

LIST = Path(__file__).resolve().parent.parent / "requirements" / "debian.txt"


def sections(text: str) -> dict[str, dict[str, str]]:
    """Section name to package name to reason. Raises ValueError for a line without a reason or outside a section."""
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()  # noqa: PLW2901 -- the raw line is not needed any more
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            current = found.setdefault(line[1:-1], {})
            continue
        name, _, reason = (part.strip() for part in line.partition("#"))
        if current is None or not name or not reason:
            raise ValueError(f"line {number}: a package needs a section above it and a reason behind it")
        current[name] = reason
    return found


def missing(names: list[str]) -> list[str]:
    """Those of the packages that are not installed, in the order given."""
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names]
    answer = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in answer.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def install(names: list[str]) -> int:
    """apt-get, without questions and without what is only recommended; returns its exit status."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-y", "-q", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=120"]
    for command in (["apt-get", "-q", "update"], ["apt-get", "install", *options, *names]):
        print("  $ " + " ".join(command), flush=True)
        status = subprocess.run(command, env=environment, check=False, stdin=subprocess.DEVNULL).returncode
        if status:
            print(
                f"debian: `{' '.join(command[:2])}` failed with status {status}; its own lines above say why.", file=sys.stderr
            )
            return status
    return 0


def main(arguments: list[str]) -> int:
    """Returns 0 when nothing is missing or the rest can go on without it, else apt-get's status."""
    known = sections(LIST.read_text(encoding="utf-8"))
    wanted = [a for a in arguments if a != "--list"]
    if not wanted or any(name not in known for name in wanted):
        print(f"debian: name one or more of the sections {', '.join(known)}.", file=sys.stderr)
        return 2
    names = [name for section in wanted for name in known[section]]
    if "--list" in arguments:
        print("\n".join(names))
        return 0
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        print("debian: this is no Debian, so nothing was installed. Install what docs/how-to/other-distributions.md names;")
        print("debian: image scanning needs none of it.")
        return 0
    lacking = missing(names)
    if not lacking:
        print(f"debian: all {len(names)} packages are there")
        return 0
    if os.geteuid() != 0:
        print(f"debian: {len(lacking)} packages are missing and only root can install them; the rest goes on without:")
        print("  apt-get install --no-install-recommends " + " ".join(lacking))
        return 0
    print(f"debian: installing {len(lacking)} of {len(names)} packages: {' '.join(lacking)}", flush=True)
    return install(lacking)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
