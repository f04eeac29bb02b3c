"""A store over HTTP, read-only: SPARQL, and a page and data for every IRI of the data set.

Queries come from strangers: only processes that can be killed and reach no network parse and answer them.
"""
