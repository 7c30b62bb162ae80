"""Events and seals of an archive as W3C PROV."""
