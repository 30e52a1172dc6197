"""`ports.responder.Responder` on Linux: signals by pidfd, cgroups, nftables, a vault of files, captures. Holds names only."""
