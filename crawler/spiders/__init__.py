"""The spiders: which pages to request, and which page comes next. One small file for each kind of list."""
