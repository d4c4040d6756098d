"""Keeps Paperglot running: runs and their steps, the schedule, what is fine and what is not, backups, dashboards."""
