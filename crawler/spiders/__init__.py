"""The spiders: which pages to ask for, and where to go on. One small file a source."""
