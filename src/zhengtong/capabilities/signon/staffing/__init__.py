"""Staff kept by the personnel office's own system (SCIM) or its spreadsheet, through the services of identity."""
