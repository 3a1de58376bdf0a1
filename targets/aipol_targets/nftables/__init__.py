"""The target `nftables`: ways around the network's rules, closed on a Linux router."""
