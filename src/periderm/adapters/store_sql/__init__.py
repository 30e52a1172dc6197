"""The store over SQL: SQLite by default, other databases as dialects. It carries state and judges nothing."""
