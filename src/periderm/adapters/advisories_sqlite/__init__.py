"""The advisory store in one SQLite file that never changes: built aside, renamed into force, opened read-only."""
