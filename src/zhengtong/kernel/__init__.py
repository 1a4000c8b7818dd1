"""What every storey stands on: modules, policy, events, jobs, calendar. No domain words."""
