"""RPM databases: one module for each of the three forms of the file, and the header blob that all of them hold."""
