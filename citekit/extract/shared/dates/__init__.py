"""Dates as people print them: names of months, calendars, order of day and month, clocks."""
