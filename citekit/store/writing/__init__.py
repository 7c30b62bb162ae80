"""How an archive is changed: one writer, one change at a time, each noted as an event."""
