"""Speed, as ratios against bare libraries in one run. `make bench`, or `make bench BENCH=search`."""
