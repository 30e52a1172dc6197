"""Settings of well-known services, as far as they say what the service will do: where it listens, whom it calls, whose
rights it takes, what it reads and writes. Judges no setting (`engines.config` does)."""
