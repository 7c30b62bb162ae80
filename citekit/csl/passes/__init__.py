"""The passes over a document, one module each: order, positions, telling apart, collapsing."""
