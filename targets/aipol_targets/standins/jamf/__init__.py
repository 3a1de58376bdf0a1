"""Answers as a Jamf Pro server in Jamf's cloud does, as far as profiles and restrictions go."""
