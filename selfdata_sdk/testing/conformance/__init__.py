"""The kit that shows what a service can be trusted with: rules, and what a check of them found."""
