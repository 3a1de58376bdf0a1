"""What several targets share: nothing here knows any one of them."""
