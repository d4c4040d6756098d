"""What can be asked: the Query tree and what it means, text → Query, and Search, the one request type."""
