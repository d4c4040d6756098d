"""Paperglot's tests. A package, because some libraries install a `tests` of their own that would come first."""
