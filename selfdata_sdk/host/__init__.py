"""What runs services for persons: finding them, handing data over, and what comes back."""
