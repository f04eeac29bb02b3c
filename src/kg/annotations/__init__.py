"""What people write, as classes and as JSON Schema."""
