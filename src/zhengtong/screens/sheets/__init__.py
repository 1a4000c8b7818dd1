"""Spreadsheets: lists leave as files; rows come in from files, are checked, looked at and then applied whole."""
