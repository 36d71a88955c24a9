"""How long it takes to weigh a whole history, beside a floor and beside peers, in the same run."""
