"""The lists of who needs data (需求清单) and who owes it (责任清单)."""
