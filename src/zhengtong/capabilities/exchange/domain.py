"""Plain rules of the exchange that need no database."""

from typing import Final

# What a source bears at once unless its limit says otherwise: two leave a departments' system its own work.
RUNS_AT_ONCE: Final = 2
# The code of a run whose window is in line for a node: nothing of it goes over the source's link any more.
IN_LINE: Final = "node-waiting"
# Triggers of runs, as they are stored.
BY_HAND, BY_TURN, BY_TICKET = "hand", "schedule", "ticket"
