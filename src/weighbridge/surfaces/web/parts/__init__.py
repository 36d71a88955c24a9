"""What pages are made of: the frame, figures, tables, facts, controls."""
