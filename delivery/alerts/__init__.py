"""Alerts: what is new for a search, by mail or in a chat."""
