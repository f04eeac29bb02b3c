"""Scripts that run in the virtual environments of the peers; only `lines` and `phases` are imported."""
