"""Writing the worklist: owners open and close items, people move them, watch things, and leave."""
