"""What is wrong in files that say how something is built or run: container files, Compose, workflows, GitLab's pipelines.

Charter: one file's values in, hits with their lines out. The engine sees no bytes (formats/ reads them), opens nothing, and
knows no file beside the one it is given; what needs a second look at the folder says so in its hit (`Hit.unless`,
`Hit.beside`). One more detector is one entry in a file of `detectors/`; that file stands in `catalogue.py`. Kubernetes
manifests and .env files are another engine's.
"""

from __future__ import annotations

VERSION = 2  # grows with each change of what the engine says about the same bytes
