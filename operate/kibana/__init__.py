"""What Kibana shows: data views and dashboards as code, the index of runs, and how they are installed.

The `.json` files are what the code makes for the prefix `paperglot`: they can be read, compared, and installed by hand.
"""
