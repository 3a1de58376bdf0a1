"""FortiGate firewalls: web and DNS filters by source address."""
