"""Starting OneOwner on one machine: a Temporal server found or made, and the service supervised beside it."""
