"""A store over HTTP, read-only: SPARQL, and an answer under every IRI of ours.

A query is a stranger's: it is read and answered only in processes that can be killed and reach no network. Nothing
is imported here, since each of those imports this package.
"""
