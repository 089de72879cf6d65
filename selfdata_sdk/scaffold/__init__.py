"""New projects from the template, and older projects brought up to the template of today."""
