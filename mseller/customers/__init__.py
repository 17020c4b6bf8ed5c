"""Customers, and notes of what to follow up with them."""
