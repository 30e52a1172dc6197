"""Says to a person which files' bytes were looked at for malware: in the words that reports and the console use too."""

from __future__ import annotations

from periderm.model.looked import looked

__all__ = ["looked"]
