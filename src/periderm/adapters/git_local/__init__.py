"""git repositories on this machine, asked in a way in which nothing of theirs decides what is executed."""
