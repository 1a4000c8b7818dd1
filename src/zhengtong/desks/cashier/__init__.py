"""The cashier desk: what payers owe and pay, what the cashier keeps."""
