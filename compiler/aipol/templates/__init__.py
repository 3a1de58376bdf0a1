"""What CI services and git hooks are told to do with a policy: files that `aipol init` writes."""
