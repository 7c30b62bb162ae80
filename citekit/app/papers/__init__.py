"""Papers: which sources they cite, and how the citations read in them."""
