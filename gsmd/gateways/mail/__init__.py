"""``gsmd mail``: SMS from mail, and mail from SMS."""
