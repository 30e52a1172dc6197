"""R's lock file, renv.lock. What comes from git and not from a repository says so in its package URL.

Source: rstudio.github.io/renv, lockfile.
"""

from __future__ import annotations

from periderm.formats.languages import reading
from periderm.formats.languages.found import Found
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text


def read(data: bytes, path: str) -> FileFacts:
    """All packages that the lock names."""
    found = Found(path, "cran")
    for name, value in reading.table(reading.table(reading.json_of(data, path)).get("Packages")).items():
        entry = reading.table(value)
        host = reading.text(entry.get("RemoteHost"))
        place = f"{reading.text(entry.get('RemoteUsername'))}/{reading.text(entry.get('RemoteRepo'))}"
        address = f"git+https://github.com/{place}" if host == "api.github.com" else ""
        found.add(
            reading.text(entry.get("Package")) or name,
            reading.text(entry.get("Version")),
            qualifiers={"vcs_url": address},
            dependencies=reading.texts(entry.get("Requirements")),
        )
    return found.facts()


FORMAT = PackageFormat(
    id="renv-lock",
    title=Text("renv lock files of R", "R 的 renv 锁文件"),
    read=read,
    names=("renv.lock",),
    source_only=True,
)
