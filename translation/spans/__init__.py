"""Spans: the parts of a text that a translation must not alter. One definition serves all uses."""
