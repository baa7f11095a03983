"""CX Notebook's core: customer-experience files understood, measured and put into words, without a browser."""
