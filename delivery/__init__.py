"""Turns hits into what readers see, on the page and in everything that is sent out."""
