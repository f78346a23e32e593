"""Privacy: what is known of somebody is shown, erased, or not kept at all."""
