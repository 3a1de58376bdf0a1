"""What has to change at a vendor so that it holds what a policy asks for: plans, as data."""
