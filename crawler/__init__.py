"""Gets papers: from arXiv and Hugging Face with Scrapy, and from a snapshot file."""
