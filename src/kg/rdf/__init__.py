"""RDF terms, vocabulary, IRIs, property paths."""
