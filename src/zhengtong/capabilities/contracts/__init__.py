"""Requests for data and the contracts made of them."""
