"""What there is to know of the machine that citekit runs on, without asking a library."""
