# A hub and two partners, each with its users, its contacts for the users of the others, and a directory of .ifb files. Files of
# one directory are one configuration.

organization "hub" {
  archive {
    path      = "hub"
    free_busy = "hub/Free Busy"
  }

  directory {
    csv {
      path = "hub.csv"
    }
  }
}

organization "north" {
  archive {
    path      = "north"
    free_busy = "north/Free Busy"
  }

  directory {
    csv {
      path = "north.csv"
    }
  }
}

organization "south" {
  archive {
    path      = "south"
    free_busy = "south/Free Busy"
  }

  directory {
    csv {
      path = "south.csv"
    }
  }
}
