"""Use cases: an archive and options in, a result out; nothing here prints."""
