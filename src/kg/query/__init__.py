"""Named questions and SPARQL, over embedded and remote stores."""
