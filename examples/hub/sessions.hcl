# The branches publish their reports to the hub, each to a place of its own, and the hub passes them on to the other branch
# with its bulletins. A chain has two links here, so what north writes is at south after two runs of apply.
#
# All three directories are written to. Work on a copy of this example.

public_folders "north-reports" {
  publisher   = organization.north
  subscribers = [organization.hub]

  folder "Reports" {
    to = "Branches/North"
  }
}

public_folders "south-reports" {
  publisher   = organization.south
  subscribers = [organization.hub]

  folder "Reports" {
    to = "Branches/South"
  }
}

public_folders "bulletins" {
  publisher   = organization.hub
  subscribers = [organization.north, organization.south]

  folder "Bulletins" {
    to = "From the hub/Bulletins"
  }
}

# What was born in an organization never comes back to it, so each branch gets the other one's reports only.
public_folders "exchange" {
  publisher   = organization.hub
  subscribers = [organization.north, organization.south]

  folder "Branches/*" {
    to = "From the hub/Branches/*"
  }
}
