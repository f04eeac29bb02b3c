"""Consistency checks that shapes cannot express."""
