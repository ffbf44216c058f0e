# Permissions travel with the folders: who may do what in Contoso may do the same in Fabrikam, under the address that `map` gives
# them there. An address stands for itself before its domain does. An entry that nothing maps is listed by plan and left out.

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

public_folders "archive" {
  publisher   = organization.contoso
  subscribers = [organization.fabrikam]
  permissions = "mapped"

  map = {
    "ines.carvalho@contoso.example" = "ines@fabrikam.example"
    "@contoso.example"              = "@contoso.fabrikam.example"
  }

  folder "Board" {
    to = "Contoso/Board"
  }
}
