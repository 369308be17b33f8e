"""Pages of our own making that are no articles, and articles that look like none: how well they are told apart."""
