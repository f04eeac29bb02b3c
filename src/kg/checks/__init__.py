"""Checks across articles."""
