"""Tests that cross modules, and what all tests share."""
