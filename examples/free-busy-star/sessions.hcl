# The partners publish to the hub, and the hub publishes to both: its own users, and the other partner's, whose times iorepl
# brought to it. North and south never connect to each other. What is born at north is at south after two runs of apply.
#
# Nothing goes back: what came from a partner is not published to that partner again, and what is under the name of a contact but
# did not come by iorepl is not passed on.
#
# All three directories are written to. Work on a copy of this example.

free_busy "north-to-hub" {
  publisher   = organization.north
  subscribers = [organization.hub]
  users       = ["*@north.example"] # not what north knows of others
  deletions   = "items"
}

free_busy "south-to-hub" {
  publisher   = organization.south
  subscribers = [organization.hub]
  users       = ["*@south.example"]
  deletions   = "items"
}

free_busy "hub-to-partners" {
  publisher   = organization.hub
  subscribers = [organization.north, organization.south]
  deletions   = "items"
}
