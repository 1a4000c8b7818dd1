"""Tests of the cashier desk."""
