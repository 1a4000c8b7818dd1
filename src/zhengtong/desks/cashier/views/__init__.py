"""The pages of fees: of payers, and of the cashier."""
