# One folder that both organizations write to. Each side's own items are copied to the other, edits on either side travel,
# and where both sides edit the same item, both texts are kept: the loser's as a copy whose name says whose it is and when.
#
# Both sides hold items before the first run, which a gate takes for a mistake. Here it is none, and one item is there on both
# sides already; --adopt links such items instead of doubling them:
#
#   iorepl apply --adopt
#
# Both directories are written to. Work on a copy of this example.

organization "contoso" {
  archive {
    path = "contoso"
  }
}

organization "fabrikam" {
  archive {
    path = "fabrikam"
  }
}

public_folders "merger" {
  publisher   = organization.contoso
  subscribers = [organization.fabrikam]
  direction   = "two-way"
  conflict    = "keep-both" # the default; also "publisher", "subscriber", "newest"
  deletions   = "items"

  # The folder has other names on the two sides.
  folder "Merger" {
    to = "Project Contoso"
  }

  limits {
    deletions = "5%"
  }
}
