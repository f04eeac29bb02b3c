"""Spans of text, occurrences, quotation marks, anchors, the nearest match."""
