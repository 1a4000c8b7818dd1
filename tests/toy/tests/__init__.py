"""Tests of the toy module."""
