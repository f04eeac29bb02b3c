"""The annotation files: their content as classes and as JSON Schema."""
