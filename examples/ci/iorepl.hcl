# A configuration under version control. See README.md beside it for what the pipeline and cron do with it.

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
  deletions   = "items-and-folders"
  quiet_hours = ["sun 02:00-04:00"] # the backup runs

  folder "/" {
    to      = "Contoso"
    exclude = ["Internal"]
  }

  limits {
    deletions = "2%"
    updates   = 200
  }
}
