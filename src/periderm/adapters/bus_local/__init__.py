"""The bus as a spool of files on this machine. It makes messages durable and keeps their order; it reads none of them."""
