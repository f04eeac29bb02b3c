"""Spans of text, quotation marks, anchors, the nearest match."""
