"""The running text of papers: a reader for each kind that leaves out mark-up and keeps places."""
