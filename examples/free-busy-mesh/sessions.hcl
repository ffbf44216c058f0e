# Every organization publishes its own users to both others: one session each. Without `users` the result would be the same, since
# where two ways lead to one contact, the direct one is taken; the plan would say so for each user.
#
# All three directories are written to. Work on a copy of this example.

free_busy "east" {
  publisher   = organization.east
  subscribers = [organization.north, organization.south]
  users       = ["*@east.example"]
  deletions   = "items"
}

free_busy "north" {
  publisher   = organization.north
  subscribers = [organization.east, organization.south]
  users       = ["*@north.example"]
  deletions   = "items"
}

free_busy "south" {
  publisher   = organization.south
  subscribers = [organization.east, organization.north]
  users       = ["*@south.example"]
  deletions   = "items"
}
