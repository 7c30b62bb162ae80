"""The formatted tree, the tokens it becomes, and the formats that they are written in."""
