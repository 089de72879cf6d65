"""What a person agreed to, what it allows, and the record of what was done with it."""
