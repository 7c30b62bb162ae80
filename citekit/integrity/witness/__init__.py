"""What witnesses sign and are asked with, and what they find: cosignatures, requests, forks."""
