"""Complaints, and the cases that answer them."""
