"""The whole state in one file, and back: tar in Zstandard, sealed where a passphrase is given. Knows no schema."""
