package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const configuration = `# Replicates the public folders of Contoso's marketing to Fabrikam, and when people of Contoso are busy where Fabrikam can see it. Both are
# organizations of examples/lab, and gone when that ends.

%s
%s
public_folders "marketing" {
  publisher   = organization.contoso
  subscribers = [organization.fabrikam]
  deletions   = "items"

  folder "Marketing" {
    to = "Partners/Contoso"
  }
}
%s`

const staffBlock = `
free_busy "staff" {
  publisher   = organization.contoso
  subscribers = [organization.fabrikam]
  source      = "availability"
  deletions   = "items"
}
`

const organizationBlock = `organization "%s" {
  ews {
    url                = "%s/EWS/Exchange.asmx"
    username           = "%s\\iorepl"
    password           = file("password")
    certificate_sha256 = "%s"
  }
  directory {
    csv {
      path = "%[1]s.csv"
    }
  }
}
`

// configure writes the configuration, and the password beside it: in a file, so that the commands need no environment.
func configure(dir string, contoso, fabrikam *organization) error {
	var blocks []any
	for _, org := range []*organization{contoso, fabrikam} {
		blocks = append(blocks, fmt.Sprintf(organizationBlock, org.name, org.url, strings.ToUpper(org.name), org.fingerprint()))
	}
	staff := ""
	if fabrikam.readsFolders() {
		staff = staffBlock
	}
	blocks = append(blocks, staff)
	if err := writeDirectories(dir, contoso, fabrikam); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte(password+"\n"), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "lab.hcl"), fmt.Appendf(nil, configuration, blocks...), 0o600)
}
