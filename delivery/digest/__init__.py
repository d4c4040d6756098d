"""Digests: the papers of any search as a document, in several shapes."""
