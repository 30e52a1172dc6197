"""Plugs for the ports, named by medium. They carry, they do not judge; only wiring imports them."""
