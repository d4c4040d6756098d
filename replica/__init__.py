"""A stand-in for arXiv and Hugging Face on localhost: for the demo, the tests and the benchmarks.

It serves invented papers in the sites' own markup, or a folder of recorded pages. It imports no code of Paperglot, so
that an error there cannot be repeated, and so hidden, here.
"""
