"""An estate as a picture: what stands in which zone, what it bears, and what reaches it from the internet."""
