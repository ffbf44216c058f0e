# Contoso runs Exchange 2016, Fabrikam Exchange 2010. Fabrikam's users see Contoso's free/busy in Outlook and OWA, as that of their
# contacts. The other way round there is no folder that Contoso's servers would look into, so Fabrikam's free/busy becomes
# .ifb files in a directory that Contoso's web server shows.
#
# The passwords are in the environment:
#
#   CONTOSO_PASSWORD=… FABRIKAM_PASSWORD=… iorepl validate --online

locals {
  root_ca = "internal-ca.pem"
}

organization "contoso" {
  ews {
    url      = "https://mail.contoso.example/EWS/Exchange.asmx"
    username = "CONTOSO\\iorepl"
    password = env("CONTOSO_PASSWORD")
  }

  directory {
    ldap {
      url      = "ldaps://dc1.contoso.example"
      base_dn  = "DC=contoso,DC=example"
      username = "iorepl@contoso.example"
      password = env("CONTOSO_PASSWORD")
      ca_file  = local.root_ca
    }
  }
}

organization "fabrikam" {
  ews {
    url        = "https://mail.fabrikam.example/EWS/Exchange.asmx"
    username   = "FABRIKAM\\iorepl"
    password   = env("FABRIKAM_PASSWORD")
    tls_legacy = true
  }

  directory {
    ldap {
      url       = "ldap://dc1.fabrikam.example"
      start_tls = true
      base_dn   = "DC=fabrikam,DC=example"
      username  = "iorepl@fabrikam.example"
      password  = env("FABRIKAM_PASSWORD")
    }
  }
}

# What Contoso's web server shows. Its directory is Contoso's, exported to a file: who has a contact there is published.
organization "contoso-web" {
  archive {
    path      = "contoso-web"
    free_busy = "/srv/www/freebusy/fabrikam"
  }

  directory {
    csv {
      path = "contoso-recipients.csv"
    }
  }
}

free_busy "contoso-staff" {
  publisher      = organization.contoso
  subscribers    = [organization.fabrikam]
  source         = "availability"
  users          = ["*@contoso.example"]
  exclude        = ["test-*@contoso.example"]
  publish_months = 3
  deletions      = "items"
  schedule       = ["mon-fri 06:00-20:00"]
}

# To iorepl contoso-web is an organization of its own, so users keeps Contoso's times in Fabrikam's folder from coming back here.
free_busy "fabrikam-staff" {
  publisher    = organization.fabrikam
  subscribers  = [organization.contoso-web]
  source       = "legacy-folder" # as Outlook published it; "availability" works here too
  admin_groups = ["Exchange Administrative Group (FYDIBOHF23SPDLT)"]
  users        = ["*@fabrikam.example"]
  deletions    = "items"
}
