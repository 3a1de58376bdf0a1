"""What every target that decides by source address and host name shares."""
