"""Files that are put into the exercises' container."""
