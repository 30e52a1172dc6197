"""This machine's place with a server on another machine: the key and certificates in one file, joining, renewing, and
connections by mutual TLS. What is sent over them is the uplink's."""
