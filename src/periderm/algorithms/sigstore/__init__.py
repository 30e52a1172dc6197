"""Verifying who signed: cosign keys, and Sigstore's keyless signatures without a network. No file, clock or list of trust."""
