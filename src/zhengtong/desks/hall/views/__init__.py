"""The pages of the hall, a file for each thing that a citizen does."""
