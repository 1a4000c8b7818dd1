"""Plain rules of the exchange that need no database."""

from typing import Final

# What a source bears at once unless its limit says otherwise: two leave a departments' system its own work.
RUNS_AT_ONCE: Final = 2
# Triggers of runs, as they are stored.
BY_HAND, BY_TURN, BY_TICKET = "hand", "schedule", "ticket"
