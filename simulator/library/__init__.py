"""What people design: scenarios, personas and rubrics; reading them, and checking them."""
