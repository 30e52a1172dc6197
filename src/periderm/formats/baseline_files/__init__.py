"""Baselines as files that people read: YAML, one line an entry."""
