"""Files: text, compression, writing whole or not at all, locks, digests, temporary databases."""
