"""A corpus through reading, mapping and validating: one article, a run, a cache, a cluster."""
