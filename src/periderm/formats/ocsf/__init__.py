"""OCSF, the Open Cybersecurity Schema Framework: what other products read of us."""
