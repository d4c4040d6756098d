"""Hands papers out: what is shown of a hit, for the page and for all that goes out of the house."""
