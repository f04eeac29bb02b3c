"""Files: text, compression, atomic writes, locks, manifests, digests, temporary storage, packaged resources."""
