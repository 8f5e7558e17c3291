"""Uploaded files: what they are, who may see them, whether they hold."""
