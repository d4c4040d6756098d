"""Finds papers: the Query tree, the one request type, the engine contract and the engines."""
