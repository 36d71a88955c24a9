"""Where answers leave the house: the command line and Python. No surface computes."""
