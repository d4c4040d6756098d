"""Pure functions from what a source sends to what the catalogue keeps."""
