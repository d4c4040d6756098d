"""Channels by which messages leave: mail, and chats."""
