"""Papers held against what they cite: quotations, locators, addresses, claims."""
