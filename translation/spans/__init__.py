"""Spans: what must come through a translation unaltered. Found, hidden and compared by one notion of them."""
