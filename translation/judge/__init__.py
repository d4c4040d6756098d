"""Judges whether a text is good enough to be kept as a translation, and why not: pure functions, without a model."""
