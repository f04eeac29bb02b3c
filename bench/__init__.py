"""Measures `kg` against other tools on the same information; see bench/README.md."""
