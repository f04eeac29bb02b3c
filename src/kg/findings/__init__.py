"""SHACL results and other findings, with their places, and reports of them."""
