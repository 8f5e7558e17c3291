"""What the service is made of: locked packages, their licences, and what is known against them."""
