"""Fetches published feeds over HTTPS with the standard library alone: resumed, checked, through proxies and mirrors."""
