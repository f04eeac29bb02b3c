"""Two or more versions of the same annotations: how far annotators agree, and what changed over time."""
