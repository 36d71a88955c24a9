"""Value types that cross stages. They hold data and check themselves; they read no file and know no stage."""
