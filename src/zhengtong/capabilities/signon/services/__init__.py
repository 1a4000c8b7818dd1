"""Writing sign-on: factors, sign-ins, rules, resets."""
