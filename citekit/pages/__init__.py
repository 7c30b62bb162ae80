"""The archive as pages: plain trees of elements, made without Sphinx, docutils or a network."""
