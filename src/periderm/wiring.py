"""The only file that names concrete adapters: builds what a door needs. Imports are inside the functions, so that a
command loads only what it uses."""

from __future__ import annotations
