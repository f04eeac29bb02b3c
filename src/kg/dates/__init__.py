"""Dates in EDTF, and what other notations were meant to say."""
