"""Shows papers: the search page and its JSON twin."""
