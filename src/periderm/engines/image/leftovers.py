"""Ends of paths that tell of what builds leave behind. Judges nothing: detectors do."""

from __future__ import annotations

REPOSITORIES = ("/.git/HEAD", "/.svn/wc.db", "/.hg/requires", "/.bzr/branch-format")
ROOT_REPOSITORIES = (".git/HEAD", ".svn/wc.db", ".hg/requires")  # of a root that is a repository itself
CACHES = (
    ".cache/pip/http-v2",
    ".cache/pip/http",
    ".cache/pip/wheels",
    ".npm/_cacache",
    ".cache/yarn",
    ".cache/pnpm",
    ".cache/go-build",
    "go/pkg/mod/cache",
    ".cargo/registry/cache",
    ".gradle/caches",
    ".m2/repository",
    ".composer/cache",
    ".cache/composer",
    ".nuget/packages",
    ".bundle/cache",
)
LEFTOVERS = (*REPOSITORIES, *CACHES)
