"""Other ways to get the same readings from the same file into a database, as their own guides show."""
