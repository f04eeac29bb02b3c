"""Annotating in the browser: a local page that edits the same files as an editor does (`kg annotate`)."""
