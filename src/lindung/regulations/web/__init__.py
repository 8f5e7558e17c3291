"""The law's public pages."""
