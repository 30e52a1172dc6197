"""Notices in the forms that other products take: chats, issue trackers, syslog, Alertmanager. They are only written."""
