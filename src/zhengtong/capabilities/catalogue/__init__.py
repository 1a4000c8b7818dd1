"""The catalogue of data resources."""
