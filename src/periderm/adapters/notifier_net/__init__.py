"""Telling others over the network: webhooks, chats, mail, syslog, Alertmanager, trackers of issues."""
