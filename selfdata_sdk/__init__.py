"""selfdata: a service comes to your data; your data do not leave."""
