"""The tar format as image layers use it (ustar, GNU, PAX): a streaming walker. Names only; see `stream`."""
