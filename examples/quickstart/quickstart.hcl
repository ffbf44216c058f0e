# Replicates the public folders of Contoso, which are the files below contoso/, into fabrikam/ beside it:
#
#   iorepl plan  -c examples/quickstart
#   iorepl apply -c examples/quickstart
#
# Then edit, rename, add or remove a file in contoso/ and plan again.

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

  folder "Free Busy" {
    to = "Partners/Contoso/Free Busy"
  }
}
