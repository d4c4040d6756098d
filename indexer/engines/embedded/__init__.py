"""The embedded engine: tantivy, in this process, in a folder."""
