"""Licences: SPDX expressions, the usual names, what kind each is, and what a policy says of them. No legal advice."""
