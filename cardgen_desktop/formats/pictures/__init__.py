"""Pictures with cards in them: PNG, WebP, JPEG; avatars that are checked, cut and painted."""
