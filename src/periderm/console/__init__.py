"""The door for people in a browser: pages rendered on the server, small islands of script."""
