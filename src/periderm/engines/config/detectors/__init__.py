"""The detectors of build files; each file holds those of one topic."""
