"""Summaries of papers: one line, key takeaways and keywords."""
