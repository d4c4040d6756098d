"""Papers into collections of Zotero."""
