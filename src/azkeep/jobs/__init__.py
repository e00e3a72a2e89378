"""One module per command, one function in each that reads top to bottom: options and progress in, report out."""
