"""Azure Resource Manager through Microsoft's own libraries: the only room that imports `azure`."""
