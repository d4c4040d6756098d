"""A stand-in for arXiv and Hugging Face on localhost: for the demo, the tests and the benchmarks.

It serves papers of its own making in the sites' own markup, or a folder of recorded pages. It imports
nothing of Paperglot's, so that an error in Paperglot cannot hide itself here.
"""
