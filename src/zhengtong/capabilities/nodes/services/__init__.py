"""What is done with nodes, links and messages."""
