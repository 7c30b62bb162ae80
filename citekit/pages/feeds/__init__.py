"""What programs ask a site for: what is new, and which pages there are."""
