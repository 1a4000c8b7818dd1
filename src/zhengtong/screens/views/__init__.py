"""What answers the addresses: the look's switch, and one view for each verb of declared screens."""
