"""History as files: a log of what was just seen, and Parquet partitions by hour and group of kinds. It judges no row."""
