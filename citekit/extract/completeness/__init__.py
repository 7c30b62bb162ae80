"""Whether a page is the article, a part of it, or something that a server shows in its place."""
