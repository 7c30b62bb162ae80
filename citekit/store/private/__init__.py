"""What is private: kept out of git and the log, and yet sealed, so that it can be proven later."""
