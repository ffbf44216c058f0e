# Three organizations, each with its users, its contacts for the users of the others, and a directory of .ifb files. Files of
# one directory are one configuration.

organization "east" {
  archive {
    path      = "east"
    free_busy = "east/Free Busy"
  }

  directory {
    csv {
      path = "east.csv"
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
