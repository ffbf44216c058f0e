# Three organizations. Files of one directory are one configuration.

organization "hub" {
  archive {
    path = "hub"
  }
}

organization "north" {
  archive {
    path = "north"
  }
}

organization "south" {
  archive {
    path = "south"
  }
}
