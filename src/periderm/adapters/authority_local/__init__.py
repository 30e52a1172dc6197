"""The server's own certificate authority, its keys in files of the state folder. It decides about no machine: whoever calls
it does."""
