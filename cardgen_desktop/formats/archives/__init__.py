"""Archives: zip files judged and written; CHARX, CHARX behind a JPEG, BYAF, RisuAI's modules."""
