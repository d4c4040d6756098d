"""Elasticsearch 9: papers on a server, or on several. Only the modules of this package import its client."""
