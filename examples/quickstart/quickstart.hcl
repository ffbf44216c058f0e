# Replicates the public folders of Contoso, which are the files below contoso/, into fabrikam/ beside it, and publishes there when
# Contoso's users are busy:
#
#   iorepl plan  -c examples/quickstart
#   iorepl apply -c examples/quickstart
#
# Then edit, rename, add or remove a file in contoso/ and plan again.

organization "contoso" {
  archive {
    path      = "contoso"
    free_busy = "contoso/Free Busy" # .ifb files of its users
  }

  directory {
    csv {
      path = "contoso.csv"
    }
  }
}

organization "fabrikam" {
  archive {
    path = "fabrikam" # free/busy goes to fabrikam/.free-busy, unless free_busy names another place
  }

  directory {
    csv {
      path = "fabrikam.csv"
    }
  }
}

public_folders "news" {
  publisher   = organization.contoso
  subscribers = [organization.fabrikam]
  deletions   = "items"

  folder "Announcements" {
    to          = "Partners/Contoso/Announcements"
    permissions = "default-and-anonymous"
  }

  folder "Projects" {
    to      = "Partners/Contoso/Projects"
    exclude = ["**/Drafts"]
  }

  folder "Calendar" {
    to = "Partners/Contoso/Calendar"
  }

  folder "Contacts" {
    to = "Partners/Contoso/Contacts"
  }
}

# Who of Contoso is whom at Fabrikam is in the two CSV files. Somebody at Contoso has no contact there: see what plan says about
# that, and what `iorepl contacts -c examples/quickstart` prints.
free_busy "staff" {
  publisher   = organization.contoso
  subscribers = [organization.fabrikam]
  deletions   = "items"
}
