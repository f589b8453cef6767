"""What tests share: small doubles and real outside programs."""
