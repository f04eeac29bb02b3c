"""RDF: terms and nodes, the vocabulary, the IRIs that kg mints, property paths, and terms of other libraries."""
