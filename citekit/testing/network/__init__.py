"""Networks of our own, in which tests try what a resolver or a host may do."""
